"""The two records that flow through training: one example, and a batch of them."""

from collections.abc import Mapping, Sequence
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


def pad(rows: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Return rows of different lengths as one array (B, T) filled up with 0, and the mask of what is real."""
    lengths = np.array([len(row) for row in rows], dtype=np.int64)
    mask = np.arange(lengths.max(initial=0)) < lengths[:, None]
    padded = np.zeros(mask.shape, dtype=np.int64)
    padded[mask] = np.concatenate(rows) if rows else 0
    return padded, mask
