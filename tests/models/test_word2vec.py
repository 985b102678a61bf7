"""word2vec: every kind learns, and what is read, at which rate, and what is kept."""

import random
from itertools import pairwise

import numpy as np
import pytest

from elman.data.outlines import Tokens
from elman.data.store import TokenStore
from elman.errors import CheckpointError, ConfigError
from elman.models import word2vec
from elman.models.base import Fitting
from elman.models.word2vec import Word2Vec

WORDS = ["the", "king", "kings", "cat", "cats", "rules", "ruled", "eats"]
END, RARE = len(WORDS), len(WORDS) + 1
KINDS = [
    {"architecture": architecture, "loss": loss, "subwords": subwords}
    for architecture in ("skip_gram", "cbow")
    for loss in ("negative_sampling", "hierarchical_softmax")
    for subwords in ([], [3, 4])
]
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: " ".join(map(str, kind.values())))


def text(lines=120):
    """Return the ids of lines about kings and lines about cats, some with a word that is no word."""
    draw, ids = random.Random(1), []
    for _ in range(lines):
        who, does = draw.choice([([1, 2], [5, 6]), ([3, 4], [7])])
        line = [0, draw.choice(who), draw.choice(does), 0, draw.choice(who), RARE]
        ids += [*line[: draw.randint(3, 6)], END]
    return TokenStore(np.array(ids, np.uint32), END)


SOURCE = text()


def made(**options):
    """Return a small model that knows the words, and has begun."""
    words = Tokens(WORDS, SOURCE.counts(END + 2)[:END])
    model = Word2Vec(Word2Vec.Config(embedding_size=8, **options), {"context": words}, {"word": words})
    model.begin(7)
    return model


def fitting(folder, seed=7, threads=1):
    return Fitting(folder, seed, threads, str)


def trained(folder, passes=3, rate=0.1, **options):
    model = made(**options)
    of = passes * model.stretches(SOURCE)
    found = [model.read(SOURCE, number, of, rate, fitting(folder)) for number in range(of)]
    return model, found


@pytest.fixture
def small(monkeypatch):
    """Stretches of 200 tokens in chunks of up to 50."""
    monkeypatch.setattr(word2vec, "_STRETCH", 200)
    monkeypatch.setattr(word2vec, "_CHUNK", 50)


@pytest.fixture
def reads(monkeypatch):
    """What every stretch was read with."""
    seen, original = [], Word2Vec._read

    def read(self, ids, ends, line_end, seeds, rates, threads):
        seen.append((ids.copy(), ends.copy(), seeds.copy(), rates.copy()))
        return original(self, ids, ends, line_end, seeds, rates, threads)

    monkeypatch.setattr(Word2Vec, "_read", read)
    return seen


@each_kind
def test_the_loss_falls(tmp_path, kind):
    model, found = trained(tmp_path, 20, subsample=0, **kind)
    first, last = (sum(s.nats for s in part) / sum(s.targets for s in part) for part in (found[:2], found[-2:]))
    assert last < 0.9 * first
    loss, pairs = model.loss(SOURCE, 0)
    assert loss < first
    assert pairs > 0


@each_kind
def test_who_is_evaluated_does_not_change(tmp_path, kind):
    model, _ = trained(tmp_path, 1, **kind)
    before = {name: array.copy() for name, array in model.weights().items()}
    assert model.loss(SOURCE, 0) == model.loss(SOURCE, 0) != model.loss(SOURCE, 1)
    for name, array in model.weights().items():
        np.testing.assert_array_equal(array, before[name])


def test_a_text_without_pairs_has_no_loss():
    loss, pairs = made().loss(TokenStore(np.array([1, END, RARE, END], np.uint32), END), 0)
    assert np.isnan(loss)
    assert pairs == 0
    assert made().loss(TokenStore(np.zeros(0, np.uint32), END), 0)[1] == 0


def test_the_beginning_is_drawn_from_the_seed(monkeypatch):
    model = made()
    first = {name: array.copy() for name, array in model.weights().items()}
    assert np.abs(first["inputs"]).max() <= 1 / 16
    assert np.abs(first["inputs"]).max() > 0.9 / 16
    assert not first["outputs"].any()
    model.begin(8)
    assert (model.weights()["inputs"] != first["inputs"]).any()
    monkeypatch.setattr(word2vec, "_CHUNK", 3)  # rows that are drawn together
    model.begin(7)
    for name, array in model.weights().items():
        np.testing.assert_array_equal(array, first[name])


