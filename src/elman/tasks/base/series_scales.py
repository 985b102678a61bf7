"""How series become numbers: their values by one scale, what is read of them by another."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from elman.coders.frames import FramesCoder
from elman.coders.switches import SwitchesCoder
from elman.data.column import Column
from elman.data.differencing import differenced, seasonal_errors
from elman.data.records import Example
from elman.data.timelines import Base, last_known
from elman.errors import CheckpointError
from elman.files.documents import parse_json_object, read_bytes
from elman.files.durable import write_file

_READ = "differences"
_SEASONAL = "seasonal.json"


class SeriesScales(NamedTuple):
    """Coders of series.

    Args:
        values: of the numbers as they are, in which they are forecast.
        read: of what is read: the numbers, or their differences.
        base: what differences are from.
        period: of a season.
        seasonal: how far the training part is on average from a season before, in the units of the data, (F,); empty
            in runs that do not know it.
    """

    values: FramesCoder
    read: FramesCoder
    base: Base
    period: int
    seasonal: np.ndarray = np.empty(0)

    @classmethod
    def learn(cls, config: Any, examples: Sequence[Example], channels: Sequence[str]) -> Self:
        """Return the scales of a training part.

        Args:
            config: the `[task]` section.
            examples: the series.
            channels: what their numbers are called.

        Raises:
            DataError: no value is there, or none ever differs.
        """
        frames, where = [one.fields["frames"] for one in examples], examples[0].where
        kind = SwitchesCoder if config.binary else FramesCoder
        values = read = kind.learn(frames, where).named(channels)
        if config.differences != "none":
            read = FramesCoder.learn((differenced(one, config.differences, config.period) for one in frames), where)
        seasonal = seasonal_errors([np.asarray(one, np.float64) for one in frames], config.period)
        return cls(values, read, config.differences, config.period, seasonal)

    @classmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            CheckpointError: a file is missing or broken.
        """
        seasonal, path = np.empty(0), folder / _SEASONAL
        if path.exists():
            try:
                found = parse_json_object(read_bytes(path))["errors"]
                seasonal = np.array([np.nan if one is None else float(one) for one in found])
            except (OSError, ValueError, KeyError, TypeError) as error:
                raise CheckpointError(f"{path}: cannot be read: {error}. Restore the file.") from error
        values = read = (SwitchesCoder if config.binary else FramesCoder).load(folder)
        if config.differences != "none":
            read = FramesCoder.load(folder, _READ)
        return cls(values, read, config.differences, config.period, seasonal)

    def save(self, folder: Path) -> None:
        """Write mean and deviation of each column, and of its differences."""
        self.values.save(folder)
        if self.read is not self.values:
            self.read.save(folder, _READ)
        if len(self.seasonal):
            errors = [None if np.isnan(one) else one for one in self.seasonal.tolist()]
            write_file(folder / _SEASONAL, f"{json.dumps({'errors': errors}, indent=1)}\n".encode())

    @property
    def fingerprint(self) -> str:
        """A hash of both scales."""
        return "-".join(dict.fromkeys([self.values.fingerprint, self.read.fingerprint]))

    @property
    def width(self) -> int:
        """How many numbers are read of a row."""
        return self.read.outline.shape[0]

    def inputs(self, examples: Sequence[Example]) -> Column:
        """Return what is read of series.

        Raises:
            DataError: one has another width, or a missing value where training had none.
        """
        frames, places = [self._behind(one) for one in examples], [one.where for one in examples]
        if self.read is self.values:
            return self.values.encode(frames, places)
        self.values.encode(frames, places)  # which refuses what cannot be, by the names of columns
        return self.read.encode([differenced(one, self.base, self.period) for one in frames], places)

    def _behind(self, example: Example) -> np.ndarray:
        """Return the frames of a series; rows at its end that only tell what is known ahead have the last values."""
        frames: np.ndarray = example.fields["frames"]
        if self.values.missing or not np.isnan(frames[-1:]).any():
            return frames
        whole = np.flatnonzero(~np.isnan(frames).any(1)).max(initial=-1) + 1
        return np.concatenate([frames[:whole], last_known(frames)[whole:]])

    def standardised(self, examples: Sequence[Example]) -> np.ndarray:
        """Return the numbers of all series by their own scale, (N, F); what is on or off as it is."""
        frames = np.concatenate([one.fields["frames"] for one in examples]).astype(np.float64)
        if isinstance(self.values, SwitchesCoder):
            return frames
        return (frames - self.values.mean) / self.values.deviation
