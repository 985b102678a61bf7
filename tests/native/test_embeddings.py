"""Windows of text in compiled code against the readable version, and what its door refuses."""

import os

import numpy as np
import pytest

from elman.errors import ShapeError
from elman.native import instruction_sets, module
from elman.native.embeddings import WindowReader, WindowTables
from elman.vectors import windows
from elman.vectors.huffman import huffman
from elman.vectors.noise import AliasTable, keep_limits, keep_shares, noise_shares
from elman.vectors.subwords import Subwords

needed = os.environ.get("ELMAN_KERNELS") == "native"  # then a test that skips would hide that it is missing
pytestmark = pytest.mark.skipif(module() is None and not needed, reason="the compiled module is not there")

SIZE = 20
WORDS = [f"w{number:02}" for number in range(SIZE)]
COUNTS = np.sort(np.random.default_rng(0).integers(5, 500, SIZE))[::-1]
VARIANTS = [
    (averaged, tree, composed) for averaged in (False, True) for tree in (False, True) for composed in (False, True)
]
NAMES = [
    f"{'cbow' if averaged else 'skip-gram'}, {'tree' if tree else 'noise'}{', subwords' if composed else ''}"
    for averaged, tree, composed in VARIANTS
]
variants = pytest.mark.parametrize("variant", VARIANTS, ids=NAMES)


def make(variant=(False, False, False), width=7, dtype=np.float64, threshold=0.02, scale=0.3, counts=COUNTS):
    averaged, tree, composed = variant
    rng, size = np.random.default_rng(1), len(counts)
    parts = Subwords(WORDS[:size], counts, 2, 4) if composed else None
    inputs = rng.normal(size=(size + len(parts) if parts else size, width)) * scale
    outputs = rng.normal(size=(max(1, size - 1) if tree else size, width)) * scale
    keep = keep_limits(keep_shares(counts, threshold))
    tables = WindowTables(inputs.astype(dtype), outputs.astype(dtype), keep, 3, averaged)
    if parts:
        tables = tables._replace(part_starts=parts.starts, parts=parts.parts)
    if tree:
        starts, nodes, left = huffman(counts)
        return tables._replace(path_starts=starts, nodes=nodes, left=left)
    limits, aliases = AliasTable.of(noise_shares(counts, 0.75))
    return tables._replace(negatives=4, limits=limits, aliases=aliases)


def copied(tables, dtype=None):
    dtype = dtype or tables.inputs.dtype
    return tables._replace(inputs=tables.inputs.astype(dtype), outputs=tables.outputs.astype(dtype))


def text(length=140, seed=2):
    """Return words of falling frequency, with line ends and ids that are none of them."""
    ids = np.floor((SIZE + 2) * np.random.default_rng(seed).random(length) ** 1.5)
    return ids.astype(np.uint32)


def read(tables, ids, ends=None, rates=0.1, threads=1, line_end=SIZE, by=None):
    ends = np.array([len(ids)] if ends is None else ends, np.int64)
    seeds = np.arange(5, 5 + len(ends), dtype=np.uint64)
    given = np.array(ids, np.uint32), ends, line_end, seeds, np.broadcast_to(np.asarray(rates), ends.shape)
    return windows.read(tables, *given) if by is windows else WindowReader(module(), tables).read(*given, threads)


def check(tables, *args, **options):
    """Compare what is read, and both tables behind it, with the readable version in float64."""
    exact = copied(tables, np.float64)
    found, expected = read(tables, *args, **options), read(exact, *args, **options, by=windows)
    assert found.pairs.tolist() == expected.pairs.tolist()
    assert found.words.tolist() == expected.words.tolist()
    rtol, atol = (1e-10, 1e-12) if tables.inputs.dtype == np.float64 else (1e-5, 2e-5)
    np.testing.assert_allclose(found.nats, expected.nats, rtol=rtol)
    np.testing.assert_allclose(tables.inputs, exact.inputs, rtol=0, atol=atol)
    np.testing.assert_allclose(tables.outputs, exact.outputs, rtol=0, atol=atol)
    return found


@variants
@pytest.mark.parametrize("isa", instruction_sets())
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("width", [1, 7, 16, 100, 130])
def test_a_text_changes_the_tables_as_the_readable_version_does(monkeypatch, isa, dtype, width, variant):
    monkeypatch.setenv("ELMAN_ISA", isa)
    tables = make(variant, width, dtype, scale=0.3 if width < 100 else 0.1)
    before = copied(tables)
    found = check(tables, text(), [50, 50, 90, 140], [0.1, 0.2, 0.05, 0.02])
    assert found.pairs.tolist() != [0, 0, 0, 0] == [found.pairs[1]] * 4
    assert (tables.inputs != before.inputs).any()
    assert (tables.outputs != before.outputs).any()