@each_kind
def test_one_thread_twice_gives_the_same_bits(tmp_path, kind):
    one, other = (trained(tmp_path, **kind) for _ in range(2))
    assert one[1] == other[1]
    for name, array in one[0].weights().items():
        assert array.tobytes() == other[0].weights()[name].tobytes()


def test_seeds_and_passes_draw_other_windows(tmp_path):
    model = made()
    losses = [
        model.read(SOURCE, number, 10**9, 1e-30, fitting(tmp_path, seed)).nats
        for seed, number in ((1, 0), (1, 1), (2, 0))
    ]
    assert len(set(losses)) == 3


@each_kind
def test_compiled_code_gives_what_readable_code_gives(tmp_path, monkeypatch, small, kind):
    compiled, said = trained(tmp_path, 2, **kind)
    monkeypatch.setenv("ELMAN_KERNELS", "reference")
    readable, expected = trained(tmp_path, 2, **kind)
    for name, array in readable.weights().items():
        np.testing.assert_allclose(compiled.weights()[name], array, atol=1e-4)
    np.testing.assert_allclose(compiled.vectors, readable.vectors, atol=1e-4)
    assert [stretch.targets for stretch in said] == [stretch.targets for stretch in expected]
    np.testing.assert_allclose([s.nats for s in said], [s.nats for s in expected], rtol=1e-4)


