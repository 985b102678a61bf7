"""Every coder through one contract: shapes, there and back, files, and that it never changes."""

import pickle
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from elman.coders import CODERS
from elman.coders.base import Coded, Coder
from elman.coders.bits import BitsCoder
from elman.coders.frames import FramesCoder
from elman.coders.labels import LabelsCoder
from elman.coders.passages import PassagesCoder
from elman.coders.scale import ScaleCoder
from elman.coders.spans import SpansCoder
from elman.coders.stories import StoryCoder
from elman.coders.switches import SwitchesCoder
from elman.coders.tags import TagsCoder
from elman.coders.tokens import TokensCoder
from elman.coders.transcript import TranscriptCoder
from elman.coders.unended import UnendedCoder
from elman.coders.words import WordsCoder
from elman.data.outlines import Frames, Tokens
from elman.data.records import Padded
from elman.errors import DataError
from elman.tasks.base.reading import labels_of
from elman.text.spelling import Spelling
from elman.vectors.formats import Vectors


class Case(NamedTuple):
    """A coder of its own data.

    Args:
        kind: the name of the coder.
        coder: what was learned.
        others: coders of the same kind that learned something else.
        values: of some examples, of different lengths where they have one.
        load: reads what the coder wrote about field `f` of a folder.
        decoded: what the values are after they were numbers; the values if left out.
        unknown: values of which nothing was learned, where there can be some.
        refused: values that cannot be, with what is said of them.
        draws: whether something of a training batch is random.
    """

    kind: str
    coder: Coder
    others: Sequence[Coder]
    values: Sequence[Any]
    load: Callable[[Path], Coder]
    decoded: Sequence[Any] = ()
    unknown: Sequence[Any] = ()
    refused: Sequence[tuple[Any, str]] = ()
    draws: bool = False

    def within(self, coded):
        """Return what the rows of a batch have, whatever else is in the batch."""
        return coded.fields["f"]

    def decode(self, column):
        """Return the values of a column, from a batch of it."""
        padded = self.coder.batch(column, {"f": np.arange(len(column.lengths))}).fields["f"]
        lengths = [None] * len(padded.values) if padded.lengths is None else padded.lengths
        return [self.coder.decode(row[:length]) for row, length in zip(padded.values, lengths, strict=True)]


class StoryCase(Case):
    """Stories, whose numbers count the sentences of a batch."""

    def within(self, coded):
        """Return the last word of each sentence."""
        (table,), stories = coded.tables.values(), coded.fields["f"]
        last = np.append(table.values[np.arange(len(table.values)), table.lengths - 1], 0)
        return Padded(last[stories.values] * stories.mask, stories.lengths)

    def decode(self, column):
        """Return the words of each sentence of a column."""
        coded = self.coder.batch(column, {"f": np.arange(len(column.lengths))})
        table, stories = coded.tables["sentences"], coded.fields["f"]
        sentences = [self.coder.decode(row[:length]) for row, length in zip(table.values, table.lengths, strict=True)]
        rows = zip(stories.values, stories.lengths, strict=True)
        return [[sentences[number] for number in row[:length]] for row, length in rows]


TEXTS = [["The", "cat", "sat"], [], ["a", "cat", "1996", "1996"]]
VECTORS = Vectors(["cat", "Zoe"], np.ones((2, 3), np.float32))
LABELS, SPANS = Counter({"x": 5, "y": 2, "z": 1}), [["B-A", "I-A", "O"], [], ["O", "B-B", "B-A", "O"]]


def words_case(vectors=None):
    def learned(texts, **options):
        return WordsCoder.learn(texts, Spelling(), unknown_rate=0.5, vectors=vectors, source="v.txt", **options)

    return Case(
        "words",
        learned(TEXTS),
        [learned([["The"], ["dog"]]), learned([["The", "cat", "sat", "a", "1996", "Q"]]), learned(TEXTS, least=2)],
        TEXTS,
        lambda folder: WordsCoder.load(folder, Spelling()),
        [["the", "cat", "sat"], [], ["a", "cat", "0000", "0000"]],
        [["never", "NEVER", "cat"], ["Ünseen"]],
        refused=[("a cat", "'a cat': expected the words of a text, not all of it.")],
        draws=True,
    )


