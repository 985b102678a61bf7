"""Frames of one recording, or of one speaker, by their mean and deviation: what a room or a voice adds to all goes."""

from collections.abc import Sequence

import numpy as np
from pydantic import Field, field_validator

from elman.data.holding_out import check_pattern
from elman.data.recordings import Recording
from elman.features.base import Features
from elman.features.base.voices import Voices

_STILL = 1e-5


class Cmvn(Features):
    """Cepstral mean and variance normalisation by recording or by speaker; of log mel energies too.

        y_tf = (x_tf - μ_f) / σ_f,    μ, σ: of the T frames of the recording;  σ_f = 1 where it is below 1e-5

    With `speaker`, μ and σ are of all frames that the speaker has in the files that are read together. Numbers that are
    missing count nowhere and stay missing. A text that is written while frames arrive cannot have it.

    Source: Viikki & Laurila (1998), Cepstral domain segmental feature vector normalization, Speech Communication 25.
    """

    class Config(Features.Config):
        """Options of normalisation."""

        variance: bool = Field(True, description="Divide by the deviation; else the mean is taken off alone.")
        speaker: str = Field(
            "",
            description="A regular expression: recordings of which it, or its parentheses, finds the same last in the "
            "path are of one speaker, such as _([a-z]+)_; left out, each is by itself.",
        )

        @field_validator("speaker")
        @classmethod
        def _one_name(cls, speaker: str) -> str:
            check_pattern(speaker)
            return speaker

    config: Config
    scale = None
    whole = True

    @property
    def speaker(self) -> str:
        """What finds the name of a speaker in where a recording stands; empty where each is by itself."""
        return self.config.speaker

    def named(self, channels: Sequence[str]) -> Sequence[str]:
        """Return the names that they have."""
        return channels

    def __call__(self, recording: Recording) -> np.ndarray:
        """Return the frames of a recording, (T, F); of mean 0 and deviation 1 over it, or over its speaker's."""
        frames = recording.values
        mean, deviation = recording.voice or Voices().add(frames).voice
        apart = frames - mean
        if not self.config.variance:
            return apart.astype(frames.dtype)
        found: np.ndarray = (apart / np.where(deviation < _STILL, 1.0, deviation)).astype(frames.dtype)
        return found
