"""Every metric through one contract, with observations of its type."""

from typing import NamedTuple

import numpy as np
import pytest

from elman.errors import DataError
from elman.metrics import METRICS
from elman.metrics.base import (
    BinaryScores,
    Decisions,
    Edits,
    Failures,
    Keystrokes,
    Likelihood,
    Matches,
    Pairs,
    Quantiles,
    Ranked,
    Scaled,
    Score,
    SpanCounts,
    TypedSpans,
    Variants,
    Written,
    WrittenTokens,
    WrongBits,
)


class Example(NamedTuple):
    """Parts, what they are together, the best and a worse observation, and one of nothing."""

    parts: list
    whole: object
    best: object
    worse: object
    nothing: object


def _decisions(*rows):
    return Decisions(*(np.array(row) for row in rows))


def _failures(wrong, asked):
    return Failures(np.array(wrong), np.array(asked))


def _spans(*rows):
    return TypedSpans(*(np.array(row) for row in rows))


def _binary(second, scores):
    return BinaryScores(np.array(second, bool), np.array(scores, float))


def _pairs(gold, predicted):
    return Pairs(np.array(gold, dtype=float), np.array(predicted, dtype=float))


def _scaled(*columns):
    return Scaled(*(np.array(one, float) for one in columns))


def _quantiles(gold, *forecasts):
    return Quantiles(np.array(gold, float), np.array(forecasts, float).reshape(len(gold), 3), np.array([0.1, 0.5, 0.9]))