def labels_case(**options):
    rare = Counter({"x": 5, "z": 2, "y": 1})
    several = options.get("several", False)
    return Case(
        "labels",
        LabelsCoder.learn(LABELS, **options),
        [LabelsCoder.learn(counts, **options) for counts in (rare, Counter({"x": 5, "y": 2}))],
        [["y", "x"], [], ["z"]] if several else [["y"], ["x"], ["z"]],
        lambda folder: LabelsCoder(labels_of(folder, ["f"])["f"], **options),
        [["x", "y"], [], ["z"]] if several else (),
        refused=[
            (["q"], "'q': not among the 3 answers that were learned. Choose one of: x, y, z."),
            (["x", "xx"], "'xx': not among the 3 answers that were learned. Did you mean 'x'?"),
            (["q" * 999], f"'{'q' * 40}...{'q' * 40}': not among the 3 answers that were learned. Choose one of"),
        ],
    )


def tags_case(scheme, predicted):
    tag, count = ("B", 4) if scheme == "none" else ("S", 5)
    return Case(
        "tags",
        TagsCoder.learn(SPANS, scheme, predicted),
        [TagsCoder.learn(SPANS[:1], scheme, predicted), TagsCoder.learn([*SPANS, ["B-A"] * 9], scheme, predicted)],
        SPANS,
        lambda folder: TagsCoder(labels_of(folder, ["f"])["f"], scheme, predicted),
        refused=[(["O", "B-Q"], f"'{tag}-Q': not among the {count} answers that were learned. ")],
    )


SCALE = Case(
    "scale",
    ScaleCoder(1, 5, 9),
    [ScaleCoder(0, 5, 9), ScaleCoder(1, 6, 9), ScaleCoder(1, 5, 8)],
    [1.0, 4.75, 5.0],
    lambda folder: ScaleCoder(1, 5, len(labels_of(folder, ["f"])["f"])),
    refused=[
        (0.5, "0.5: not on the scale from 1 to 5."),
        (5.001, "5.001: not on the scale from 1 to 5."),
        (float("nan"), "nan: not on the scale from 1 to 5."),
    ],
)


def frames_case(missing):
    first, second = np.array([[1.0, 10.0], [3.0, 30.0], [5.0, 20.0]]), np.array([[2.0, 0.0]])
    if missing:
        first[1, 0] = np.nan
    return Case(
        "frames",
        FramesCoder.learn([first, second], "f:1"),
        [FramesCoder.learn(parts, "f:1") for parts in ([first], [first[:, :1], second[:, :1]], [2 * first, second])],
        [first, second, np.empty((0, 2))],
        lambda folder: FramesCoder.load(folder, "f"),
        unknown=[np.full((2, 2), 1e6)],
        refused=[
            (np.zeros((2, 3)), "3 numbers a frame, expected 2 numbers as in training. Is it the right file?"),
            (np.zeros((0, 1)), "1 number a frame, expected 2 numbers as in training."),
            *([] if missing else [(np.array([[0.0, np.nan]]), "number 2 of frame 1 is missing, but none was in")]),
        ],
    )


