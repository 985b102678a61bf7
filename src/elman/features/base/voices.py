"""Mean and deviation of the frames of a voice: of one recording, or of all that a speaker says."""

from typing import Self

import numpy as np

from elman.data.recordings import Voice
from elman.errors import DataError
from elman.text.printed import counted


class Voices:
    """Mean and deviation over recordings that are added one after the other; of numbers that are missing nothing.

        n = n_a + n_b,    δ = μ_b - μ_a,    μ = μ_a + δ n_b / n,    S = S_a + S_b + δ² n_a n_b / n,    σ² = S / n

    Source: Chan, Golub & LeVeque (1983), The American Statistician 37.
    """

    def __init__(self) -> None:
        self.count: np.ndarray = np.zeros(0)
        self.mean: np.ndarray = np.zeros(0)
        self._squares: np.ndarray = np.zeros(0)

    def add(self, frames: np.ndarray, where: str = "") -> Self:
        """Add the frames of a recording, (T, F).

        Raises:
            DataError: it has another width than those before.
        """
        if len(self.mean) and frames.shape[1] != len(self.mean):
            raise DataError(
                f"{where}: {counted(frames.shape[1], 'numbers')} a frame, expected {len(self.mean)} as in others of "
                "its speaker. Is it the right file?"
            )
        real = ~np.isnan(frames)
        count = real.sum(0)
        mean = np.where(real, frames, 0.0).sum(0, dtype=np.float64) / np.maximum(count, 1)
        squares = (np.where(real, frames - mean, 0.0) ** 2).sum(0)
        if not len(self.mean):
            self.count, self.mean, self._squares = count, mean, squares
            return self
        whole, apart = self.count + count, mean - self.mean
        share = count / np.maximum(whole, 1)
        self._squares = self._squares + squares + apart**2 * self.count * share
        self.mean, self.count = self.mean + apart * share, whole
        return self

    @property
    def voice(self) -> Voice:
        """What was added."""
        return Voice(self.mean, np.sqrt(self._squares / np.maximum(self.count, 1)))
