"""Scores of quantiles against numbers computed elsewhere."""

import json
from pathlib import Path

import numpy as np
import pytest

from elman.metrics import METRICS
from elman.metrics.base import Pairs, Quantiles

GOLDEN = json.loads((Path(__file__).parent.parent / "heads" / "goldens_ahead.json").read_text())["pinball"]
LEVELS = np.array(GOLDEN["quantiles"])
EVERY = Quantiles(np.array(GOLDEN["targets"]), np.array(GOLDEN["forecasts"]), LEVELS)


def value(metric, observation):
    kind = METRICS.get(metric)()
    return kind.value(kind.statistics(observation))


def test_pinball_loss_is_the_mean_over_numbers_and_quantiles():
    assert value("pinball_loss", EVERY) == pytest.approx(GOLDEN["mean"], abs=1e-12)


def test_weighted_quantile_loss_is_the_mean_of_those_of_quantiles():
    for at, expected in enumerate(GOLDEN["weighted_quantile_loss"]):
        one = Quantiles(EVERY.gold, EVERY.forecasts[:, [at]], LEVELS[[at]])
        assert value("weighted_quantile_loss", one) == pytest.approx(expected, abs=1e-12)
    every = value("weighted_quantile_loss", EVERY)
    assert every == pytest.approx(np.mean(GOLDEN["weighted_quantile_loss"]), abs=1e-12)


def test_coverage_is_the_share_between_the_ends():
    assert value("coverage", EVERY) == GOLDEN["coverage_10_90"]


def test_quantiles_that_cross_lose_nothing_when_they_are_sorted():
    crossing = GOLDEN["crossing"]
    forecasts = np.array([crossing["forecast"]])
    given, ordered = (Quantiles(np.array([crossing["target"]]), one, LEVELS) for one in (forecasts, np.sort(forecasts)))
    assert value("pinball_loss", given) == pytest.approx(crossing["mean"], abs=1e-12)
    assert value("pinball_loss", ordered) == pytest.approx(crossing["mean_sorted"], abs=1e-12)


def test_absolute_errors_are_averaged():
    assert value("mean_absolute_error", Pairs(np.array([1.0, -2.0, 4.0]), np.array([2.0, -2.0, 2.5]))) == 2.5 / 3