def switches_case():
    first, second = np.array([[1.0, 0.0], [0.0, 0.0], [1.0, 1.0]]), np.array([[1.0, 0.0]])
    return Case(
        "switches",
        SwitchesCoder.learn([first, second], "f:1"),
        [SwitchesCoder.learn(parts, "f:1") for parts in ([first], [first[:, :1], second[:, :1]], [second, second])],
        [first, second, np.empty((0, 2))],
        lambda folder: SwitchesCoder.load(folder, "f"),
        refused=[
            (np.zeros((2, 3)), "3 numbers a frame, expected 2 numbers as in training. Is it the right file?"),
            (np.array([[0.0, 1.0], [0.0, 0.5]]), "number 2 of frame 2 is 0.5, expected 0 or 1 as in training. Is it"),
            (np.array([[0.0, np.nan]]), "number 2 of frame 1 is missing, but none was in training, so"),
        ],
    )


def bits_case():
    first, second = np.array([[1.0, 0.0], [0.0, 0.0]]), np.array([[1.0, 1.0]])
    return Case(
        "bits",
        BitsCoder.learn([first, second], "f:1"),
        [BitsCoder.learn(parts, "f:1") for parts in ([first], [first[:, :1]], [second, second])],
        [first, second, np.empty((0, 2))],
        lambda folder: BitsCoder.load(folder, "f"),
        refused=[
            (np.zeros((2, 3)), "3 bits a step, expected 2 bits as in training. Is it the right file?"),
            (np.array([[0.0, 1.0], [0.0, 0.5]]), "bit 2 of step 2 is 0.5, expected 0 or 1. Mend the file."),
            (np.array([[0.0, np.nan]]), "bit 2 of step 1 is nan, expected 0 or 1. Mend the file."),
        ],
    )


def tokens_case(level):
    texts = ["the cat sat", "", "a cat\ta  mat"] if level == "character" else ["the cat sat", "", "a cat a mat"]
    return Case(
        "tokens",
        TokensCoder.learn(texts, level, 300),
        [TokensCoder.learn(some, level, 300) for some in (texts[:1], ["dogs run", *texts])],
        texts,
        lambda folder: TokensCoder.load(level, folder, "f"),
        unknown=[] if level == "bpe" else ["Ünseen cat"],
        refused=[(["a", "cat"], f"{chr(34)}['a', 'cat']{chr(34)}: expected a text, not its words.")],
    )


def unended_case():
    texts = ["the cat sat", "", "a cat  mat"]
    return Case(
        "unended",
        UnendedCoder.learn(texts, "character", 0),
        [UnendedCoder.learn(some, "character", 0) for some in (texts[:1], ["dogs run", *texts])],
        texts,
        lambda folder: UnendedCoder.load("character", folder, "f"),
        unknown=["Ünseen cat"],
        refused=[(["a", "cat"], f"{chr(34)}['a', 'cat']{chr(34)}: expected a text, not its words.")],
    )


def transcript_case(level):
    texts = ["the cat sat", "", "a cat  mat"] if level == "character" else ["the cat sat", "", "a cat mat"]
    return Case(
        "transcript",
        TranscriptCoder.learn(texts, level),
        [TranscriptCoder.learn(some, level) for some in (texts[:1], ["dogs run", *texts])],
        texts,
        lambda folder: TranscriptCoder.load(level, folder, "f"),
        unknown=["Ünseen cat"],
        refused=[(["a", "cat"], f"{chr(34)}['a', 'cat']{chr(34)}: expected a text, not its words.")],
    )


def passages_case():
    case = words_case()

    def learned(coder):
        return PassagesCoder(coder.words, coder.characters, coder.spelling, coder.unknown_rate)

    return case._replace(
        kind="passages",
        coder=learned(case.coder),
        others=[learned(one) for one in case.others],
        load=lambda folder: PassagesCoder.load(folder, case.coder.spelling, case.coder.unknown_rate),
    )


def spans_case():
    return Case(
        "spans",
        SpansCoder(15),
        [SpansCoder(5)],
        [[[0, 1], [2, 2]], [[4, 9]], [[1, 1], [2, 3], [5, 5]]],
        lambda folder: SpansCoder.load(folder, "f"),
        unknown=[[[70, 90]]],
        refused=[([[2, 1]], "got words 2 to 1, expected the first one before the last one. Mend them.")],
    )


