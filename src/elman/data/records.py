"""The records that flow through a model: one example, a batch of them, and what is answered to a batch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Example:
    """One unit of data as a reader gives it: named fields, and where it stood (`file:line`)."""

    fields: Mapping[str, Any]
    where: str = ""


@dataclass(frozen=True)
class Batch:
    """Examples side by side: named arrays whose first axis is B, and a mask for each padded one.

    Args:
        fields: arrays (B, ...) by name.
        masks: for a padded field, (B, T) booleans, True = real. A field that is not here has no padding.
        continues: row b goes on where row b of the batch before ended, so the state is carried.
        rate_scale: the learning rate of this batch is multiplied by it.
    """

    fields: Mapping[str, np.ndarray]
    masks: Mapping[str, np.ndarray] = field(default_factory=dict)
    continues: bool = False
    rate_scale: float = 1.0

    @property
    def size(self) -> int:
        """B, the number of rows."""
        return len(next(iter(self.fields.values())))

    def count(self, name: str) -> int:
        """Return how many real entries a field has."""
        mask = self.masks.get(name)
        return int(self.fields[name].size if mask is None else mask.sum())


@dataclass(frozen=True)
class Answers:
    """What a model answers to a batch, by head.

    Args:
        best: the best answer at each place, (B, T).
        log_probs: the log-probability (nats) of every answer, (B, T, K); `OnDemand` where that takes long.
        attention: how much each place of a text was looked at, (B, T), or (B, U, T) from each place of another text.
    """

    best: Mapping[str, np.ndarray]
    log_probs: Mapping[str, np.ndarray]
    attention: np.ndarray | None = None


class OnDemand(Mapping[str, np.ndarray]):
    """Arrays by name, each made when it is first looked at.

    Args:
        names: of the arrays.
        make: makes the one of a name.
    """

    def __init__(self, names: Sequence[str], make: Callable[[str], np.ndarray]) -> None:
        self._names, self._make = names, make
        self._made: dict[str, np.ndarray] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def pad(rows: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return rows of different lengths as one array (B, T) filled up with 0, and the mask of what is real."""
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    mask = np.arange(lengths.max(initial=0)) < lengths[:, None]
    padded = np.zeros(mask.shape, dtype=np.int64)
    padded[mask] = np.concatenate(rows) if rows else 0
    return padded, mask
