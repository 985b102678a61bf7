"""Rows of different lengths in one array."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

import numpy as np


class Ragged(NamedTuple):
    """Rows of numbers of different lengths, one behind the other.

    Args:
        values: all rows, (N,).
        offsets: where each row begins, and where the last one ends, (B + 1,).
    """

    values: np.ndarray
    offsets: np.ndarray

    @classmethod
    def of(cls, rows: Iterable[Sequence[float] | np.ndarray], kind: type = np.int64) -> Self:
        """Return rows put together, of whole numbers unless another kind is asked for."""
        arrays: list[np.ndarray] = [np.asarray(row, dtype=kind) for row in rows]
        return cls.cut(np.concatenate([np.empty(0, kind), *arrays]), np.array([len(array) for array in arrays]))

    @classmethod
    def cut(cls, values: np.ndarray, lengths: np.ndarray) -> Self:
        """Return one array cut into rows of given lengths."""
        return cls(values, np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64))

    @property
    def lengths(self) -> np.ndarray:
        """The length of each row, (B,)."""
        return np.diff(self.offsets)

    def row(self, index: int) -> np.ndarray:
        """Return one row."""
        return self.values[self.offsets[index] : self.offsets[index + 1]]

    def padded(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return some rows as one array (B, T) filled up with 0, and the mask of what is real."""
        lengths = self.offsets[rows + 1] - self.offsets[rows]
        steps = np.arange(lengths.max(initial=0))
        mask = steps < lengths[:, None]
        padded = np.zeros(mask.shape, dtype=self.values.dtype)
        padded[mask] = self.values[(self.offsets[rows][:, None] + steps)[mask]]
        return padded, mask
