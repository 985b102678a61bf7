"""Features after each other: from a recording to the frames that a model reads."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from elman.config import check_table
from elman.data.recordings import Medium, Recording
from elman.data.standardising import Scale
from elman.errors import ConfigError, DataError
from elman.features import FEATURES, USUAL
from elman.features.base.features import Features


class Extraction:
    """Some features, each computed from the frames of those before it.

    Args:
        names: of the features, the first first.
        options: of features, by their names.

    Raises:
        ConfigError: there are no such features, or one does not take its options.
    """

    def __init__(self, names: Sequence[str], options: Mapping[str, Any] | None = None) -> None:
        given = dict(options or {})
        for name, table in given.items():
            if name not in names:
                raise ConfigError(
                    f"feature_options: got options of {name}, expected those of {' or '.join(names) or 'no features'}. "
                    "Name it in features, or leave them out."
                )
            try:
                check_table(FEATURES.get(name).Config, table)
            except ConfigError as error:
                raise ConfigError(*(f"feature_options.{name}: {line}" for line in error.lines)) from None
        kinds = [FEATURES.get(name) for name in names]
        self.names = tuple(names)
        self._steps: list[Features] = [
            kind(kind.Config(**given.get(name, {}))) for name, kind in zip(names, kinds, strict=True)
        ]
        spoken = [name for name, step in zip(names, self._steps, strict=True) if step.speaker]
        if len(spoken) > 1:
            raise ConfigError(
                f"feature_options.{spoken[0]}.speaker: {' and '.join(spoken)} of all that a speaker says, expected one "
                "of features. Name it once."
            )

    @classmethod
    def settled(cls, names: Sequence[str], options: Mapping[str, Any], first: Recording) -> "Extraction":
        """Return features with what the first recording of the training part decides.

        Args:
            names: of the features; where there are none, those that suit the recording.
            options: that were given.
            first: the recording.
        """
        found = cls(names or [USUAL[first.medium]], options)
        found._steps = [found._steps[0].settled(first), *found._steps[1:]]
        return found

    @property
    def options(self) -> dict[str, Any]:
        """The options of all features, from which it can be made again."""
        every = {name: step.config.model_dump() for name, step in zip(self.names, self._steps, strict=True)}
        return {name: table for name, table in every.items() if table}

    @property
    def scale(self) -> Scale:
        """How the frames are standardised."""
        said = [step.scale for step in self._steps if step.scale is not None]
        return said[-1] if said else Scale.EACH

    @property
    def shape(self) -> Sequence[int]:
        """The shape of a frame, as the last of the features has it."""
        return self._steps[-1].shape if self._steps else ()

    def named(self, channels: Sequence[str]) -> Sequence[str]:
        """Return what the numbers of a frame are called, of recordings whose channels have names."""
        for step in self._steps:
            channels = step.named(channels)
        return channels

    @property
    def speaker(self) -> str:
        """What finds the name of a speaker in where a recording stands, where others of the same count; else empty."""
        return next(filter(None, (step.speaker for step in self._steps)), "")

    def spoken(self, recording: Recording, where: str) -> np.ndarray:
        """Return the frames of which all that a speaker says is normalised together, (T, F); as a call does."""
        before = next(at for at, step in enumerate(self._steps) if step.speaker)
        return self._frames(self._steps[:before], recording, where)

    def __call__(self, recording: Recording, where: str = "") -> np.ndarray:
        """Return the frames of a recording, (T, F).

        Args:
            recording: any.
            where: it stands, for messages.

        Raises:
            DataError: the features cannot be computed from it.
        """
        return self._frames(self._steps, recording, where)

    def _frames(self, steps: Sequence[Features], recording: Recording, where: str) -> np.ndarray:
        start = f"{where}: " if where else ""
        try:
            for step in steps:
                step.check(recording)
                recording = Recording(step(recording), Medium.NUMBERS, voice=recording.voice)
        except DataError as error:
            raise DataError(f"{start}{error}") from None
        frames = recording.values
        if frames.ndim != 2:
            raise DataError(f"{start}got an array {frames.shape}, expected frames (T, F). Is it the right file?")
        return frames