@variants
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("ids", "words", "meet"),
    [([], 0, 0), ([20, 20], 0, 0), ([21, 99], 0, 0), ([3], 1, 0), ([3, 20, 4, 20, 20, 5], 3, 0), ([3, 3], 2, 2)],
    ids=["empty", "line ends", "no words", "one word", "lines of one word", "twice the same"],
)
def test_short_texts(variant, dtype, ids, words, meet):
    tables = make(variant, dtype=dtype, threshold=0)
    before = copied(tables)
    found = check(tables, ids)
    assert (found.words.tolist(), found.pairs.tolist()) == ([words], [meet])
    assert meet or (found.nats[0] == 0 and (tables.inputs == before.inputs).all())


def test_no_stretch_at_all():
    assert [len(part) for part in read(make(), [], [])] == [0, 0, 0]


@pytest.mark.parametrize("tree", [False, True])
def test_a_vocabulary_of_one_word(tree):
    tables = make((False, tree, False), threshold=0, counts=np.array([4]))
    found = check(tables, [0, 0, 1, 0, 0, 0], line_end=1)
    assert found.words.tolist() == [5]
    assert (found.nats[0] == 0) == tree  # the path to an only word is empty


@variants
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("threads", [1, 2])
def test_a_rate_of_zero_changes_nothing_and_gives_the_same_loss(variant, dtype, threads):
    tables = make(variant, dtype=dtype)
    before = copied(tables)
    found = read(tables, text(), [70, 140], 0.0, threads)
    assert (tables.inputs == before.inputs).all()
    assert (tables.outputs == before.outputs).all()
    expected = read(copied(before, np.float64), text(), [70, 140], 0.0, by=windows)
    np.testing.assert_allclose(found.nats, expected.nats, rtol=1e-5)
    assert found.pairs.tolist() == expected.pairs.tolist()


@variants
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_large_scores_have_large_and_finite_losses(variant, dtype):
    tables = make(variant, dtype=dtype, scale=30.0)
    found = read(tables, text(), rates=0.0)
    expected = read(copied(tables, np.float64), text(), rates=0.0, by=windows)
    np.testing.assert_allclose(found.nats, expected.nats, rtol=1e-5)
    assert found.nats[0] / found.pairs[0] > 100


@variants
def test_one_thread_repeats_exactly(variant):
    one, other = make(variant, 33, np.float32), make(variant, 33, np.float32)
    for _ in range(2):
        found, again = (read(tables, text(3000), [1000, 2000, 3000]) for tables in (one, other))
        assert found.nats.tolist() == again.nats.tolist()
    assert one.inputs.tobytes() == other.inputs.tobytes()
    assert one.outputs.tobytes() == other.outputs.tobytes()


@variants
def test_two_threads_learn_what_one_learns(variant):
    ids, ends = np.tile(text(200), 60), np.arange(1000, 12001, 1000)
    start = make(variant, 24, np.float32)
    tables = [copied(start), copied(start)]
    for turn in range(3):
        found = [read(one, ids, ends, 0.05, threads) for one, threads in zip(tables, (1, 2), strict=True)]
        assert found[0].pairs.tolist() == found[1].pairs.tolist()
        assert found[0].words.tolist() == found[1].words.tolist()
        means = [part.nats.sum() / part.pairs.sum() for part in found]
        assert means[1] == pytest.approx(means[0], rel=0.05), turn
    assert all(np.isfinite(table).all() for table in (tables[1].inputs, tables[1].outputs))
    # What is read behind it sees what both have learned: nothing of the busiest rows was lost on the way back.
    for table, learned, new in zip(start[:2], tables[0][:2], tables[1][:2], strict=True):
        moved = np.linalg.norm(learned - table)
        assert np.linalg.norm(new - table) == pytest.approx(moved, rel=0.2)
        assert np.linalg.norm(new - learned) < 0.5 * moved


def test_more_threads_than_stretches_and_fewer_than_one_are_as_many_as_there_can_be():
    one, many, none = make(), make(), make()
    expected = read(one, text()).nats.tolist()
    assert read(many, text(), threads=9).nats.tolist() == read(none, text(), threads=-1).nats.tolist() == expected
    assert one.inputs.tobytes() == many.inputs.tobytes() == none.inputs.tobytes()


