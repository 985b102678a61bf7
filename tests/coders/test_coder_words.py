"""Words with an id, characters and a shape: what is learned of them, and what a word encoder reads of a batch."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.coders.words import WordsCoder
from elman.errors import CheckpointError
from elman.text.spelling import SHAPES, Spelling, shape
from elman.vectors.formats import Vectors

TRAIN = [["The", "cat", "saw", "the", "cat"], ["In", "1996", "it", "saw", "2026"]]
PLAIN = Spelling(lowercase=False, digits=False)
some_words = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5), max_size=30)

words = st.sampled_from(["The", "the", "cat", "NATO", "1996", "2026", "rare", "new", "Zoo", "zoo"])
texts = st.lists(st.lists(words, max_size=5), min_size=1, max_size=6)


def vectors_of(*names):
    """Return vectors of two numbers: that of word i is (i, i)."""
    return Vectors(list(names), np.arange(len(names), dtype=np.float32)[:, None].repeat(2, 1))


def coded(coder, words):
    """Return the batch of one text."""
    return coder.batch(coder.encode([words]), {"words": np.array([0])})


def ids(coder, words):
    return coded(coder, words).fields["words"].values[0].tolist()


def read(coder, words):
    """Return the characters of words as a model reads them."""
    batch = coded(coder, words)
    characters = batch.tables["characters"]
    assert not characters.values[~characters.mask].any()
    letters = [row[real] for row, real in zip(characters.values, characters.mask, strict=True)]
    return ["".join(coder.characters.decode(letters[form])) for form in batch.fields["words.forms"].values[0]]


# What is learned


def test_words_are_counted_as_spelled_and_characters_as_written():
    coder = WordsCoder.learn(TRAIN, Spelling())
    assert coder.words.tokens == ("<unk>", "0000", "cat", "saw", "the", "in", "it")
    assert coder.words.counts.tolist() == [0, 2, 2, 2, 2, 1, 1]
    assert set(coder.characters.tokens) == {"<unk>", *"ThecatsawtheInit19962026"}
    assert ids(coder, ["THE", "1234", "dog", "99"]) == [4, 1, 0, 0]
    assert read(coder, ["The", "1996", "dog"]) == ["The", "1996", "<unk><unk><unk>"]


@given(train=some_words, other=some_words)
def test_every_word_of_training_is_known_and_every_other_unknown(train, other):
    coder = WordsCoder.learn([train], PLAIN)
    known = {*train} - {"<unk>"}
    assert coder.decode(np.array(ids(coder, other), np.int64)) == [word if word in known else "<unk>" for word in other]
    assert read(coder, train) == train


def test_rare_words_are_unknown_but_their_characters_stay():
    coder = WordsCoder.learn(TRAIN, Spelling(), least=2)
    assert coder.words.tokens == ("<unk>", "0000", "cat", "saw", "the")
    assert read(coder, ["In", "it"]) == ["In", "it"]


def test_words_with_a_vector_stay_however_rare_and_as_they_are_looked_up():
    vectors = vectors_of("it", "Paris", "paris", "x86", "cat")
    coder = WordsCoder.learn(TRAIN, Spelling(), least=2, vectors=vectors)
    assert coder.words.tokens[5:] == ("it", "paris", "x00")
    assert coder.words.counts[1:].tolist() == [2, 2, 2, 2, 0, 0, 0]
    assert 0 not in ids(coder, ["PARIS", "x64", "It"])


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("the", "The", "THE"), {"the": 0}),
        (("THE", "The", "the"), {"the": 2}),
        (("The", "THE"), {"the": 0}),
        (("1996", "2026"), {"0000": 0}),
        (("1996", "0000", "2026"), {"0000": 1}),
        (("cat", "zoe"), {"cat": 0, "zoe": 1}),
    ],
)
def test_each_row_starts_with_the_vector_of_the_word_that_is_written_so_else_the_first(names, expected):
    start = WordsCoder.learn(TRAIN, Spelling(), vectors=vectors_of(*names), source="v.txt").outline.vectors
    tokens = WordsCoder.learn(TRAIN, Spelling(), vectors=vectors_of(*names)).names
    found = {tokens[row]: vector.tolist() for row, vector in zip(start.rows, start.matrix, strict=True)}
    assert found == {word: [number, number] for word, number in expected.items()}
    assert len(start.rows) == len(found)
    assert start.source == "v.txt"


def test_a_model_is_told_words_characters_and_shapes():
    coder = WordsCoder.learn(TRAIN, Spelling())
    told = coder.outline
    assert told.names == coder.names == coder.words.tokens
    assert told.counts.tolist() == [0, 2, 2, 2, 2, 1, 1]
    assert told.marks == {"unknown": 0}
    assert told.parts == {"characters": len(coder.characters), "shapes": len(SHAPES)}
    assert told.vectors is None


def test_a_report_says_what_is_known():
    coder = WordsCoder.learn(TRAIN, Spelling())
    column = coder.encode([["The", "dog", "saw"], ["it"]])
    assert coder.counts(column) == {"words": 4, "unknown words": 1}
    assert coder.unknown_share(column) == 1 / 4
    characters = len(coder.characters)
    assert coder.card(column) == {
        "vocabulary": f"7 words, {characters} characters",
        "unknown in validation": "1 (25.00%)",
    }
    started = WordsCoder.learn(TRAIN, Spelling(), vectors=vectors_of("Cat", "zoe", "the"), source="v.txt")
    assert started.card(column)["vectors"] == "v.txt: 2 of 6 training words (33.3%)"


def test_a_report_of_no_words_at_all_has_numbers():
    coder = WordsCoder.learn(TRAIN, Spelling(), least=9, vectors=vectors_of("zoe"), source="v.txt")
    card = coder.card(coder.encode([[]]))
    assert card["unknown in validation"] == "0 (0.00%)"
    assert card["vectors"] == "v.txt: 0 of 0 training words (0.0%)"


def test_what_is_saved_is_loaded_and_other_words_have_another_fingerprint(tmp_path):
    coder = WordsCoder.learn(TRAIN, Spelling(), vectors=vectors_of("Ünïcode", "a\tb"))
    coder.save(tmp_path)
    loaded = WordsCoder.load(tmp_path, Spelling())
    assert loaded.words.tokens == coder.words.tokens
    assert loaded.characters.tokens == coder.characters.tokens
    assert loaded.words.counts.tolist() == coder.words.counts.tolist()
    same_words = WordsCoder.learn([["cat"], ["xs"]], Spelling()), WordsCoder.learn([["cat"], ["sx"]], Spelling())
    prints = [one.fingerprint for one in (coder, *same_words, WordsCoder.learn([["Cat"], ["xs"]], Spelling()))]
    assert loaded.fingerprint == prints[0]
    assert len(set(prints)) == 4


def test_a_missing_file_is_named(tmp_path):
    WordsCoder.learn(TRAIN, Spelling()).save(tmp_path)
    (tmp_path / "characters.txt").unlink()
    with pytest.raises(CheckpointError, match=r"characters.txt: the vocabulary cannot be read"):
        WordsCoder.load(tmp_path, Spelling())


# What a model reads


def coder_of(unknown_rate=0.0):
    line = ["The", "cat", "the", "cat", "1996", "1996", "rare", "NATO", "NATO"]
    return WordsCoder.learn([line], Spelling(), unknown_rate=unknown_rate)


def matches(coder, word, partner):
    """Say whether two words are the same, or one word of the vocabulary."""
    spelled = coder.spelling.of(word)
    return word == partner or (spelled == coder.spelling.of(partner) and spelled in coder.words)


def test_forms_are_numbered_in_the_order_in_which_they_come():
    coder = WordsCoder.learn(TRAIN, Spelling())
    column = coder.encode([["The", "the", "new", "The"], [], ["newer", "new"]])
    assert column.values.tolist() == [0, 1, 2, 0, 3, 2]
    assert column.lengths.tolist() == [4, 0, 2]
    assert column.of["words"].tolist() == [4, 4, 0, 0]
    assert [SHAPES[number] for number in column.of["shapes"]] == ["Upper", "lower", "lower", "lower"]
    assert coder.encode([["newer"]]).values.tolist() == [0]  # nothing is remembered


@given(first=texts, data=st.data())
def test_a_batch_has_ids_characters_and_shapes_of_every_word_of_both_texts(first, data):
    count = len(first)
    second = data.draw(st.lists(st.lists(words, max_size=5), min_size=count, max_size=count))
    rows = np.array(data.draw(st.permutations(range(count)))[: max(1, count - 1)])
    coder = coder_of()
    # Forms that stand before those of the batch, so that they are not numbered alike.
    column = coder.encode([*first, *second, ["before", "them"]])
    fields, tables = coder.batch(column, {"first": rows, "second": rows + count})
    assert set(fields) == {f"{text}{what}" for text in ("first", "second") for what in ("", ".forms", ".matches")}
    assert set(tables) == {"characters", "shapes"}
    characters, shapes = tables["characters"], tables["shapes"]
    chosen = {"first": [first[row] for row in rows], "second": [second[row] for row in rows]}
    different = {word for sentences in chosen.values() for sentence in sentences for word in sentence}
    assert len(characters.values) == len(shapes.values) == len(different)
    assert shapes.values.shape == (len(different), 1)
    assert shapes.lengths is None
    for name, expected in chosen.items():
        mask = fields[name].mask
        assert fields[name].lengths.tolist() == list(map(len, expected))
        assert mask.sum(1).tolist() == list(map(len, expected))
        assert mask.shape[1] == max(map(len, expected))
        for part in ("", ".forms", ".matches"):
            assert not fields[f"{name}{part}"].values[~mask].any()
            assert fields[f"{name}{part}"].lengths.tolist() == list(map(len, expected))
        flat = [word for sentence in expected for word in sentence]
        known = coder.words.encode(map(coder.spelling.of, flat))
        assert fields[name].values[mask].tolist() == known.tolist()
        for word, form in zip(flat, fields[f"{name}.forms"].values[mask], strict=True):
            real = characters.mask[form]
            assert characters.values[form][real].tolist() == coder.characters.encode(word).tolist()
            assert not characters.values[form][~real].any()
            assert SHAPES[shapes.values[form, 0]] == shape(word)
    for name, other in (("first", "second"), ("second", "first")):
        expected = [
            [any(matches(coder, word, partner) for partner in partners) for word in sentence]
            for sentence, partners in zip(chosen[name], chosen[other], strict=True)
        ]
        found = fields[f"{name}.matches"].values[fields[name].mask]
        assert found.tolist() == [match for row in expected for match in row]


@given(first=st.lists(words, max_size=9), second=st.lists(words, max_size=9), seed=st.integers(0, 50))
def test_words_match_by_what_is_read_of_them_also_where_chance_makes_some_unknown(first, second, seed):
    coder = WordsCoder.learn([*TRAIN, ["NATO", "rare"]], Spelling(), unknown_rate=0.5)
    column = coder.encode([first, ["cat", "rare"], second, ["rare", "Cat"]])
    draw = np.random.default_rng(seed)
    fields, _ = coder.batch(column, {"first": np.array([0, 1]), "second": np.array([2, 3])}, draw)
    read = {}
    for name, texts in (("first", [first, ["cat", "rare"]]), ("second", [second, ["rare", "Cat"]])):
        read[name] = [[(id_, form) for id_, form in zip(ids[: len(text)], text, strict=True)] for ids, text in
                      zip(fields[name].values.tolist(), texts, strict=True)]  # fmt: skip
    for name, other in (("first", "second"), ("second", "first")):
        for row, places in enumerate(read[name]):
            expected = [any(form == f or (id_ == i != 0) for i, f in read[other][row]) for id_, form in places]
            assert fields[f"{name}.matches"].values[row, : len(places)].tolist() == expected


def test_matching_two_long_texts_takes_no_table_of_their_pairs():
    coder = coder_of()
    column = coder.encode([["cat", "The", "new"] * 3000, ["rare"] * 9000])
    tracemalloc.start()
    fields, _ = coder.batch(column, {"first": np.array([0]), "second": np.array([1])})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not fields["first.matches"].values.any()
    assert peak < 9000 * 9000 / 10


def test_one_text_has_no_matches():
    coder = coder_of()
    fields, _ = coder.batch(coder.encode([["cat", "The"], ["cat"]]), {"words": np.array([1, 0])})
    assert set(fields) == {"words", "words.forms"}
    assert fields["words"].values.tolist() == [
        [*coder.words.encode(["cat"]), 0],
        coder.words.encode(["cat", "the"]).tolist(),
    ]
    assert fields["words.forms"].values.tolist() == [[0, 0], [0, 1]]
    assert fields["words"].mask.tolist() == [[True, False], [True, True]]


def test_sentences_without_words_make_a_batch_without_places():
    coder = coder_of()
    fields, tables = coder.batch(coder.encode([[], []]), {"words": np.array([0, 1])})
    assert fields["words"].values.shape == (2, 0)
    assert tables["characters"].values.shape == (0, 0)
    assert tables["shapes"].values.shape == (0, 1)


def test_a_word_of_more_than_64_characters_is_read_by_its_ends():
    coder = WordsCoder.learn([["abxyc"]], Spelling())
    fits, long = "a" * 32 + "b" * 32, "a" * 32 + "xyx" + "b" * 31 + "c"
    assert read(coder, [fits, long]) == [fits, "a" * 32 + "b" * 31 + "c"]
    assert coder.encode([[fits, long]]).values.tolist() == [0, 1]


def test_only_words_that_occur_once_are_forgotten_with_the_given_probability():
    line = ["the", "cat", "rare", "1996", "new"]
    rows = np.arange(400)

    def batch(rate, draw):
        coder = coder_of(rate)
        return coder.batch(coder.encode([line] * 400), {"words": rows}, draw).fields

    def told(rate, draw):
        return batch(rate, draw)["words"].values

    calm, forgetful = told(0.3, None), told(0.3, np.random.default_rng(1))
    assert coder_of().words.counts[calm[0, :4]].tolist() == [2, 2, 1, 2]
    assert calm[0, 4] == 0
    share = (forgetful[:, 2] == 0).mean()
    assert 0.23 < share < 0.37  # three standard deviations
    assert (forgetful[:, [0, 1, 3, 4]] == calm[:, [0, 1, 3, 4]]).all()
    assert (forgetful == told(0.3, np.random.default_rng(1))).all()
    assert (forgetful != told(0.3, np.random.default_rng(2))).any()
    assert (told(0.0, np.random.default_rng(1)) == calm).all()
    forms = [batch(rate, np.random.default_rng(1))["words.forms"].values for rate in (0, 0.9)]
    assert (forms[0] == forms[1]).all()  # what is forgotten keeps its characters
