"""Frames of what is on or off, such as the keys of a piano."""

from collections.abc import Iterable, Sequence
from typing import Self

import numpy as np

from elman.coders.base import starts
from elman.coders.frames import FramesCoder
from elman.data.column import Column
from elman.data.standardising import Scale
from elman.errors import DataError


class SwitchesCoder(FramesCoder):
    """Frames of F numbers that are each 0 or 1, read as they are.

        mean_f = (n_f + ½) / (n + 1),    n frames in training, n_f of them 1;    deviation² = mean (1 - mean)

    Args:
        mean: how likely each is to be 1, (F,).
        deviation: of each, (F,).
        missing: whether values may be missing; here none may.
        channels: what the F switches are called.
    """

    @classmethod
    def learn(cls, series: Iterable[np.ndarray], where: str, scale: Scale = Scale.NONE) -> Self:
        """Return the coder of training series, which are read once.

        Args:
            series: (T, F) each.
            where: the first of them stands, for messages.
            scale: none: they are read as they are.
        """
        every = list(series)
        mean = (sum(frames.sum(0) for frames in every) + 0.5) / (sum(map(len, every)) + 1)
        # Who reads other numbers is refused by `encode`, which can say where they stand.
        return cls(mean, np.sqrt(np.maximum(mean * (1 - mean), 0)))

    def encode(self, values: Sequence[np.ndarray], places: Sequence[str] = ()) -> Column:
        """Return series as they are, float32.

        Raises:
            DataError: one has another width, or a number that is neither 0 nor 1.
        """
        for series, start in zip(values, starts(values, places), strict=True):
            self._check(series, start)
            other = (series != 0) & (series != 1)
            if other.any():
                step, channel = np.argwhere(other)[0]
                raise DataError(
                    f"{start}number {channel + 1} of frame {step + 1} is {series[step, channel]:g}, expected 0 or 1 as "
                    "in training. Is it the right file?"
                )
        frames = np.concatenate([np.empty((0, len(self.mean))), *values])
        return Column.cut(frames.astype(np.float32), np.array([len(one) for one in values], np.int64))

    def decode(self, numbers: np.ndarray) -> np.ndarray:
        """Return a series as it was."""
        return np.asarray(numbers, np.float64)
