"""What a validation brings: a better score, or at the worst there is a lower loss."""

import dataclasses
import json

import numpy as np
import pytest

from elman.metrics.base import Score
from elman.runs.gains import gain_of
from elman.runs.progress import Interval, Progress

NAN = float("nan")


def gains(scores, losses, unit="of spans", lower=False):
    progress, found = Progress(), []
    for step, (value, loss) in enumerate(zip(scores, losses, strict=True), start=1):
        progress.step = step
        progress.since_validation = Interval() if loss is None else Interval(updates=1, nats=10 * loss, count=10)
        found.append(tuple(gain_of(progress, Score("a", value, unit, "", lower))))
        assert progress.since_validation == Interval()
    return found, (progress.best, progress.best_step)


YES, NO, GAINED = (True, True), (False, False), (False, True)


@pytest.mark.parametrize(
    ("scores", "losses", "expected", "best"),
    [
        # At an F1 of 0 a loss below all before is a gain, one that is not below is none, nor is an equal one.
        ([0.0, 0.0, 0.0, 0.0, 0.0], [5, 4, 4.5, 4, 3], [YES, YES, NO, NO, YES], (0.0, 5)),
        # From the first score that says something, only scores count, and of equal ones the first.
        ([0.0, 0.2, 0.2, 0.0, 0.3], [5, 4, 3, 2, 1], [YES, YES, NO, NO, YES], (0.3, 5)),
        # What is no number says as little; it is never the best.
        ([NAN, NAN, 0.0, NAN, 0.0], [5, 4, 3, 2, 1], [NO, GAINED, YES, GAINED, YES], (0.0, 5)),
        ([0.1, NAN, 0.0], [5, 4, 3], [YES, NO, NO], (0.1, 1)),
        # The best there is: of equal ones the first, whatever the loss.
        ([1.0, 1.0], [5, 4], [YES, NO], (1.0, 1)),
        # No loss, such as at the mean of weights at the end, and one that is no number, tell nothing.
        ([0.0, 0.0, 0.0, 0.0], [5, None, NAN, 4], [YES, NO, NO, YES], (0.0, 4)),
    ],
)
def test_where_scores_say_nothing_the_loss_decides(scores, losses, expected, best):
    assert gains(scores, losses) == (expected, best)


def test_what_is_noted_can_be_written_as_json():
    progress = Progress(step=1)
    for value in np.array([0.0, 0.0, 0.2, 0.1]):
        progress.since_validation = Interval(updates=1, nats=4.0 - progress.step, count=1)
        found = gain_of(progress, Score("a", value, "of spans", "", False))
        assert [type(one) for one in found] == [bool, bool]
        progress.step += 1
    assert json.loads(json.dumps(dataclasses.asdict(progress)))["best"] == 0.2


@pytest.mark.parametrize(
    ("unit", "lower", "worst", "expected"),
    [
        ("of texts", True, 1.0, YES),  # a rate of errors
        ("0 to 100", False, 0.0, YES),
        ("-1 to 1", False, -1.0, YES),
        ("-1 to 1", False, 0.0, NO),
        ("nats/word", True, 0.0, NO),  # a scale without ends
        ("changes a word", True, 1.0, NO),
    ],
)
def test_the_worst_there_is_follows_from_the_unit(unit, lower, worst, expected):
    assert gains([worst, worst], [2, 1], unit, lower)[0] == [YES, expected]
