"""Errors by those of repeating a season of the training part, against a calculation by hand."""

import numpy as np
import pytest

from elman.data.differencing import seasonal_errors
from elman.metrics import METRICS
from elman.metrics.base import Scaled

TRAIN = np.array([[3.0, 1], [5, 1], [4, 1], [8, 1], [7, 1]])


def test_errors_of_the_training_part_by_hand():
    # |5-3| + |4-5| + |8-4| + |7-8| = 8 over 4;  |4-3| + |8-5| + |7-4| = 7 over 3
    np.testing.assert_allclose(seasonal_errors([TRAIN], 0), [2.0, np.nan])
    np.testing.assert_allclose(seasonal_errors([TRAIN], 1), [2.0, np.nan])
    np.testing.assert_allclose(seasonal_errors([TRAIN], 2), [7 / 3, np.nan])


def test_series_are_not_compared_with_each_other_and_missing_values_with_nothing():
    both = [TRAIN[:, :1], np.array([[100.0], [np.nan], [101], [103]])]
    np.testing.assert_allclose(seasonal_errors(both, 1), [(8 + 2) / 5])
    np.testing.assert_array_equal(seasonal_errors([TRAIN[:2]], 2), [np.nan, np.nan])


def test_the_error_is_by_hand_that_of_hyndman_and_koehler():
    # forecasts 6 and 9 of 7 and 5: errors 1 and 4, by 2: 0.5 and 2, on average 1.25
    metric = METRICS.get("mean_absolute_scaled_error")()
    seen = Scaled(np.array([7.0, 5]), np.array([6.0, 9]), np.array([2.0, 2]))
    assert metric.value(metric.statistics(seen)) == 1.25
    parts = [metric.statistics(Scaled(*(one[[row]] for one in seen))) for row in (0, 1)]
    assert metric.value(sum(parts)) == 1.25


def test_repeating_has_an_error_of_one_on_the_training_part():
    metric = METRICS.get("mean_absolute_scaled_error")()
    scale = seasonal_errors([TRAIN[:, :1]], 1)
    seen = Scaled(TRAIN[1:, 0], TRAIN[:-1, 0], np.repeat(scale, 4))
    assert metric.value(metric.statistics(seen)) == pytest.approx(1.0, abs=1e-12)