TREE = ["(S", "(NP", "a", ")NP", "(VP", "b", "c", ")VP", ")S"]
EXAMPLES = {
    Scaled: Example(
        [_scaled([1, 4], [0.5, 5], [2, 1]), _scaled([2], [1], [4]), _scaled([8], [3], [0.5])],
        _scaled([1, 4, 2, 8], [0.5, 5, 1, 3], [2, 1, 4, 0.5]),
        _scaled([2, -1], [2, -1], [1, 3]),
        _scaled([2, -1], [2, 0], [1, 3]),
        _scaled([], [], []),
    ),
    Quantiles: Example(
        [_quantiles([1, 4], [0.5, 1.5, 2], [2, 3, 5]), _quantiles([2], [1, 2, 2.5]), _quantiles([8], [3, 4, 6])],
        _quantiles([1, 4, 2, 8], [0.5, 1.5, 2], [2, 3, 5], [1, 2, 2.5], [3, 4, 6]),
        _quantiles([2, -1], [2, 2, 2], [-1, -1, -1]),
        _quantiles([2, -1], [2, 2, 2], [0, 0, 1]),
        _quantiles([]),
    ),
    Likelihood: Example(
        [Likelihood(3.0, 2, 9), Likelihood(11.5, 7, 30), Likelihood(0.25, 1, 4)],
        Likelihood(14.75, 10, 43),
        Likelihood(0.0, 5, 20),
        Likelihood(1.0, 5, 20),
        Likelihood(0.0, 0, 0),
    ),
    Matches: Example(
        [Matches(3, 4), Matches(0, 5), Matches(7, 7)], Matches(10, 16), Matches(9, 9), Matches(8, 9), Matches(0, 0)
    ),
    Decisions: Example(
        [_decisions([1, 0], [0, 2], [2, 0]), _decisions([3, 1], [1, 1], [0, 5]), _decisions([0, 0], [0, 0], [1, 0])],
        _decisions([4, 1], [1, 3], [3, 5]),
        _decisions([4, 3], [0, 0], [0, 0]),
        _decisions([4, 2], [0, 0], [0, 1]),
        _decisions([0, 0], [0, 0], [0, 0]),
    ),
    SpanCounts: Example(
        [SpanCounts(3, 5, 4), SpanCounts(0, 0, 2), SpanCounts(1, 3, 1)],
        SpanCounts(4, 8, 7),
        SpanCounts(6, 6, 6),
        SpanCounts(5, 6, 6),
        SpanCounts(0, 0, 0),
    ),
    TypedSpans: Example(
        [_spans([1, 0], [2, 2], [1, 1]), _spans([2, 1], [2, 1], [3, 1]), _spans([0, 0], [1, 0], [0, 0])],
        _spans([3, 1], [5, 3], [4, 2]),
        _spans([4, 3], [4, 3], [4, 3]),
        _spans([4, 2], [4, 3], [4, 3]),
        _spans([0, 0], [0, 0], [0, 0]),
    ),
    BinaryScores: Example(
        [_binary([1, 0], [0.5, 0.2]), _binary([0, 1, 1], [0.1, 0.9, 0.0])],
        _binary([1, 0, 0, 1, 1], [0.5, 0.2, 0.1, 0.9, 0.0]),
        _binary([1, 0, 1, 0], [0.5, 0.2, 0.9, 0.1]),
        _binary([1, 0, 1, 0], [0.5, 0.7, 0.9, 0.1]),
        _binary([], []),
    ),
    Pairs: Example(
        [_pairs([1, 2.5], [1, 2]), _pairs([4], [7]), _pairs([0, 3, 5], [0.5, 1, 9])],
        _pairs([1, 2.5, 4, 0, 3, 5], [1, 2, 7, 0.5, 1, 9]),
        _pairs([1, 2, 3, 5], [1, 2, 3, 5]),
        _pairs([1, 2, 3, 5], [1, 3, 2, 4]),
        _pairs([], []),
    ),
    Written: Example(
        [
            Written(["the cat sat on the mat ."], [["the cat is on the mat ."]]),
            Written(["two dogs", "a b"], [["x"], ["a b"]]),
        ],
        Written(["the cat sat on the mat .", "two dogs", "a b"], [["the cat is on the mat ."], ["x"], ["a b"]]),
        Written(["the cat sat on it", "two dogs run very fast"], [["the cat sat on it"], ["two dogs run very fast"]]),
        Written(["the cat sat on it", "two dogs run very slow"], [["the cat sat on it"], ["two dogs run very fast"]]),
        Written([], []),
    ),
    Variants: Example(
        [Variants(["a b"], [["a b", "a c"]]), Variants(["two", "c"], [["x"], ["c", "d", "e"]])],
        Variants(["a b", "two", "c"], [["a b", "a c"], ["x"], ["c", "d", "e"]]),
        Variants(["a", "b"], [["x", "a"], ["b"]]),
        Variants(["a", "c"], [["x", "a"], ["b"]]),
        Variants([], []),
    ),
    WrittenTokens: Example(
        [
            WrittenTokens([list("abcd")], [[list("abcde"), list("abd")]]),
            WrittenTokens([["x"], TREE], [[list("xy")], [TREE, TREE[:3]]]),
        ],
        WrittenTokens([list("abcd"), ["x"], TREE], [[list("abcde"), list("abd")], [list("xy")], [TREE, TREE[:3]]]),
        WrittenTokens([TREE], [[TREE]]),
        WrittenTokens([["(S"] * 6], [[TREE]]),
        WrittenTokens([], []),
    ),
    Edits: Example([Edits(1, 4), Edits(0, 2), Edits(5, 3)], Edits(6, 9), Edits(0, 7), Edits(1, 7), Edits(0, 0)),
    Failures: Example(
        [_failures([0, 2], [3, 2]), _failures([1, 0], [1, 0]), _failures([0, 0], [0, 4])],
        _failures([1, 2], [4, 6]),
        _failures([0, 0], [5, 7]),
        _failures([0, 1], [5, 7]),
        _failures([0, 0], [0, 0]),
    ),
    Keystrokes: Example(
        [Keystrokes(3, 4), Keystrokes(0, 5), Keystrokes(7, 7)],
        Keystrokes(10, 16),
        Keystrokes(0, 9),
        Keystrokes(1, 9),
        Keystrokes(0, 0),
    ),
    Ranked: Example(
        [Ranked([1, 0]), Ranked([4]), Ranked([2, 3])],
        Ranked([1, 0, 4, 2, 3]),
        Ranked([1, 1]),
        Ranked([1, 2]),
        Ranked([]),
    ),
    WrongBits: Example(
        [WrongBits(3, 1), WrongBits(0, 2), WrongBits(7, 1)],
        WrongBits(10, 4),
        WrongBits(0, 4),
        WrongBits(1, 4),
        WrongBits(0, 0),
    ),
}


