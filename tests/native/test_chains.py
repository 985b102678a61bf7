"""Compiled linear chains against sums over every path, and what their door refuses."""

import itertools
import os

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from elman.errors import KernelError, ShapeError
from elman.native import crf, instruction_sets, module

needed = os.environ.get("ELMAN_KERNELS") == "native"  # then a test that skips would hide that it is missing
pytestmark = pytest.mark.skipif(module() is None and not needed, reason="the compiled module is not there")
LENGTHS = [0, 3, 1, 4, 0, 2]


def draw(seed, lengths=LENGTHS, size=3, forbidden=0.0, dtype=np.float64, scale=1.0):
    rng = np.random.default_rng(seed)
    scores = [rng.normal(size=shape) * scale for shape in ((size, size), size, size)]
    for array in scores:
        array[rng.random(array.shape) < forbidden] = -np.inf
    emissions = (rng.normal(size=(sum(lengths), size)) * scale).astype(dtype)
    return emissions, np.array(lengths, np.int64), *scores


def score_of(path, emissions, transitions, starts, ends):
    if not path:
        return 0.0
    score = starts[path[0]] + ends[path[-1]] + sum(emissions[t, tag] for t, tag in enumerate(path))
    return score + sum(transitions[pair] for pair in itertools.pairwise(path))


def enumerated(emissions, lengths, transitions, starts, ends):
    """Return likelihood and best paths from every path of every sentence."""
    emissions, size = emissions.astype(np.float64), len(starts)
    partitions, best, marginals = [], [], np.zeros(emissions.shape)
    pairs, first, last = np.zeros((size, size)), np.zeros(size), np.zeros(size)
    for behind, length in zip(np.cumsum(lengths), lengths, strict=True):
        rows = slice(behind - length, behind)
        paths = list(itertools.product(range(size), repeat=length))
        scores = np.array([score_of(path, emissions[rows], transitions, starts, ends) for path in paths])
        top = scores.max()
        best.append(top)
        partitions.append(top + np.log(np.exp(scores - top).sum()) if np.isfinite(top) else top)
        if length == 0 or not np.isfinite(top):
            continue
        for path, p in zip(paths, np.exp(scores - partitions[-1]), strict=True):
            marginals[rows][range(length), path] += p
            first[path[0]] += p
            last[path[-1]] += p
            for pair in itertools.pairwise(path):
                pairs[pair] += p
    return np.array(partitions), np.array(best), marginals, pairs, first, last


def check(given, tolerance=1e-10):
    partitions, best, *expected = enumerated(*given)
    found = crf.likelihood(*given, learns=True)
    np.testing.assert_allclose(found.log_partitions, partitions, rtol=1e-12, atol=tolerance)
    assert found.marginals.dtype == given[0].dtype
    for left, right in zip(found[2:], expected, strict=True):
        np.testing.assert_allclose(left, right, rtol=0, atol=tolerance if left.dtype == np.float64 else 1e-6)
    tags, scores = crf.viterbi(*given)
    np.testing.assert_allclose(scores, best, rtol=1e-12, atol=tolerance)
    behind = np.cumsum(given[1])
    for score, stop, length in zip(scores, behind, given[1], strict=True):
        rows = slice(stop - length, stop)
        if np.isfinite(score):
            path = tuple(tags[rows])
            np.testing.assert_allclose(score_of(path, given[0][rows].astype(float), *given[2:]), score, rtol=1e-12)


@pytest.mark.parametrize("isa", instruction_sets())
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("forbidden", [0.0, 0.3, 1.0])
def test_sums_and_best_paths_are_those_of_every_path(monkeypatch, isa, dtype, forbidden):
    monkeypatch.setenv("ELMAN_ISA", isa)
    for seed in range(5):
        check(draw(seed, forbidden=forbidden, dtype=dtype))
    check(draw(9, [3, 2], size=11, dtype=dtype))


@given(
    st.lists(st.integers(0, 4), max_size=5),
    st.integers(1, 5),
    st.sampled_from([0.0, 0.2, 0.6]),
    st.sampled_from([1e-3, 1.0, 30.0, 700.0, 1e4]),
    st.integers(0, 2**32),
)
@example([], 3, 0.0, 1.0, 0)
@example([0, 0], 1, 0.0, 1.0, 0)
def test_any_lengths_sizes_and_scales(lengths, size, forbidden, scale, seed):
    check(draw(seed, lengths, size, forbidden, scale=scale), tolerance=1e-9 * max(1.0, scale / 100))


def test_scores_of_given_tags():
    given = draw(1)
    tags = np.random.default_rng(2).integers(0, 3, len(given[0]))
    expected = [
        score_of(tuple(tags[stop - length : stop]), given[0][stop - length : stop], *given[2:])
        for stop, length in zip(np.cumsum(LENGTHS), LENGTHS, strict=True)
    ]
    found = crf.likelihood(*given, tags=tags)
    np.testing.assert_allclose(found.scores, expected, atol=1e-12)
    assert found[2:] == (None,) * 4
    assert crf.likelihood(*given).scores is None


