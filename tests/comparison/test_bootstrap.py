"""Resampling against what statistics knows."""

import numpy as np
import pytest

from elman.comparison.bootstrap import Resamples, interval, p_value


def test_the_interval_of_a_mean_is_the_one_of_the_normal_distribution():
    values = np.random.default_rng(0).normal(3.0, 2.0, 5000)
    resamples = Resamples(5000)
    means = resamples.sums(values) / resamples.sums(np.ones(5000))
    low, high = interval(means)
    assert low == pytest.approx(values.mean() - 1.96 * 2 / 5000**0.5, abs=0.01)
    assert high == pytest.approx(values.mean() + 1.96 * 2 / 5000**0.5, abs=0.01)


@pytest.mark.parametrize(("shift", "low", "high"), [(0.0, 0.02, 1.0), (1.0, 0.0, 0.002), (-1.0, 0.0, 0.002)])
def test_differences_are_found_where_there_are_some(shift, low, high):
    differences = np.random.default_rng(1).normal(shift, 1.0, 400)
    assert low <= p_value(Resamples(400).sums(differences)) <= high


def test_equal_models_never_differ():
    assert p_value(np.zeros(100)) == 1.0


def test_few_lines_tell_nothing():
    assert not Resamples(19).tell
    assert Resamples(20).tell


def test_one_line_and_many():
    assert Resamples(1).sums(np.array([2.0])).tolist() == [2.0] * 2000
    whole = Resamples(2500).sums(np.ones(2500))
    assert whole.mean() == pytest.approx(2500, rel=1e-3)


def test_differences_that_are_no_numbers_are_refused():
    with pytest.raises(ValueError, match="not numbers"):
        p_value(np.array([1.0, np.nan]))


def test_several_statistics_at_once():
    values = np.random.default_rng(0).normal(size=(50, 3))
    found = Resamples(50).sums(values)
    assert found.shape == (2000, 3)
    np.testing.assert_allclose(found[:, 1], Resamples(50).sums(values[:, 1]), rtol=1e-12)
