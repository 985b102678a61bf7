"""Frames of one recording by its own mean and deviation: what a room, a line or a voice adds to all of them goes."""

from collections.abc import Sequence

import numpy as np
from pydantic import Field

from elman.data.recordings import Recording
from elman.features.base import Features

_STILL = 1e-5


class Cmvn(Features):
    """Cepstral mean and variance normalisation by recording; of log mel energies too.

        y_tf = (x_tf - μ_f) / σ_f,    μ, σ: of the T frames of the recording;  σ_f = 1 where it is below 1e-5

    Numbers that are missing count nowhere and stay missing. A text that is written while frames arrive cannot have it.

    Source: Viikki & Laurila (1998), Cepstral domain segmental feature vector normalization, Speech Communication 25.
    """

    class Config(Features.Config):
        """Options of normalisation by recording."""

        variance: bool = Field(True, description="Divide by the deviation; else the mean is taken off alone.")

    config: Config
    scale = None
    whole = True

    def named(self, channels: Sequence[str]) -> Sequence[str]:
        """Return the names that they have."""
        return channels

    def __call__(self, recording: Recording) -> np.ndarray:
        """Return the frames of a recording, (T, F), of mean 0 and deviation 1."""
        frames = recording.values
        real = ~np.isnan(frames)
        count = np.maximum(real.sum(0), 1)
        mean = np.where(real, frames, 0.0).sum(0, dtype=np.float64) / count
        apart = frames - mean
        if not self.config.variance:
            return apart.astype(frames.dtype)
        deviation = np.sqrt((np.where(real, apart, 0.0) ** 2).sum(0) / count)
        found: np.ndarray = (apart / np.where(deviation < _STILL, 1.0, deviation)).astype(frames.dtype)
        return found