def stories_case():
    def learned(*sentences):
        return StoryCoder.learn(sentences, ["box,a box"], True, 9)

    return StoryCase(
        "stories",
        learned("A cat sat.", "Where?"),
        [learned("A cat."), learned("A cat sat.", "Where?", "a dog")],
        [["A cat sat.", "Where?", "a cat sat"], [], ["Where - where?"]],
        lambda folder: StoryCoder.load(folder, True, 9, 3),
        [[["a", "cat", "sat"], ["where"], ["a", "cat", "sat"]], [], [["where", "where"]]],
        [["Never a cat."]],
        [("a cat", "'a cat': expected the sentences of a story, not all of it.")],
    )


CASES = {
    "passages": passages_case(),
    "spans": spans_case(),
    "stories": stories_case(),
    "texts without an end": unended_case(),
    "transcripts, characters": transcript_case("character"),
    "transcripts, words": transcript_case("word"),
    "tokens, characters": tokens_case("character"),
    "tokens, words": tokens_case("word"),
    "tokens, pieces": tokens_case("bpe"),
    "frames": frames_case(False),
    "frames with missing values": frames_case(True),
    "switches": switches_case(),
    "bits": bits_case(),
    "words": words_case(),
    "words with vectors": words_case(VECTORS),
    "labels": labels_case(),
    "labels balanced": labels_case(balanced=True),
    "labels several": labels_case(several=True),
    "tags": tags_case("none", "bioes"),
    "tags of spans": tags_case("bio", "bioes"),
    "scale": SCALE,
}


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]


def arrays(coded):
    """Return every array of coded rows."""
    parts = {**coded.fields, **{f"table {name}": table for name, table in coded.tables.items()}}
    return {
        (name, what): (array.shape, array.dtype, array.tobytes())
        for name, one in parts.items()
        for what, array in (("values", one.values), ("lengths", one.lengths))
        if array is not None
    }


def told(coder):
    """Return what a model is told besides vectors, which belong to the beginning of a training."""
    return {key: value for key, value in vars(coder.outline).items() if key != "vectors"}


def test_every_coder_has_a_case():
    assert {one.kind for one in CASES.values()} == set(CODERS.names())
    for one in CASES.values():
        assert type(one.coder) is CODERS.get(one.kind)


def test_a_column_has_a_row_for_each_value(case):
    column = case.coder.encode(case.values)
    assert len(column.lengths) == len(case.values)
    assert column.offsets[0] == 0
    assert column.offsets[-1] == len(column.values)
    assert len(case.coder.encode([]).lengths) == 0


@pytest.mark.parametrize("rows", [[0, 1, 2], [2, 0], [1], [1, 1, 0], []])
def test_a_batch_has_the_rows_that_are_asked_for(case, rows):
    column, rows = case.coder.encode(case.values), np.array(rows, np.int64)
    fields, tables = case.coder.batch(column, {"f": rows})
    assert next(iter(fields)) == "f"
    assert all(name == "f" or name.startswith("f.") for name in fields)
    for name, one in fields.items():
        assert one.values.ndim >= 2, name
        assert len(one.values) == len(rows)
        if one.lengths is not None:
            assert one.lengths.tolist() == column.lengths[rows].tolist()
            assert one.values.shape[1] == max(one.lengths, default=0)
            assert not one.values[~one.mask].any()
    for name, table in tables.items():
        assert table.values.ndim >= 2, name
    for place, row in enumerate(rows):
        alone = case.coder.batch(column, {"f": np.array([row])})
        one = case.within(Coded(fields, tables)).part([place])
        assert one.values.tolist() == case.within(alone).values.tolist()


def test_what_is_decoded_is_what_was_encoded(case):
    found = case.decode(case.coder.encode(case.values))
    for value, expected in zip(found, case.decoded or case.values, strict=True):
        if isinstance(expected, np.ndarray):
            np.testing.assert_allclose(value, expected, rtol=1e-5, atol=1e-5)  # as numbers they are float32
        else:
            assert value == expected


