"""How long a run is, what is done when, and when it is over."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from elman.errors import ConfigError
from elman.runs.configuration import TrainingConfig
from elman.runs.progress import Progress
from elman.text.printed import counted


class Plan(NamedTuple):
    """The length of a run and its rhythm, in steps.

    Args:
        steps: updates in all.
        validate_every: between validations.
        log_every: between lines of the log.
        checkpoint_every: between checkpoints.
        validate_first: where there is one validation more; 0 for none.
        patience: validations in a row without a gain that end it; 0 for none.
        extended: steps that were made when it was last made longer; patience counts from there.
    """

    steps: int
    validate_every: int
    log_every: int
    checkpoint_every: int
    validate_first: int = 0
    patience: int = 0
    extended: int = 0

    @classmethod
    def of(cls, config: TrainingConfig) -> "Plan":
        """Return the plan that a configuration holds once everything in it is decided.

        Raises:
            ConfigError: something is not.
        """
        values = [config.steps, config.validate_every, config.log_every]
        if None in values:
            missing = ("steps", "validate_every", "log_every")[values.index(None)]
            raise ConfigError(f"[training] {missing}: is missing: a run that was started has it. Restore config.toml.")
        steps, validate_every, log_every = (int(value or 0) for value in values)
        first, patience = config.validate_first or 0, config.patience or 0
        return cls(steps, validate_every, log_every, config.checkpoint_every, first, patience, config.extended)

    def validates(self, step: int) -> bool:
        """Say whether there is a validation after so many updates."""
        return step in (self.steps, self.validate_first) or step % self.validate_every == 0

    @property
    def validations(self) -> int:
        """How many there are."""
        return self.validations_after(0)

    def validations_after(self, step: int) -> int:
        """Return how many there are behind a step before the last."""
        return self._validations_up_to(self.steps - 1) + 1 - self._validations_up_to(step)

    @property
    def first_validation(self) -> int:
        """The step of the first."""
        return min(self.validate_first or self.steps, self.validate_every, self.steps)

    def waited(self, progress: Progress, gained: bool) -> int:
        """Return how many validations brought no gain, after one at the step of the counters.

        Args:
            progress: the counters before it.
            gained: whether it did.
        """
        is_first = self._validations_since(progress.step - 1) == 0
        return 0 if gained else 1 if is_first else progress.waited + 1

    def gave_up(self, progress: Progress) -> bool:
        """Say whether a run ends before its last step, because its patience is over."""
        counts = progress.step < self.steps and self._validations_since(progress.step) > 0
        return counts and 0 < self.patience <= progress.waited

    def _validations_since(self, step: int) -> int:
        """Return how many there are from where the run was made longer up to a step before the last."""
        return self._validations_up_to(step) - self._validations_up_to(min(self.extended, step))

    def _validations_up_to(self, step: int) -> int:
        extra = 0 < self.validate_first <= step and self.validate_first % self.validate_every > 0
        return step // self.validate_every + extra

    def is_over(self, progress: Progress) -> bool:
        """Say whether nothing of a run is left to do."""
        return progress.step >= self.steps or self.gave_up(progress)


def stopped_early(event: Mapping[str, Any]) -> str:
    """Return in a sentence what the event `stopped` of a log says."""
    waited = counted(event["waited"], "validations")
    return f"stopped at step {event['step']:,} of {event['steps']:,}: {waited} without a gain (training.patience)"


def early_end(events: Sequence[Mapping[str, Any]]) -> str:
    """Return how a run ended before its last step, by its log; empty if it did not, or went on beyond that."""
    last = [event for event in events if event["event"] in ("stopped", "train", "extended")][-1:]
    return stopped_early(last[0]) if last and last[0]["event"] == "stopped" else ""