def test_a_transition_that_everything_speaks_against_but_that_is_the_only_one():
    emissions, lengths, transitions, starts, ends = draw(3, [4, 2])
    transitions[:] = -np.inf
    transitions[0, 1] = transitions[1, 2] = transitions[2, 0] = -2000.0
    transitions[1, 1] = 3000.0
    ends[:] = [-np.inf, -np.inf, 0.0]
    emissions[:, 0] = 9000.0
    check((emissions, lengths, transitions, starts, ends), 1e-8)


def test_of_equal_paths_the_smallest_tags_win():
    zeros = np.zeros((5, 4)), np.array([5]), np.zeros((4, 4)), np.zeros(4), np.zeros(4)
    assert crf.viterbi(*zeros)[0].tolist() == [0] * 5
    emissions, lengths, transitions, starts, ends = zeros
    transitions[0] = -1.0
    ends[:2] = -1.0
    assert crf.viterbi(emissions, lengths, transitions, starts, ends)[0].tolist() == [1, 1, 1, 1, 2]


@pytest.mark.parametrize("place", [0, 2, 3, 4])
def test_nan_comes_out_as_nan(place):
    given = draw(4, [3, 2, 4])
    given[place].reshape(-1)[1] = np.nan
    found = crf.likelihood(*given, learns=True)
    strange = np.isnan(found.log_partitions).tolist()
    assert strange == ([True, False, False] if place == 0 else [True] * 3)
    assert np.isnan(found.marginals).all(1).tolist() == np.repeat(strange, given[1]).tolist()
    assert not np.isnan(found.marginals[~np.repeat(strange, given[1])]).any()
    assert all(np.isnan(array).all() for array in found[3:])
    assert np.isnan(crf.viterbi(*given)[1]).tolist() == strange


def test_calls_repeat_exactly_and_take_strided_arrays():
    given = draw(5, [40, 7, 0, 12], size=9)
    strided = tuple(np.repeat(array, 2, axis=0)[::2] for array in given)
    once, again = (crf.likelihood(*arrays, learns=True) for arrays in (given, strided))
    for left, right in zip(once, again, strict=True):
        assert (left is right is None) or np.array_equal(left, right)


GOOD = dict(zip(("emissions", "lengths", "transitions", "starts", "ends"), draw(0), strict=True))
WRONG = [
    ({"emissions": np.zeros(10)}, r"emissions: got float64 \(10,\), expected float32 or float64 \(N, K\) with at"),
    ({"emissions": np.zeros((10, 0))}, r"emissions: got float64 \(10, 0\)"),
    ({"emissions": np.zeros((10, 3), np.float16)}, r"emissions: got float16 \(10, 3\)"),
    ({"emissions": np.zeros((9, 3))}, r"lengths: got \[0 3 1 4 0 2\], expected ones from 0, 9 in all"),
    ({"lengths": np.array([12, -2])}, r"lengths: got \[12 -2\], expected ones from 0, 10 in all"),
    ({"lengths": np.array([2**62, 2**62, 2**62, 2**62 + 10])}, "lengths: got"),
    ({"lengths": np.array([10], np.int32)}, r"lengths: got int32 \(1,\), expected int64 \(1,\)"),
    ({"lengths": np.array([[10]])}, r"lengths: got int64 \(1, 1\), expected int64 \(1,\)"),
    ({"transitions": np.zeros((3, 4))}, r"transitions: got float64 \(3, 4\), expected float64 \(3, 3\)"),
    ({"transitions": np.zeros((3, 3), np.float32)}, "transitions: got float32"),
    ({"starts": np.zeros(2)}, r"starts: got float64 \(2,\), expected float64 \(3,\)"),
    ({"ends": np.zeros((3, 1))}, r"ends: got float64 \(3, 1\), expected float64 \(3,\)"),
    ({"tags": np.zeros(9, np.int64)}, r"tags: got int64 \(9,\), expected int64 \(10,\)"),
    ({"tags": np.zeros(10, np.int32)}, "tags: got int32"),
    ({"tags": np.full(10, 3)}, r"tags: got 3 to 3, expected 0\.\.2"),
    ({"tags": np.full(10, -1)}, r"tags: got -1 to -1, expected 0\.\.2"),
]


@pytest.mark.parametrize(("change", "message"), WRONG, ids=lambda value: value if isinstance(value, str) else "")
def test_the_door_refuses_what_would_be_read_outside(change, message):
    with pytest.raises(ShapeError, match=message):
        crf.likelihood(**{**GOOD, **change})
    if "tags" not in change:
        with pytest.raises(ShapeError, match=message):
            crf.viterbi(**{**GOOD, **change})


def test_without_compiled_code_it_says_so(monkeypatch):
    monkeypatch.setattr("elman.native.crf.module", lambda: None)
    with pytest.raises(KernelError, match=r"The compiled module is not there\. Install a C\+\+17 compiler"):
        crf.viterbi(**GOOD)