def test_an_outline_is_as_large_as_there_are_names(case):
    told = case.coder.outline
    if isinstance(told, Frames):
        batch = case.coder.batch(case.coder.encode(case.values), {"f": np.arange(3)})
        assert batch.fields["f"].values.shape[2:] == told.shape
    else:
        assert len(told) == len(case.coder.names)
    assert len(set(case.coder.names)) == len(case.coder.names)


def test_chance_is_that_of_the_draw_alone(case):
    column, rows = case.coder.encode(case.values), {"f": np.arange(3)}
    one, same = (arrays(case.coder.batch(column, rows, np.random.default_rng(1))) for _ in range(2))
    assert one == same
    others = [arrays(case.coder.batch(column, rows, np.random.default_rng(seed))) for seed in range(2, 20)]
    assert any(other != one for other in others) == case.draws
    assert arrays(case.coder.batch(column, rows)) == arrays(case.coder.batch(column, rows, None))


def test_using_a_coder_never_changes_it(case, tmp_path):
    coder, values = case.coder, [*case.values, *case.unknown]
    before, first = pickle.dumps(coder), arrays(coder.batch(coder.encode(values), {"f": np.arange(len(values))}))
    for some in ([], case.unknown, case.values, values):
        column = coder.encode(some)
        columns_before = pickle.dumps(column.values)
        for draw in (None, np.random.default_rng(3)):
            coded = coder.batch(column, {"f": np.arange(len(some))}, draw)
            for one in (*coded.fields.values(), *coded.tables.values()):
                one.values[...] = 7  # whoever gets a batch may write into it
        assert pickle.dumps(column.values) == columns_before
        case.decode(column)
        coder.counts(column)
        assert 0 <= coder.unknown_share(column) <= 1
        coder.card(column)
    coder.save(tmp_path, "f")
    assert coder.outline is not None
    assert coder.names
    assert coder.fingerprint
    assert pickle.dumps(coder) == before
    assert arrays(coder.batch(coder.encode(values), {"f": np.arange(len(values))})) == first


def test_threads_share_a_coder(case):
    given = [[*case.unknown, *case.values][place:] for place in range(3)] * 4

    def coded(values):
        return arrays(case.coder.batch(case.coder.encode(values), {"f": np.arange(len(values))}))

    expected = [coded(values) for values in given]
    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(coded, given * 5)) == expected * 5


def test_the_fingerprint_is_that_of_what_was_learned(case):
    again = pickle.loads(pickle.dumps(case.coder))
    assert again.fingerprint == case.coder.fingerprint
    prints = [case.coder.fingerprint, *(other.fingerprint for other in case.others)]
    assert len(set(prints)) == len(prints)


def test_what_is_saved_is_loaded(case, tmp_path):
    case.coder.save(tmp_path, "f")
    loaded = case.load(tmp_path)
    assert type(loaded) is type(case.coder)
    assert loaded.fingerprint == case.coder.fingerprint
    assert loaded.names == case.coder.names
    np.testing.assert_equal(told(loaded), told(case.coder))
    assert not isinstance(loaded.outline, Tokens) or loaded.outline.vectors is None
    values = [*case.values, *case.unknown]
    one, other = (
        arrays(coder.batch(coder.encode(values), {"f": np.arange(len(values))})) for coder in (case.coder, loaded)
    )
    assert one == other


def test_a_value_that_cannot_be_is_refused_and_named(case):
    assert case.refused
    for value, said in case.refused:
        for places, start in (((), ""), ([f"f:{place}" for place in range(4)], "f:3: ")):
            with pytest.raises(DataError) as caught:
                case.coder.encode([*case.values, value], places)
            assert str(caught.value).startswith(f"{start}{said}")
            assert "\n" not in str(caught.value)
