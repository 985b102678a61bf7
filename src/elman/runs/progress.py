"""The counters of a training: what each can be, and what they can be together."""

from dataclasses import dataclass, field, fields
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from elman.config import explanation

Count = Annotated[int, Field(strict=True, ge=0, lt=2**53)]
Real = Annotated[float, Field(strict=True)]
Seconds = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]


@dataclass
class Interval:
    """Sums over the updates since the last line of the log.

    Args:
        updates: how many.
        nats: losses of the heads.
        count: their targets.
        norm: gradient norms.
        seconds: time.
        penalties: penalties by name.
        tokens: of the data.
        rate: the learning rate of the last.
    """

    updates: Count = 0
    nats: Real = 0.0
    count: Count = 0
    norm: Real = 0.0
    seconds: Seconds = 0.0
    penalties: dict[str, Real] = field(default_factory=dict)
    tokens: Count = 0
    rate: Real = 0.0

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    @property
    def mean(self) -> float:
        """The mean loss of a target, in nats."""
        return self.nats / max(1, self.count)


@dataclass
class Progress:
    """Every counter that a decision of the training loop depends on.

    Args:
        step: updates made.
        epoch: the pass over the data that the next batch belongs to, from 0.
        batch: the number of the next batch in its epoch.
        best: the best value on validation.
        best_step: when that was.
        waited: validations since then that brought no gain.
        lowest: the lowest mean training loss between two validations, as long as no score says anything; None before
            there is one.
        since_validation: what was summed since the last validation.
        interval: what was summed since the last line of the log.
        whole_pass: what was summed since the pass over the data began, where passes have a loss of their own.
        seconds: time in training, all sessions together.
        metrics_bytes: length of metrics.jsonl.
        learner: the counters of what learns, such as those of the schedule.
    """

    step: Count = 0
    epoch: Count = 0
    batch: Count = 0
    best: Real | None = None
    best_step: Count = 0
    waited: Count = 0
    lowest: Real | None = None
    since_validation: Interval = field(default_factory=Interval)
    interval: Interval = field(default_factory=Interval)
    whole_pass: Interval = field(default_factory=Interval)
    seconds: Seconds = 0.0
    metrics_bytes: Count = 0
    learner: dict[str, Any] = field(default_factory=dict)

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    @classmethod
    def of(cls, facts: Any) -> "Progress":
        """Return the counters that `dataclasses.asdict` gave.

        Raises:
            ValueError: one is missing or cannot be, alone or beside the others.
        """
        if not isinstance(facts, dict):
            raise ValueError(f"progress: got {facts!r}, expected counters by name")
        missing = [one.name for one in fields(cls) if one.name not in facts and one.name not in _LATER]
        if missing:
            raise ValueError(f"progress.{missing[0]}: is missing")
        try:
            progress = _PROGRESS.validate_python(facts)
        except ValidationError as error:
            problem = error.errors()[0]
            raise ValueError(f"progress.{'.'.join(map(str, problem['loc']))}: {explanation(problem)}") from None
        for name, value, most in progress._bounds():
            if value > most:
                raise ValueError(f"progress.{name}: got {value:,}, expected at most {most:,} at step {progress.step:,}")
        if progress.best is not None and progress.best != progress.best:
            raise ValueError("progress.best: got no number, expected a score")
        return progress

    def _bounds(self) -> list[tuple[str, int, int]]:
        """Return counters with the most that they can be."""
        return [
            ("epoch", self.epoch, self.step),
            ("batch", self.batch, self.step - self.epoch),
            ("best_step", self.best_step, self.step if self.best is not None else 0),
            ("waited", self.waited, self.step),
            ("since_validation.updates", self.since_validation.updates, self.step),
            ("interval.updates", self.interval.updates, self.step),
            ("whole_pass.updates", self.whole_pass.updates, self.step),
        ]


_LATER = ("waited", "lowest", "since_validation")
"""Counters that older checkpoints lack; they begin at 0, or with nothing."""

_PROGRESS = TypeAdapter(Progress)
