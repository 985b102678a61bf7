"""Several models that write together."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from elman.decoding.mixture import mix
from elman.decoding.stepper import Stepper
from elman.errors import ConfigError


class Ensemble(Stepper):
    """Predicts with the mean of what several models predict.

        p(t) = 1/M Σ_m p_m(t)

    Args:
        steppers: the models, over the same tokens.

    Raises:
        ConfigError: their tokens are not the same in number.
    """

    def __init__(self, steppers: Sequence[Stepper]) -> None:
        sizes = {(one.size, one.start, one.end) for one in steppers}
        if len(sizes) != 1:
            found = ", ".join(f"{one.size:,}" for one in steppers)
            raise ConfigError(f"ensemble: got models of {found or 'no'} tokens, expected models of the same tokens.")
        [(self.size, self.start, self.end)] = sizes
        self._steppers = tuple(steppers)

    def begin(self, inputs: np.ndarray) -> tuple[Any, ...]:
        """Return the state of each model before the first token."""
        return tuple(one.begin(inputs) for one in self._steppers)

    def advance(self, ids: np.ndarray, state: Any) -> tuple[np.ndarray, tuple[Any, ...]]:
        """Read one token a row with each model, and return log p (nats) of the next, and their states."""
        made = [one.advance(ids, part) for one, part in zip(self._steppers, state, strict=True)]
        each = np.stack([log_probs for log_probs, _ in made])
        weights = np.full(len(made), 1 / len(made))
        return mix(each.reshape(len(made), -1), weights).reshape(each.shape[1:]), tuple(after for _, after in made)

    def select(self, state: Any, rows: np.ndarray) -> tuple[Any, ...]:
        """Return the states of some rows."""
        return tuple(one.select(part, rows) for one, part in zip(self._steppers, state, strict=True))

    def join(self, states: Sequence[Any]) -> tuple[Any, ...]:
        """Return the rows of several states as one."""
        return tuple(one.join(parts) for one, parts in zip(self._steppers, zip(*states, strict=True), strict=True))

    def looked(self, state: Any) -> np.ndarray | None:
        """Return the mean of how much each place was looked at; None where a model does not say."""
        every = [one.looked(part) for one, part in zip(self._steppers, state, strict=True)]
        said = [one for one in every if one is not None]
        return np.mean(said, axis=0) if len(said) == len(every) else None