GOOD = make()
TREE = make((False, True, True))
LONG = np.zeros(SIZE + 1, np.uint32)
STARTS = np.arange(SIZE + 1)
WRONG = [
    (
        GOOD,
        {"inputs": np.ones(7)},
        r"inputs: got float64 \(7,\) for 20 words, expected float32 or float64 \(R, D\) with",
    ),
    (GOOD, {"inputs": np.ones((20, 0))}, r"inputs: got float64 \(20, 0\) for 20 words"),
    (GOOD, {"inputs": np.ones((20, 7), np.float16)}, r"inputs: got float16 \(20, 7\) for 20 words"),
    (GOOD, {"keep": LONG[:0]}, r"inputs: got float64 \(20, 7\) for 0 words"),
    (GOOD, {"inputs": np.ones((19, 7))}, r"inputs: got float64 \(19, 7\), expected float64 \(20, 7\)\."),
    (GOOD, {"window": 0}, "window and negatives: got 0 and 4, expected 1 to 10000, and 0 to 10000 or -1 for a tree."),
    (GOOD, {"window": 10_001}, "window and negatives: got 10001 and 4"),
    (GOOD, {"negatives": -2}, "window and negatives: got 3 and -2"),
    (GOOD, {"negatives": 10_001}, "window and negatives: got 3 and 10001"),
    (GOOD, {"outputs": np.ones((20, 8))}, r"outputs: got float64 \(20, 8\), expected float64 \(20, 7\)\."),
    (GOOD, {"outputs": np.ones((20, 7), np.float32)}, r"outputs: got float32 \(20, 7\), expected float64 \(20, 7\)\."),
    (GOOD, {"keep": np.ones(20, np.int64)}, r"keep: got int64 \(20,\), expected uint32 \(20,\)\."),
    (GOOD, {"limits": LONG}, r"limits: got uint32 \(21,\), expected uint32 \(20,\)\."),
    (GOOD, {"limits": None}, "limits: needed by word vectors."),
    (GOOD, {"aliases": None}, "aliases: needed by word vectors."),
    (GOOD, {"aliases": LONG[:20] + 20}, "aliases: got up to 20, expected words below 20, outputs for all."),
    (GOOD, {"outputs": np.ones((19, 7))}, r"aliases: got up to \d+, expected words below 20, outputs for all."),
    (GOOD, {"nodes": LONG}, "nodes: unknown to word vectors."),
    (GOOD, {"left": LONG.astype(np.uint8)}, "left: unknown to word vectors."),
    (GOOD, {"part_starts": STARTS}, "parts: needed by word vectors."),
    (GOOD, {"parts": LONG[:20]}, "starts of parts: needed by word vectors."),
    (TREE, {"parts": TREE.parts.astype(np.int64)}, r"parts: got int64"),
    (TREE, {"part_starts": TREE.part_starts[:-1]}, r"starts of parts: got int64 \(20,\), expected int64 \(21,\)\."),
    (TREE, {"part_starts": TREE.part_starts + 1}, "parts: got lists that do not cover it or rows of"),
    (TREE, {"part_starts": STARTS}, "parts: got lists that do not cover it"),
    (TREE, {"part_starts": np.r_[0, 9, 2, TREE.part_starts[3:]]}, "parts: got lists that do not cover it"),
    (TREE, {"parts": TREE.parts + 1000}, r"parts: got lists .* or rows of \d+ that are not there\."),
    (TREE, {"nodes": None}, "nodes: needed by word vectors."),
    (TREE, {"left": None}, "left: needed by word vectors."),
    (TREE, {"path_starts": None}, "starts of nodes: needed by word vectors."),
    (TREE, {"left": TREE.left[:-1]}, r"left: got uint8 \(\d+,\), expected uint8 \(\d+,\)\."),
    (TREE, {"left": TREE.left.astype(bool)}, r"left: got bool"),
    (TREE, {"nodes": TREE.nodes + 1}, "nodes: got lists that do not cover it or rows of 19 that are not there."),
    (TREE, {"path_starts": TREE.path_starts.astype(np.int32)}, r"starts of nodes: got int32 \(21,\), expected int64"),
    (TREE, {"aliases": LONG[:20]}, "aliases: unknown to word vectors."),
]


@pytest.mark.parametrize(
    ("tables", "change", "message"), WRONG, ids=[f"{next(iter(one[1]))} {i}" for i, one in enumerate(WRONG)]
)
def test_tables_that_do_not_fit_are_refused(tables, change, message):
    with pytest.raises(ShapeError, match=message):
        WindowReader(module(), tables._replace(**change))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ends": np.array([2, 3])}, "ends: got 2 up to 3, expected them to rise to 4."),
        ({"ends": np.array([3, 1, 4])}, "ends: got 3 up to 4, expected them to rise to 4."),
        ({"ends": np.array([-1, 4])}, "ends: got 2 up to 4, expected them to rise to 4."),
        ({"ends": np.zeros(0, np.int64)}, "ends: got 0 up to 0, expected them to rise to 4."),
        ({"seeds": np.ones(1, np.uint64)}, r"seeds: got uint64 \(1,\), expected uint64 \(2,\)\."),
        ({"seeds": np.ones(2, np.int64)}, r"seeds: got int64 \(2,\), expected uint64 \(2,\)\."),
        ({"rates": np.ones(1)}, r"rates: got float64 \(1,\), expected float64 \(2,\)\."),
    ],
)
def test_stretches_that_do_not_fit_are_refused(change, message):
    good = {"ends": np.array([2, 4]), "seeds": np.ones(2, np.uint64), "rates": np.ones(2)}
    with pytest.raises(ShapeError, match=message):
        WindowReader(module(), make()).read(np.zeros(4, np.uint32), line_end=SIZE, threads=1, **{**good, **change})
