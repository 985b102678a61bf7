"""What a validation brought: whether its weights are the best so far, and whether patience begins anew."""

import math
from typing import NamedTuple

from elman.metrics.base import Score
from elman.runs.progress import Interval, Progress


class Gain(NamedTuple):
    """What a validation brought.

    Args:
        best: whether its weights are the best so far.
        gained: whether something was gained, so that patience begins anew.
    """

    best: bool
    gained: bool


def gain_of(progress: Progress, score: Score) -> Gain:
    """Return what a validation brought, and note it in the counters.

        gained    score > best,  or where neither says anything: loss < lowest

    The loss is the mean of training since the last validation, the lowest is of those validations whose score said
    nothing: no finite number, or the worst that there is, such as an F1 of 0. Of equal scores that say something the
    first is the best.

    Args:
        progress: the counters before it.
        score: the first one of the validation.
    """
    since, progress.since_validation = progress.since_validation, Interval()
    better, falls = score.beats(progress.best), False
    silent = score.is_silent_at(score.value) and score.is_silent_at(progress.best)
    if silent and since.count and math.isfinite(since.mean):
        falls = progress.lowest is not None and since.mean < progress.lowest
        progress.lowest = since.mean if progress.lowest is None else min(progress.lowest, since.mean)
    best = better or bool(falls and score.value == progress.best)
    if best:
        progress.best, progress.best_step = score.value, progress.step
    return Gain(best, better or falls)