def test_stretches_cover_the_text_once(tmp_path, small, reads):
    model, found = trained(tmp_path, 2)
    of = model.stretches(SOURCE)
    assert of == -(-len(SOURCE) // 200) > 2
    assert len(reads) == 2 * of
    for a_pass in (reads[:of], reads[of:]):
        np.testing.assert_array_equal(np.concatenate([ids for ids, *_ in a_pass]), SOURCE.ids)
    assert [stretch.tokens for stretch in found] == [int((ids < END).sum()) for ids, *_ in reads]
    for ids, ends, *_ in reads:
        chunks = np.split(ids, ends)
        assert chunks.pop().size == 0
        assert all(0 < len(chunk) <= 50 for chunk in chunks)
        assert all(chunk[-1] == END for chunk in chunks[:-1])
        np.testing.assert_array_equal(np.concatenate(chunks), ids)
        # No chunk ends where another line would have had room.
        for chunk, after in pairwise(chunks):
            assert len(chunk) + [*after, END].index(END) + 1 > 50
    assert len({int(seed) for *_, seeds, _ in reads for seed in seeds}) == sum(len(ends) for _, ends, *_ in reads)


@pytest.mark.parametrize(
    ("lengths", "ends"),
    [([30, 30], [30, 60]), ([50, 50], [50, 100]), ([120], [50, 100, 120]), ([20, 90, 5], [20, 70, 115]), ([], [])],
)
def test_chunks_end_with_lines_that_are_short_enough(small, lengths, ends):
    ids = [token for length in lengths for token in [*[0] * (length - 1), END]]
    assert word2vec._chunks(np.array(ids, np.uint32), END).tolist() == ends


def test_the_rate_falls_linearly_over_all_stretches(tmp_path, small, reads):
    _, found = trained(tmp_path, 2, rate=0.5)
    expected = []
    for number, (ids, ends, *_) in enumerate(reads):
        starts = np.array([0, *ends[:-1]])
        expected.append(0.5 * (1 - (number + starts / len(ids)) / len(reads)))
    rates = [rates for *_, rates in reads]
    np.testing.assert_allclose(np.concatenate(rates), np.concatenate(expected))
    assert [stretch.rate for stretch in found] == [float(one[0]) for one in rates]
    assert rates[0][0] == 0.5
    np.testing.assert_array_less(np.diff(np.concatenate(rates)), 0)


def test_the_rate_never_reaches_zero(tmp_path, reads):
    made().read(SOURCE, 99, 10, 0.5, fitting(tmp_path))
    np.testing.assert_allclose(reads[0][3], 0.5e-4)


def test_fitting_reads_five_times_at_the_usual_rate(tmp_path, small, reads):
    for options, rate in (({}, 0.035), ({"architecture": "cbow"}, 0.1)):
        reads.clear()
        model = made(**options)
        model.fit(SOURCE, fitting(tmp_path))
        assert len(reads) == 5 * model.stretches(SOURCE)
        assert reads[0][3][0] == rate


@each_kind
def test_weights_round_trip(tmp_path, kind):
    model, _ = trained(tmp_path, **kind)
    other = made(**kind)
    other.vectors.sum()  # what it remembers must not stay
    other.load_weights({name: array.copy() for name, array in model.weights().items()})
    np.testing.assert_array_equal(other.vectors, model.vectors)
    assert other.loss(SOURCE, 0) == model.loss(SOURCE, 0)
    assert model.num_weights() == sum(array.size for array in model.weights().values())
    contexts = [[0, 2], [1], [3, 4, 0]]
    np.testing.assert_array_equal(other.missing_word(contexts), model.missing_word(contexts))


def test_weights_that_cannot_be_written_to_are_copied(tmp_path):
    model, weights = made(), made().weights()
    for array in weights.values():
        array.flags.writeable = False
    model.load_weights(weights)
    model.read(SOURCE, 0, 1, 0.1, fitting(tmp_path))
    assert (model.weights()["inputs"] != weights["inputs"]).any()


@pytest.mark.parametrize(
    ("changed", "name", "shape"),
    [
        ({"inputs": None}, "inputs", (8, 8)),
        ({"outputs": None}, "outputs", (8, 8)),
        ({"inputs": np.zeros((9, 8), np.float32)}, "inputs", (8, 8)),
        ({"outputs": np.zeros((8, 8), np.float64)}, "outputs", (8, 8)),
    ],
)
def test_weights_of_another_model_are_refused(changed, name, shape):
    model = made()
    weights = {key: array for key, array in {**model.weights(), **changed}.items() if array is not None}
    with pytest.raises(CheckpointError) as refused:
        model.load_weights(weights)
    assert str(refused.value) == f"word2vec has no {name} of float32 {shape}: they were made for another model."


def test_a_tree_has_an_inner_node_less_than_words():
    tree = made(loss="hierarchical_softmax", subwords=[3, 4])
    assert tree.weights()["outputs"].shape == (len(WORDS) - 1, 8)
    assert tree.weights()["inputs"].shape == (len(WORDS) + len(tree.subwords), 8)


def test_the_vector_of_a_word_is_the_mean_of_its_parts(tmp_path):
    model, _ = trained(tmp_path, subwords=[3, 4])
    inputs = model.weights()["inputs"]
    for number, word in enumerate(WORDS):
        rows = [number, *model.subwords.rows(word)]
        np.testing.assert_allclose(model.vectors[number], inputs[rows].mean(0), atol=1e-6)
    assert len(model.subwords.rows("king")) > 1
    np.testing.assert_allclose(model.vector_of("kingly"), inputs[model.subwords.rows("kingly")].mean(0))
    assert model.vector_of("xyz") is None
    assert made().vector_of("kingly") is None


def test_the_missing_word_fits_its_context_best():
    model = made()
    inputs, outputs = (np.zeros((8, 8), np.float32) for _ in range(2))
    inputs[1, 0] = inputs[2, 1] = outputs[5, 0] = outputs[6, 1] = 1
    outputs[7, :2] = 0.8
    model.load_weights({"inputs": inputs, "outputs": outputs})
    assert model.missing_word([[1], [2], [1, 2]]).tolist() == [5, 6, 7]


@pytest.mark.parametrize("subwords", [[3], [4, 3], [0, 3], [3, 21], [1, 2, 3]])
def test_lengths_of_runs_that_mean_nothing_are_refused(subwords):
    with pytest.raises(ValueError, match="expected two lengths from 1 to 20, the shorter first, such as") as refused:
        Word2Vec.Config(subwords=subwords)
    assert f"got {subwords}" in str(refused.value)


def test_a_wrong_length_of_runs_is_named_with_its_key(tmp_path):
    import elman

    (tmp_path / "text.txt").write_text("a b c\n" * 9)
    with pytest.raises(ConfigError) as refused:
        elman.train("embed", tmp_path / "text.txt", out=tmp_path / "run", settings={"model.subwords": [4, 3]})
    assert str(refused.value) == (
        "model.subwords: got [4, 3], expected two lengths from 1 to 20, the shorter first, such as [3, 6]."
    )


def test_the_title_says_what_it_is():
    assert made().title == "skip-gram, 5 negatives, 8 numbers"
    tree = made(architecture="cbow", loss="hierarchical_softmax", subwords=[3, 6])
    assert tree.title == "CBOW, hierarchical softmax, runs of 3 to 6, 8 numbers"
