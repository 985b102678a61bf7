"""Series whose coming steps are forecast: as numbers, with what is true ahead and where a forecast may start from."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple

import numpy as np

from elman.data.column import Column
from elman.data.records import Example

Base = Literal["none", "last", "season"]
"""What is read and forecast as a difference from: nothing, the value before, that of a season before."""


def last_known(frames: np.ndarray) -> np.ndarray:
    """Return the last value that is there at each row, (T, F); NaN before the first."""
    there = np.where(np.isnan(frames), -1, np.arange(len(frames))[:, None])
    there = np.maximum.accumulate(there, axis=0) if len(frames) else there
    found = np.take_along_axis(frames, np.maximum(there, 0), axis=0)
    return np.where(there < 0, np.nan, found)


@dataclass(frozen=True, eq=False)
class Horizon:
    """What is forecast of series.

    Args:
        steps: H, how many steps ahead.
        period: P, steps after which a season comes again; 0 where there is none.
        base: what forecasts are differences from: nothing, the last value, or that of a season before.
    """

    steps: int
    period: int = 0
    base: Base = "none"

    @property
    def context(self) -> int:
        """Rows before the first that is forecast: so many that what is easy to say can be said there."""
        return max(1, self.period)


@dataclass(frozen=True, eq=False)
class Timelines:
    """Some series, one behind the other.

    Args:
        inputs: what a model reads of each row.
        truth: what is to be forecast, standardised, (N, K); NaN where a value is missing.
        begins: the first row of each series that is forecast; those before are only read, (S,).
        ahead: what is forecast.
        names: where each series stands.
        read: the series as they were read, to be checked.
    """

    inputs: Column
    truth: np.ndarray
    begins: np.ndarray
    ahead: Horizon
    names: Sequence[str]
    read: Sequence[Example] = ()

    def __len__(self) -> int:
        return len(self.names)

    @property
    def numbers(self) -> int:
        """How many numbers a forecast has, H K."""
        return self.ahead.steps * self.truth.shape[1]

    @cached_property
    def _ends(self) -> np.ndarray:
        """Where the series of each row ends, (N,)."""
        return np.repeat(self.inputs.offsets[1:], self.inputs.lengths)

    @cached_property
    def _starts(self) -> np.ndarray:
        """Where the series of each row begins, (N,)."""
        return np.repeat(self.inputs.offsets[:-1], self.inputs.lengths)

    @cached_property
    def _known(self) -> np.ndarray:
        """The last value that is there at each row, (N, K); 0, the mean of training, before the first."""
        bounds = self.inputs.offsets[1:-1]
        return np.nan_to_num(np.concatenate([last_known(one) for one in np.split(self.truth, bounds)]))

    @cached_property
    def origins(self) -> np.ndarray:
        """The rows after which all of a forecast is in the data, those of each series in order, (W,)."""
        rows, context = np.arange(len(self.truth)), self.ahead.context
        first = np.maximum(self._starts + np.repeat(self.begins, self.inputs.lengths), self._starts + context) - 1
        return rows[(rows >= first) & (rows + self.ahead.steps < self._ends)]

    @cached_property
    def lasts(self) -> np.ndarray:
        """The last row of each series that has a number to forecast from, (S,): those behind are only known ahead."""
        there = ~np.isnan(self.truth).all(1)
        found = [
            start + np.flatnonzero(there[start:stop]).max(initial=0)
            for start, stop in zip(self.inputs.offsets[:-1], self.inputs.offsets[1:], strict=True)
        ]
        return np.array(found, np.int64)

    def targets(self, rows: np.ndarray) -> np.ndarray:
        """Return what is true of the steps after some rows, (..., H, K); NaN where nobody knows it."""
        ahead = rows[..., None] + np.arange(1, self.ahead.steps + 1)
        inside = ahead < self._ends[rows][..., None]
        found = self.truth[np.minimum(ahead, len(self.truth) - 1)]
        return np.where(inside[..., None], found, np.nan)

    def last(self, rows: np.ndarray) -> np.ndarray:
        """Return the last value at some rows for every step ahead, (..., H, K)."""
        return np.repeat(self._known[rows][..., None, :], self.ahead.steps, axis=-2)

    def season(self, rows: np.ndarray) -> np.ndarray:
        """Return the values of the last whole period for the steps after some rows, (..., H, K).

        Where a series has no such row yet, its last value.
        """
        period = self.ahead.period
        back = period - 1 - np.arange(self.ahead.steps) % period
        before = rows[..., None] - back
        inside = before >= self._starts[rows][..., None]
        found = self._known[np.maximum(before, 0)]
        return np.where(inside[..., None], found, self.last(rows))

    def base(self, rows: np.ndarray) -> np.ndarray:
        """Return what forecasts after some rows are differences from, (..., H, K)."""
        if self.ahead.base == "none":
            return np.zeros((*rows.shape, self.ahead.steps, self.truth.shape[1]))
        return self.last(rows) if self.ahead.base == "last" else self.season(rows)


class Foreseen(NamedTuple):
    """What a model says of the steps after some rows, standardised as the data are.

    Args:
        rows: of the data, (W,).
        best: a number for each that is forecast, (W, H, K); of what is on or off, how probable it is to be on.
        quantiles: of each, (W, H, K, Q); None where there are none.
        nats: -log p of what is true, summed over the numbers that are there, (W,); None where there is no density.
        levels: which quantiles.
    """

    rows: np.ndarray
    best: np.ndarray
    quantiles: np.ndarray | None = None
    nats: np.ndarray | None = None
    levels: Sequence[float] = (0.1, 0.5, 0.9)

    @classmethod
    def joined(cls, parts: Iterable["Foreseen"]) -> "Foreseen":
        """Return forecasts put together, in the order of their rows."""
        every = list(parts)
        rows = np.concatenate([one.rows for one in every])
        order = np.argsort(rows, kind="stable")

        def together(arrays: Sequence[np.ndarray | None]) -> np.ndarray | None:
            there = [one for one in arrays if one is not None]
            return np.concatenate(there)[order] if there else None

        best = np.concatenate([one.best for one in every])[order]
        quantiles, nats = together([one.quantiles for one in every]), together([one.nats for one in every])
        return cls(rows[order], best, quantiles, nats, every[0].levels)

    def some(self, which: np.ndarray) -> "Foreseen":
        """Return some of the forecasts."""
        quantiles, nats = (None if one is None else one[which] for one in (self.quantiles, self.nats))
        return Foreseen(self.rows[which], self.best[which], quantiles, nats, self.levels)
