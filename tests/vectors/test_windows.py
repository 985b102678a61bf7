"""Windows and their steps, in the readable version that compiled code is checked against."""

import math

import numpy as np
import pytest

from elman.native.embeddings import WindowTables
from elman.vectors import windows
from elman.vectors.huffman import huffman
from elman.vectors.noise import AliasTable, keep_limits, noise_shares
from elman.vectors.subwords import Subwords
from elman.vectors.windows import Window, change

WORDS = ["abc", "abd", "xbc", "abcd", "yab", "q"]
COUNTS = np.array([30, 20, 9, 5, 4, 1])
WIDTH = 4
VARIANTS = [
    (averaged, tree, composed) for averaged in (False, True) for tree in (False, True) for composed in (False, True)
]
NAMES = [
    f"{'cbow' if averaged else 'skip-gram'}, {'tree' if tree else 'noise'}{', subwords' if composed else ''}"
    for averaged, tree, composed in VARIANTS
]


def make(averaged=False, tree=False, composed=False, size=6, window=3, negatives=4, keep=None):
    rng = np.random.default_rng(5)
    counts = np.arange(size, 0, -1) if size != 6 else COUNTS
    parts = Subwords(WORDS, counts, 2, 3) if composed else None
    shape = (size + len(parts) if parts else size, WIDTH)
    shares = np.ones(size) if keep is None else keep
    tables = WindowTables(rng.normal(size=shape), rng.normal(size=(size, WIDTH)), keep_limits(shares), window, averaged)
    if parts:
        tables = tables._replace(part_starts=parts.starts, parts=parts.parts)
    if tree:
        starts, nodes, left = huffman(counts)
        return tables._replace(path_starts=starts, nodes=nodes, left=left)
    limits, aliases = AliasTable.of(noise_shares(counts, 0.75))
    return tables._replace(negatives=negatives, limits=limits, aliases=aliases)


def written_out(tables, window):
    """Return the loss of a window as its formula has it."""
    lists = [[word] for word in window.words]
    if tables.parts is not None:
        lists = [tables.parts[tables.part_starts[w] : tables.part_starts[w + 1]].tolist() for w in window.words]
    inputs = [sum(tables.inputs[row] for row in rows) / len(rows) for rows in lists]
    if tables.averaged:
        inputs = [sum(inputs) / len(inputs)]
    return sum(
        math.log1p(math.exp(-sign * float(x @ tables.outputs[row])))
        for x in inputs
        for row, sign in zip(window.outputs, window.signs, strict=True)
    )


def slopes(tables, table, window, step=1e-6):
    """Return the gradient of the loss with respect to one of the tables, from differences."""
    found = np.zeros_like(table)
    for place in np.ndindex(table.shape):
        kept = table[place]
        for sign in (1, -1):
            table[place] = kept + sign * step
            found[place] += sign * written_out(tables, window) / (2 * step)
        table[place] = kept
    return found


def window_of(tables, words, middle, drawn):
    if tables.nodes is None:
        return Window(words, [middle, *drawn], [1] + [-1] * len(drawn))
    path = slice(tables.path_starts[middle], tables.path_starts[middle + 1])
    return Window(words, tables.nodes[path].tolist(), [1 if left else -1 for left in tables.left[path]])


@pytest.mark.parametrize("variant", VARIANTS, ids=NAMES)
@pytest.mark.parametrize(
    ("words", "middle", "drawn"),
    [
        ([1], 0, [2]),
        ([0, 1, 4, 3], 2, [5, 1, 0]),
        ([1, 2, 1, 4], 3, [0, 0, 5]),
        ([3, 3], 3, []),
        ([0, 2, 0], 5, [0, 0]),
    ],
    ids=["two words", "all differ", "twice", "itself", "in context and drawn"],
)
def test_a_step_is_the_gradient_of_the_loss_that_is_written_out(variant, words, middle, drawn):
    tables = make(*variant)
    window = window_of(tables, words, middle, drawn)
    before = tables._replace(inputs=tables.inputs.copy(), outputs=tables.outputs.copy())
    expected = slopes(before, before.inputs, window), slopes(before, before.outputs, window)
    assert change(tables, window, 0.25) == pytest.approx(written_out(before, window), rel=1e-12)
    np.testing.assert_allclose(tables.inputs, before.inputs - 0.25 * expected[0], rtol=0, atol=1e-8)
    np.testing.assert_allclose(tables.outputs, before.outputs - 0.25 * expected[1], rtol=0, atol=1e-8)
    assert (tables.inputs != before.inputs).any()


@pytest.mark.parametrize("variant", VARIANTS, ids=NAMES)
def test_a_rate_of_zero_changes_nothing(variant):
    tables, same = make(*variant), make(*variant)
    assert change(tables, window_of(tables, [1, 2], 0, [3]), 0.0) > 0
    assert (tables.inputs == same.inputs).all()
    assert (tables.outputs == same.outputs).all()


