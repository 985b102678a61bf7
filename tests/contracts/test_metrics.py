"""Every metric through one contract."""

import numpy as np
import pytest

from elman.errors import DataError
from elman.metrics import METRICS
from elman.metrics.base import Likelihood, Score

OBSERVATIONS = [Likelihood(3.0, 2, 9), Likelihood(11.5, 7, 30), Likelihood(0.25, 1, 4)]


@pytest.fixture(params=METRICS.names())
def metric(request):
    return METRICS.get(request.param)()


def test_statistics_of_parts_add_up_to_those_of_the_whole(metric):
    whole = Likelihood(*(sum(column) for column in zip(*OBSERVATIONS, strict=True)))
    added = sum(metric.statistics(observation) for observation in OBSERVATIONS)
    assert metric.value(added) == pytest.approx(metric.value(metric.statistics(whole)), rel=1e-12)


def test_the_order_of_observations_cannot_matter(metric):
    forward = sum(metric.statistics(o) for o in OBSERVATIONS)
    backward = sum(metric.statistics(o) for o in reversed(OBSERVATIONS))
    np.testing.assert_allclose(forward, backward)


def test_a_certain_model_has_the_best_value(metric):
    perfect = metric.value(metric.statistics(Likelihood(0.0, 5, 20)))
    worse = metric.value(metric.statistics(Likelihood(1.0, 5, 20)))
    assert (perfect < worse) == metric.lower_is_better


def test_nothing_to_score_is_refused(metric):
    with pytest.raises(DataError, match=r"no \w+ to score: got 0, expected at least 1\."):
        metric.value(metric.statistics(Likelihood(0.0, 0, 0)))


@pytest.mark.parametrize(("value", "earlier", "better"), [(1.0, 2.0, True), (2.0, 1.0, False), (1.0, 1.0, False)])
def test_which_score_beats_which(value, earlier, better):
    assert Score("loss", value, "", "", lower_is_better=True).beats(earlier) is better
    assert Score("f1", -value, "", "", lower_is_better=False).beats(-earlier) is better


def test_nan_beats_nothing():
    assert not Score("loss", float("nan"), "", "", True).beats(None)
    assert not Score("loss", float("nan"), "", "", True).beats(1.0)
    assert Score("loss", 3.0, "", "", True).beats(None)
