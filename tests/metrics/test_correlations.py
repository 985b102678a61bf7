"""Metrics of numbers against the standard library."""

import statistics

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from elman.errors import DataError
from elman.metrics import METRICS
from elman.metrics.base import Pairs

numbers = st.lists(st.tuples(st.integers(-40, 40), st.integers(-8, 8)), min_size=2, max_size=40)


def score(name, gold, predicted):
    metric = METRICS.get(name)()
    return metric.value(metric.statistics(Pairs(np.array(gold, dtype=float), np.array(predicted, dtype=float))))


def ranks(values):
    return [sum(other < value for other in values) + (values.count(value) + 1) / 2 for value in values]


@given(numbers)
def test_correlations_are_those_of_the_standard_library(pairs):
    gold, predicted = zip(*pairs, strict=True)
    assume(len(set(gold)) > 1 and len(set(predicted)) > 1)
    linear = statistics.correlation(gold, predicted)
    ranked = statistics.correlation(ranks(gold), ranks(predicted))
    assert score("pearson", gold, predicted) == pytest.approx(linear, abs=1e-12)
    assert score("spearman", gold, predicted) == pytest.approx(ranked, abs=1e-12)


def test_a_straight_line_is_perfectly_correlated():
    assert score("pearson", [1, 2, 4], [10, 20, 40]) == pytest.approx(1)
    assert score("pearson", [1, 2, 4], [-1, -2, -4]) == pytest.approx(-1)


def test_ranks_see_order_only():
    assert score("spearman", [1, 2, 3, 4], [1, 10, 100, 1000]) == pytest.approx(1)
    assert score("pearson", [1, 2, 3, 4], [1, 10, 100, 1000]) < 0.9


def test_equal_values_take_the_mean_of_their_ranks():
    # ranks 1, 2.5, 2.5, 4 and 1, 2, 3, 4: Σxy = 29.5, r = (4 * 29.5 - 100) / sqrt((4 * 29.5 - 100) * 20)
    assert score("spearman", [5, 7, 7, 9], [1, 2, 3, 4]) == pytest.approx(18 / (18 * 20) ** 0.5)


@pytest.mark.parametrize("name", ["pearson", "spearman"])
@pytest.mark.parametrize(
    ("gold", "predicted", "side"),
    [([1, 2, 3], [0.1, 0.1, 0.1], "predicted"), ([0.1, 0.1, 0.1], [1, 2, 3], "gold"), ([4], [5], "gold")],
)
def test_values_that_are_all_the_same_have_no_correlation(name, gold, predicted, side):
    message = f"^{name}: the {side} values are all the same: a correlation needs values that differ.$"
    with pytest.raises(DataError, match=message):
        score(name, gold, predicted)


def test_nan_stays_nan():
    assert np.isnan(score("pearson", [1, 2, 3], [1, float("nan"), 2]))
    assert np.isnan(score("mean_squared_error", [1, 2, 3], [1, float("nan"), 2]))


def test_mean_squared_error():
    assert score("mean_squared_error", [1, 2, 3], [1, 4, 0]) == pytest.approx((0 + 4 + 9) / 3)
