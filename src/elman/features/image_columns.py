"""A line of writing as a picture: its columns, from left to right, with as much ink as each place has."""

from typing import Self

import numpy as np
from pydantic import Field

from elman.data.recordings import Medium, Recording
from elman.data.standardising import Scale
from elman.errors import DataError
from elman.features.base import Features
from elman.features.base.scaling import resized


class ImageColumns(Features):
    """Columns of a picture, scaled to one height, its form kept; paper is 0 and ink up to 1.

        ink = 1 - v / 255, or v / 255 where the paper is dark: the border of the picture says which
        x_t = ink of column t, (height,), with `margin` columns of paper before and behind

    Source: Breuel et al. (2013), ICDAR, without their normalisation of the middle line.
    """

    class Config(Features.Config):
        """Options of columns of pictures."""

        height: int = Field(
            0, ge=0, le=4096, description="F, to which pictures are scaled; 0: that of the first picture."
        )
        margin: int = Field(0, ge=0, le=1000, description="Columns of paper before and behind.")

    config: Config
    takes = Medium.PICTURE
    scale = Scale.NONE

    def settled(self, first: Recording) -> Self:
        """Return them for the height of the first picture, where none is given."""
        self.check(first)
        height = self.config.height or len(first.values)
        return type(self)(self.config.model_copy(update={"height": height}))

    def __call__(self, recording: Recording) -> np.ndarray:
        """Return (T, height), float32.

        Raises:
            DataError: it has no columns.
        """
        ink = ink_of(recording.values)
        if not ink.size:
            raise DataError("the picture has no places. Leave it out.")
        height = self.config.height or len(ink)
        if len(ink) != height:
            ink = resized(ink, height, max(1, round(ink.shape[1] * height / len(ink))))
        return np.pad(ink.T, ((self.config.margin,) * 2, (0, 0)))


def ink_of(picture: np.ndarray) -> np.ndarray:
    """Return how much ink each place of a picture has, 0 to 1, float32; what is most of its border is paper."""
    light = np.asarray(grey_of(picture), np.float32) / np.float32(255)
    border = np.concatenate([light[0], light[-1], light[:, 0], light[:, -1]]) if light.size else np.ones(1)
    return light if np.median(border) < 0.5 else 1 - light


def grey_of(picture: np.ndarray) -> np.ndarray:
    """Return a picture without its colours, (H, W): 0.299 red + 0.587 green + 0.114 blue, as pillow rounds it."""
    if picture.ndim == 2:
        return picture
    found: np.ndarray = (picture.astype(np.int64) @ np.array([19595, 38470, 7471]) + 0x8000) >> 16
    return found.astype(np.uint8)
