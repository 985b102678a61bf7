"""A whole picture with its colours, row by row."""

from collections.abc import Sequence
from typing import Literal, Self

import numpy as np
from pydantic import Field

from elman.data.recordings import Medium, Recording
from elman.data.standardising import Scale
from elman.errors import DataError
from elman.features.base import Features
from elman.features.base.scaling import resized
from elman.features.image_columns import ink_of


class Picture(Features):
    """A picture of one size, of which a frame is a row; models read it as the picture it is.

        ink = 1 - v / 255 in each colour; of grey pictures v / 255 where the paper is dark: their border says which
        x_t = ink of row t, place by place, (width * colours,)

    Pictures of another size are scaled to fit, their form kept, with paper around.
    """

    class Config(Features.Config):
        """Options of pictures."""

        height: int = Field(0, ge=0, le=4096, description="Rows; 0: those of the first picture.")
        width: int = Field(0, ge=0, le=4096, description="Places of a row; 0: those of the first picture.")
        colours: Literal[1, 3] = Field(3, description="3: red, green and blue; 1: grey.")

    config: Config
    takes = Medium.PICTURE
    scale = Scale.NONE

    def settled(self, first: Recording) -> Self:
        """Return it for pictures like the first, where nothing else is said."""
        self.check(first)
        height, width = first.values.shape[:2]
        given = self.config
        return type(self)(given.model_copy(update={"height": given.height or height, "width": given.width or width}))

    @property
    def shape(self) -> Sequence[int]:
        """Places of a row, and their colours."""
        return (self.config.width, self.config.colours)

    def __call__(self, recording: Recording) -> np.ndarray:
        """Return (height, width * colours), float32.

        Raises:
            DataError: it has no places.
        """
        picture, (height, width, colours) = recording.values, (self.config.height, *self.shape)
        if not picture.size:
            raise DataError("the picture has no places. Leave it out.")
        if colours == 1:
            ink = ink_of(picture)[..., None]
        else:
            ink = 1 - np.asarray(picture if picture.ndim == 3 else picture[..., None].repeat(3, -1), np.float32) / 255
        return fitted(ink, height, width).reshape(height, -1)


def fitted(ink: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return ink of one size, (height, width, C): scaled, its form kept, in the middle of paper."""
    rows, places = ink.shape[:2]
    if (rows, places) == (height, width):
        return ink
    scale = min(height / rows, width / places)
    inner = (max(1, round(rows * scale)), max(1, round(places * scale)))
    found = np.zeros((height, width, ink.shape[2]), np.float32)
    top, left = (height - inner[0]) // 2, (width - inner[1]) // 2
    for colour in range(ink.shape[2]):
        found[top : top + inner[0], left : left + inner[1], colour] = resized(ink[..., colour], *inner)
    return found
