"""How the learning rate changes: a factor for each step, decided by counters alone, never by a clock."""

import math
from dataclasses import dataclass

from elman.runs.configuration import TrainingConfig


@dataclass
class Schedule:
    """A factor of the peak rate for each step. This one never changes."""

    def factor(self, step: int, epoch: int) -> float:
        """Return the factor for the update that follows `step` updates, in this epoch (from 0)."""
        return 1.0

    def validated(self, improved: bool) -> None:
        """Take note of how a validation went."""

    def state(self) -> dict[str, float]:
        """Return what `restore` needs to stand where this schedule stands."""
        return {}

    def restore(self, state: dict[str, float]) -> None:
        """Stand where another schedule stood."""


@dataclass
class StepDecay(Schedule):
    """decay^max(0, epoch + 1 - after): full rate for `after` epochs, then less with each (Zaremba et al., 2014)."""

    decay: float
    after: int

    def factor(self, step: int, epoch: int) -> float:
        """Return the power of the decay."""
        return self.decay ** max(0, epoch + 1 - self.after)


@dataclass
class Cosine(Schedule):
    """Up from 0 in a straight line, then down to 0 along half a cosine (Loshchilov & Hutter, 2017).

    s / (w S)  while s < w S,  else  (1 + cos(π (s - w S) / (S - w S))) / 2
    """

    steps: int
    warmup: float

    def factor(self, step: int, epoch: int) -> float:
        """Return the height of the curve in the middle of the step."""
        rise = self.warmup * self.steps
        place = step + 0.5
        if place < rise:
            return place / rise
        return 0.5 * (1 + math.cos(math.pi * min(1.0, (place - rise) / (self.steps - rise))))


@dataclass
class Plateau(Schedule):
    """Multiplied by `decay` whenever more than `patience` validations in a row brought no new best."""

    decay: float
    patience: int
    current: float = 1.0
    waited: float = 0

    def factor(self, step: int, epoch: int) -> float:
        """Return what is left of the rate."""
        return self.current

    def validated(self, improved: bool) -> None:
        """Count, and decay when patience is over."""
        self.waited = 0 if improved else self.waited + 1
        if self.waited > self.patience:
            self.current *= self.decay
            self.waited = 0

    def state(self) -> dict[str, float]:
        """Return what is left of the rate, and for how many validations it has waited."""
        return {"current": self.current, "waited": self.waited}

    def restore(self, state: dict[str, float]) -> None:
        """Take both."""
        self.current, self.waited = state["current"], state["waited"]


def make_schedule(config: TrainingConfig, steps: int) -> Schedule:
    """Return the schedule of a configuration."""
    if config.schedule == "step":
        return StepDecay(config.decay, config.decay_after)
    if config.schedule == "cosine":
        return Cosine(steps, config.warmup)
    if config.schedule == "plateau":
        return Plateau(config.decay, config.decay_patience)
    return Schedule()
