"""Several models that write together."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from elman.decoding.mixture import mix
from elman.decoding.stepper import Read, Stepper
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
        return _mean([log_probs for log_probs, _ in made]), tuple(after for _, after in made)

    def read(self, ids: np.ndarray, lengths: np.ndarray | None, state: Any, keep: Sequence[str] = ()) -> Read:
        """Read rows with each model, and score all tokens but the first; of what is kept, the mean of what all have."""
        made = [one.read(ids, lengths, part, keep) for one, part in zip(self._steppers, state, strict=True)]
        kept = {
            name: np.mean([one.kept[name] for one in made], axis=0)
            for name in keep
            if all(name in m.kept for m in made)
        }
        return Read(-_mean([-one.nats for one in made]), tuple(one.state for one in made), kept)

    def nats_of(self, ids: np.ndarray, state: Any, rows: np.ndarray, wanted: np.ndarray) -> tuple[np.ndarray, Any]:
        """Read one token a row with each model, and return -log p of some that may come next, and their states."""
        made = [one.nats_of(ids, part, rows, wanted) for one, part in zip(self._steppers, state, strict=True)]
        return -_mean([-nats for nats, _ in made]), tuple(after for _, after in made)

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


def _mean(log_probs: Sequence[np.ndarray]) -> np.ndarray:
    """Return log 1/M Σ_m p_m of what each of M models says."""
    each = np.stack(log_probs)
    return mix(each.reshape(len(each), -1), np.full(len(each), 1 / len(each))).reshape(each.shape[1:])
