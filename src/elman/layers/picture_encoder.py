"""Pictures as places that can be looked at."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from elman.data.outlines import Frames
from elman.data.records import Padded
from elman.layers.feed_forward import FeedForward
from elman.layers.frame_encoder import FrameEncoderConfig
from elman.layers.frame_steps import FrameSteps
from elman.layers.picture_convolutions import PictureConvolutions
from elman.layers.picture_shifts import shifted
from elman.moment import Noise


class PictureEncoder(FrameSteps):
    """The places of a picture, row by row from the top, each with what small convolutions see there and where it is.

        v_ij = tanh(W [x_ij; y_i; x_j] + b),    y_i and x_j from -1 at one side to 1 at the other

    A frame is a row of the picture; all pictures have one size.

    Args:
        outline: of rows of W places in C colours.
        config: convolutions.
        size: D, numbers of a place.

    Source: Xu et al. (2015), arXiv:1502.03044, whose places are of a large network that was trained elsewhere; Liu et
    al. (2018), arXiv:1807.03247 (where each place is).
    """

    def __init__(self, outline: Frames, config: FrameEncoderConfig, size: int) -> None:
        super().__init__()
        self._width, colours = outline.shape
        self._shift = config.shift
        self.convolutions = PictureConvolutions(colours, config.convolutions, config.frame_dropout)
        self.join = FeedForward(self.convolutions.filters[-1] + 2, size, 1)
        self.output_size = size

    def lengths(self, counts: Any) -> Any:
        """Return how many places are left of pictures of so many rows, of a number, an array or a tensor."""
        return self.convolutions.side(counts) * self.convolutions.side(self._width)

    def forward(self, frames: Padded, noise: Noise | None = None) -> Padded:
        """Return the places of pictures, (B, lengths(H), D)."""
        rows: Float[Tensor, "B H F"] = frames.values
        count, height = rows.shape[:2]
        lengths = None if frames.lengths is None else self.lengths(frames.lengths)
        if not height:
            return Padded(rows.new_zeros(count, 0, self.output_size), lengths)
        films = rows.reshape(count, 1, height, self._width, -1)
        pictures = shifted(films, self._shift, noise)[:, 0].permute(0, 3, 1, 2)
        seen = self.convolutions(pictures, noise).permute(0, 2, 3, 1)
        where = torch.stack(
            torch.meshgrid(*(_sides(side).to(rows) for side in seen.shape[1:3]), indexing="ij"), -1
        ).expand(count, -1, -1, -1)
        return Padded(self.join(torch.cat([seen, where], -1).flatten(1, 2)), lengths)


def _sides(places: int) -> Tensor:
    """Return where each of some places is, from -1 to 1; 0 of one."""
    return torch.linspace(-1, 1, places) if places > 1 else torch.zeros(1)
