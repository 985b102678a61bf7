"""A film: pictures of one size that stand below each other in a file."""

from collections.abc import Sequence
from typing import Self

import numpy as np
from pydantic import Field

from elman.data.recordings import Medium, Recording
from elman.data.standardising import Scale
from elman.errors import DataError
from elman.features.base import Features
from elman.features.image_columns import ink_of


class Film(Features):
    """Pictures below each other, the first on top, each a frame that models read as the picture it is.

    x_t = ink of picture t, row by row, (height * width,)

    """

    class Config(Features.Config):
        """Options of films."""

        height: int = Field(0, ge=0, le=4096, description="Of one picture; 0: as high as the first film is wide.")
        width: int = Field(0, ge=0, le=4096, description="Of one picture; 0: that of the first film.")

    config: Config
    takes = Medium.PICTURE
    scale = Scale.NONE

    def settled(self, first: Recording) -> Self:
        """Return it for pictures as high and wide as those of the first film."""
        self.check(first)
        width = self.config.width or first.values.shape[1]
        return type(self)(self.config.model_copy(update={"width": width, "height": self.config.height or width}))

    @property
    def shape(self) -> Sequence[int]:
        """Height, width, and one colour."""
        return (self.config.height, self.config.width, 1)

    def __call__(self, recording: Recording) -> np.ndarray:
        """Return (T, height * width), float32.

        Raises:
            DataError: it is no film of such pictures.
        """
        ink, (height, width, _) = ink_of(recording.values), self.shape
        if ink.shape[1] != width or not len(ink) or len(ink) % height:
            raise DataError(
                f"got {ink.shape[1]:,} x {len(ink):,} places, expected films of pictures of {width:,} x {height:,} "
                "below each other. Set task.feature_options = {film = {height = H}}, or take other task.features."
            )
        return ink.reshape(-1, height * width)
