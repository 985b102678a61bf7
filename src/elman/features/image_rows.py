"""Rows of a picture from top to bottom, or pictures below each other as those of a film."""

import numpy as np
from pydantic import Field

from elman.data.recordings import Medium, Recording
from elman.data.standardising import Scale
from elman.errors import DataError
from elman.features.base import Features
from elman.features.image_columns import ink_of


class ImageRows(Features):
    """Rows of a picture, `together` of them a frame: so the pictures of a film that stand below each other are read.

        x_t = ink of rows [t k, (t + 1) k) one behind the other, (k width,),    k = together

    Source: Le et al. (2015), arXiv:1504.00941, read pictures so, place by place.
    """

    class Config(Features.Config):
        """Options of rows of pictures."""

        together: int = Field(1, ge=1, le=4096, description="k, rows a frame: the height of one picture of a film.")

    config: Config
    takes = Medium.PICTURE
    scale = Scale.NONE

    def __call__(self, recording: Recording) -> np.ndarray:
        """Return (height / k, k width), float32.

        Raises:
            DataError: rows are left over.
        """
        ink, rows = ink_of(recording.values), self.config.together
        if len(ink) % rows:
            raise DataError(
                f"got {len(ink)} rows, expected a multiple of {rows} (feature_options.image_rows.together). Is it a "
                "film of such pictures?"
            )
        return ink.reshape(-1, rows * ink.shape[1])
