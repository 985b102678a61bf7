"""Samples of sound as they are, their loudness compressed, some a frame."""

import numpy as np
from pydantic import Field

from elman.data.recordings import Medium, Recording
from elman.data.standardising import Scale
from elman.features.base import Features


class MuLaw(Features):
    """Samples between -1 and 1, compressed as telephones do, `samples` of them a frame.

        y = sign(x) ln(1 + µ |x|) / ln(1 + µ),    x = sample / 32768,  µ = 255

    The last frame has silence behind what is left. The rate of sound is not looked at.

    Source: ITU-T G.711.
    """

    class Config(Features.Config):
        """Options of samples."""

        samples: int = Field(80, ge=1, le=65536, description="F, samples a frame: 80 are 10 ms of 8,000 a second.")

    config: Config
    takes = Medium.SOUND
    scale = Scale.NONE

    def __call__(self, recording: Recording) -> np.ndarray:
        """Return (T, samples), float32."""
        sound = np.asarray(recording.values, np.float64) / 32768.0
        wide = np.concatenate([sound, np.zeros(-len(sound) % self.config.samples)])
        found: np.ndarray = (np.sign(wide) * np.log1p(255 * np.abs(wide)) / np.log(256.0)).astype(np.float32)
        return found.reshape(-1, self.config.samples)