def test_large_margins_neither_overflow_nor_vanish():
    tables = make()
    tables.inputs[:], tables.outputs[:] = 100, -100
    assert change(tables, Window([0], [1, 2], [1, -1]), 0.5) == 4 * 100 * 100
    assert tables.outputs[1].tolist() == [-50] * 4
    assert tables.outputs[2].tolist() == [-100] * 4


def listed(tables, ids, line_end=None, seed=1):
    """Return windows with both sides together, and the draws of the first side."""
    line_end = len(tables.keep) if line_end is None else line_end
    found = windows.windows(tables, np.array(ids, np.uint32), line_end, seed)
    return [
        Window([w for side in sides for w in side.words], *(sides[0][1:] if sides else ([], []))) for sides in found
    ]


def test_windows_reach_one_to_five_words_and_each_as_often():
    size = 4000
    found = listed(make(size=size, window=5, negatives=0), range(size))
    reaches = np.zeros(6)
    for place, (words, outputs, signs) in enumerate(found):
        assert (outputs, signs) == ([place], [1])
        reach = max(abs(word - place) for word in words)
        assert words == [w for w in range(max(0, place - reach), min(size, place + reach + 1)) if w != place]
        reaches[reach] += 1
    assert reaches[0] == 0
    np.testing.assert_allclose(reaches[1:], size / 5, atol=5 * (size * 0.16) ** 0.5)


def test_no_window_crosses_a_line():
    tables = make(window=9)
    for words, outputs, _ in listed(tables, [0, 1, 2, 6, 3, 4, 5, 6] * 20):
        assert {*words, outputs[0]} <= ({0, 1, 2} if outputs[0] < 3 else {3, 4, 5})


def test_a_word_alone_on_its_line_is_counted_and_meets_nobody():
    tables = make(window=9)
    assert listed(tables, [0, 6, 6, 1]) == [Window([], [], [])] * 2
    assert listed(tables, []) == listed(tables, [6, 6]) == []


def test_what_is_no_word_is_passed_over():
    tables = make()
    assert listed(tables, [0, 7, 1, 6, 99, 2, 3, 7]) == listed(tables, [0, 1, 6, 2, 3])


def test_a_line_end_may_have_any_number():
    tables = make()
    assert listed(tables, [0, 1, 50, 2, 3], 50) == listed(tables, [0, 1, 6, 2, 3])


def test_the_middle_is_never_among_the_drawn():
    counts = []
    for _, outputs, signs in listed(make(negatives=20), [0, 1, 2] * 30):
        assert outputs[0] not in outputs[1:]
        assert signs == [1] + [-1] * (len(outputs) - 1)
        counts.append(len(outputs) - 1)
    assert min(counts) < max(counts) <= 20


def test_words_are_drawn_as_noise():
    drawn = [other for _, outputs, _ in listed(make(negatives=40), [5, 4] * 300) for other in outputs[1:]]
    shares = noise_shares(COUNTS, 0.75)[:4]
    found = np.bincount(drawn, minlength=6)[:4]
    np.testing.assert_allclose(found / found.sum(), shares / shares.sum(), atol=0.02)


def test_frequent_words_are_left_out_before_windows_are_made():
    tables = make(window=1, negatives=0, keep=np.array([0.3, 1, 0, 1, 1, 1]))
    found = listed(tables, [1, 0, 2, 3] * 3000)
    middles = np.bincount([outputs[0] for _, outputs, _ in found], minlength=4)
    assert middles[1] == middles[3] == 3000
    assert middles[2] == 0
    assert middles[0] == pytest.approx(900, abs=5 * (3000 * 0.21) ** 0.5)
    beside = [words for words, outputs, _ in found if outputs == [3]]
    assert [1, 1] in beside  # across what is left out


def test_the_same_seed_gives_the_same_windows():
    tables, text = make(), [0, 1, 2, 3, 4, 5] * 5
    assert listed(tables, text, seed=7) == listed(tables, text, seed=7) != listed(tables, text, seed=8)


def test_both_sides_of_a_word_meet_draws_of_their_own():
    [*_, middle, _, _] = windows.windows(make(window=2, negatives=30), np.array([0, 1, 2, 3, 4]), 6, 3)
    before, after = middle
    assert before.outputs[0] == after.outputs[0] == 2
    assert before.outputs != after.outputs
    assert set(before.words) <= {0, 1}
    assert set(after.words) <= {3, 4}


@pytest.mark.parametrize("variant", [(True, False), (True, True), (False, True)])
def test_a_mean_and_a_tree_have_no_sides(variant):
    assert all(len(sides) == 1 for sides in windows.windows(make(*variant), np.array([0, 1, 2, 3]), 6, 1))
