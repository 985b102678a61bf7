"""Values of many examples in one array: what a field becomes."""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, Self

import numpy as np

from elman.data.records import Padded


class Column(NamedTuple):
    """Rows of numbers of different lengths, one behind the other.

    Args:
        values: all rows, (N,), or (N, ...) of any trailing shape.
        offsets: where each row begins, and where the last one ends, (B + 1,).
        of: tables whose rows the values count, such as the characters of different forms of words; arrays of one value
            a row, or columns.
    """

    values: np.ndarray
    offsets: np.ndarray
    of: Mapping[str, Any] = MappingProxyType({})

    @classmethod
    def of_rows(cls, rows: Iterable[Sequence[float] | np.ndarray], kind: type = np.int64) -> Self:
        """Return rows put together, of whole numbers unless another kind is asked for."""
        arrays: list[np.ndarray] = [np.asarray(row, dtype=kind) for row in rows]
        lengths = np.array([len(array) for array in arrays])
        return cls.cut(np.concatenate(arrays) if arrays else np.empty(0, kind), lengths)

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

    def padded(self, rows: np.ndarray) -> Padded:
        """Return some rows side by side, filled up with 0."""
        lengths = self.offsets[rows + 1] - self.offsets[rows]
        steps = np.arange(lengths.max(initial=0))
        mask = steps < lengths[:, None]
        padded = np.zeros((*mask.shape, *self.values.shape[1:]), dtype=self.values.dtype)
        padded[mask] = self.values[(self.offsets[rows][:, None] + steps)[mask]]
        return Padded(padded, lengths)