@pytest.fixture(params=METRICS.names())
def metric(request):
    return METRICS.get(request.param)()


@pytest.fixture
def example(metric):
    return EXAMPLES[metric.observation]


def test_statistics_of_parts_add_up_to_those_of_the_whole(metric, example):
    added = sum(metric.statistics(part) for part in example.parts)
    same = np.allclose(added, metric.statistics(example.whole), rtol=1e-12)
    assert same == metric.adds
    if metric.adds:
        assert metric.value(added) == pytest.approx(metric.value(metric.statistics(example.whole)), rel=1e-12)


def test_the_order_of_observations_cannot_matter(metric, example):
    forward = sum(metric.statistics(part) for part in example.parts)
    backward = sum(metric.statistics(part) for part in reversed(example.parts))
    np.testing.assert_allclose(forward, backward)


def test_statistics_are_a_vector_of_float64(metric, example):
    statistics = metric.statistics(example.whole)
    assert statistics.ndim == 1
    assert statistics.dtype == np.float64


def test_a_perfect_prediction_has_the_best_value(metric, example):
    perfect = metric.value(metric.statistics(example.best))
    worse = metric.value(metric.statistics(example.worse))
    assert type(perfect) is float
    assert Score("", perfect, "", "", metric.lower_is_better).beats(worse)
    if not metric.lower_is_better:
        assert perfect == pytest.approx(metric.best, rel=1e-12)


def test_nothing_to_score_is_refused(metric, example):
    with pytest.raises(DataError, match=r"^no \w+ to score: got 0, expected at least 1\.$"):
        metric.value(metric.statistics(example.nothing))


@pytest.mark.parametrize(("value", "earlier", "better"), [(1.0, 2.0, True), (2.0, 1.0, False), (1.0, 1.0, False)])
def test_which_score_beats_which(value, earlier, better):
    assert Score("loss", value, "", "", lower_is_better=True).beats(earlier) is better
    assert Score("f1", -value, "", "", lower_is_better=False).beats(-earlier) is better


@pytest.mark.parametrize("earlier", [None, 1.0, float("inf"), float("-inf")])
def test_what_is_infinite_beats_nothing(earlier):
    for lower in (True, False):
        assert not Score("loss", float("inf"), "", "", lower).beats(earlier)
        assert not Score("loss", float("-inf"), "", "", lower).beats(earlier)


def test_nan_beats_nothing():
    assert not Score("loss", float("nan"), "", "", True).beats(None)
    assert not Score("loss", float("nan"), "", "", True).beats(1.0)
    assert Score("loss", 3.0, "", "", True).beats(None)


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.0035, "-1 to 1", "some score 0.0035 on a scale of -1 to 1"),
        (23.1, "0 to 100", "some score 23.1000 on a scale of 0 to 100"),
        (0.25, "0 to 1, mean of texts", "some score 0.2500 on a scale of 0 to 1, mean of texts"),
        (0.85476, "of texts", "some score 85.48 % of texts"),
        (1.59712, "nats/character", "some score 1.5971 nats/character"),
        (1234.5, "per word", "some score 1,234.5000 per word"),
        (2.0, "", "some score 2.0000"),
    ],
)
def test_a_score_in_a_line_is_read_without_knowing_its_unit(value, unit, shown):
    assert str(Score("some_score", value, unit, "s", False)) == shown
