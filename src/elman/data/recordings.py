"""What was recorded, before frames are computed from it: sound, a picture, the way of a pen, numbers over time."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, NamedTuple

import numpy as np

from elman.data.records import Example


class Medium(Enum):
    """What a recording is."""

    SOUND = "sound"
    """Samples, (n,), as whole numbers of 16 bits: ±32768 is as loud as it can be."""

    PICTURE = "a picture"
    """Grey, (height, width), or red, green and blue, (height, width, 3), 0 black to 255 white."""

    PEN = "the way of a pen"
    """Points, (T, 3): how far it goes in x and y, and 1 where it is lifted after the point."""

    NUMBERS = "numbers over time"
    """Frames already, (T, F); NaN where a number is missing."""


class Voice(NamedTuple):
    """What the frames of a speaker are like.

    Args:
        mean: of each number of a frame, (F,).
        deviation: of each, (F,).
    """

    mean: np.ndarray
    deviation: np.ndarray


@dataclass(frozen=True, eq=False)
class Recording:
    """One recording.

    Args:
        values: as its medium has them.
        medium: what it is.
        rate: samples a second, of sound; 0 where nobody says it.
        voice: of all that its speaker says in the files at hand; None where it is by itself.
    """

    values: np.ndarray
    medium: Medium = Medium.NUMBERS
    rate: int = 0
    voice: Voice | None = None

    def __len__(self) -> int:
        return len(self.values)

    @property
    def size(self) -> str:
        """How much it is, for people."""
        if self.medium is Medium.SOUND:
            return f"{len(self.values) / self.rate:.2f} s at {self.rate:,} Hz"
        if self.medium is Medium.PICTURE:
            return f"{self.values.shape[1]:,} x {self.values.shape[0]:,}"
        return f"{len(self.values):,} {'points' if self.medium is Medium.PEN else 'frames'}"


def recording_of(example: Example, field: str = "frames") -> Recording:
    """Return what an example has in a field: some readers give numbers over time as they are."""
    value: Any = example.fields[field]
    return value if isinstance(value, Recording) else Recording(np.asarray(value))
