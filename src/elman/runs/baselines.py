"""What is easy on the data of a run: what models without gradients reach on its validation part."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from elman.metrics.base import Score
from elman.models import MODELS

EVENT = "baseline"
_A_LOT = 0.5


@dataclass(frozen=True)
class Baseline:
    """What a model without gradients reaches on the validation part.

    Args:
        model: its name.
        score: its first, the one that selects models.
        shown: that score as people of the task say it.
        frequencies: whether it knows nothing but how often answers are given: then nobody wants it for itself.
        unknown: the share of the words or tokens there that training does not have.
        seconds: to fit and to score it.
    """

    model: str
    score: Score
    shown: str
    frequencies: bool
    unknown: float
    seconds: float

    @property
    def is_model(self) -> bool:
        """Whether one may be trained for itself: what copies, or knows only frequencies, is nobody's model."""
        return not self.frequencies and self.model in MODELS.names()

    @property
    def named(self) -> str:
        """What it reaches, and by which model."""
        return f"{self.shown} ({self.model})"

    def is_beaten_by(self, value: float | None) -> bool:
        """Say whether the score of another model is better, or nothing could be: an equal one is not, none is not."""
        if self.score.ends is not None and value == self.score.value == self.score.ends[1]:
            return True  # everything is right
        return value is not None and Score("", value, "", "", self.score.lower_is_better).beats(self.score.value)

    def facts(self) -> dict[str, Any]:
        """Return what a log keeps."""
        score = self.score
        of_score = {"score": score.name, "value": score.value, "unit": score.unit, "signature": score.signature}
        of_model = {"model": self.model, "frequencies": self.frequencies, "unknown": round(self.unknown, 4)}
        rest = {"lower_is_better": score.lower_is_better, "shown": self.shown, "seconds": round(self.seconds, 3)}
        return {**of_model, **of_score, **rest}


def logged(events: Iterable[Mapping[str, Any]]) -> list[Baseline]:
    """Return the baselines that a log has."""
    found = []
    for event in events:
        if event["event"] == EVENT and event["value"] is not None:
            keys = ("score", "value", "unit", "signature", "lower_is_better")
            rest = {key: event[key] for key in ("model", "shown", "frequencies", "seconds")}
            found.append(Baseline(score=Score(*(event[key] for key in keys)), unknown=event["unknown"] or 0.0, **rest))
    return found


def unbeaten(baselines: Sequence[Baseline], value: float | None) -> Baseline | None:
    """Return the best of the baselines that a model does not beat, if there is one.

    Args:
        baselines: of a run.
        value: the score of its model.
    """
    left = [one for one in baselines if not one.is_beaten_by(value)]
    return max(left, key=lambda one: one.score.value * (-1 if one.score.lower_is_better else 1), default=None)


def in_minutes(seconds: float) -> str:
    """Return a time as `--minutes` takes it, rounded up so that it is enough.

    >>> in_minutes(7), in_minutes(610)
    ('0.2', '11')
    """
    minutes = seconds / 60
    return f"{math.ceil(10 * minutes) / 10 if minutes < 1 else math.ceil(minutes):g}"


def advice(
    above: Baseline, passes: float, gain: str, rate: float | None, config: Any, seconds: float | None = None
) -> list[str]:
    """Return what to try where a model ends no better than a baseline, the likeliest first.

    Args:
        above: the baseline.
        passes: over the data, that were made.
        gain: what the last validation brought, in a clause; empty where it brought none.
        rate: the peak learning rate; None where nothing is learned by one.
        config: the run's, with the options of task and model.
        seconds: that the passes took; None where nobody knows.
    """
    found = []
    few = f"{passes:.2g} passes over the data were made, less than one" if passes < 1 else ""
    if few or gain:
        after = "" if few or not gain else f", after {passes:,.1f} passes over the data"
        wanted, for_ = (1 / passes, "one pass") if few and passes else (2, "twice as many passes")
        enough = f", about {in_minutes(wanted * seconds)} for {for_}" if seconds else ""
        found.append(f"more --minutes{enough}: {', and '.join(filter(None, [few, gain]))}{after}")
    if above.is_model:
        found.append(f"--model {above.model}: fitted in {max(1, math.ceil(above.seconds))} s here")
    if above.unknown > _A_LOT and (finer := config.task.finer(config.model)):
        found.append(f"{finer}: {above.unknown:.0%} of the words of validation are unknown")
    if not found and rate is not None:
        found.append(f"another --learning-rate: it was {rate:g}; try {rate / 3:.2g} and {rate * 3:.2g}")
    return found
