"""The pictures of a film, one after the other."""

from typing import Any

from jaxtyping import Float
from torch import Tensor

from elman.data.outlines import Frames
from elman.data.records import Padded
from elman.layers.frame_encoder import FrameEncoderConfig
from elman.layers.frame_steps import FrameSteps
from elman.layers.picture_convolutions import PictureConvolutions
from elman.layers.picture_shifts import shifted
from elman.moment import Noise


class FilmEncoder(FrameSteps):
    """What small convolutions see of each picture of a film: a frame is a picture, and each is a step.

    Args:
        outline: of pictures of H x W places in C colours.
        config: convolutions.
    """

    def __init__(self, outline: Frames, config: FrameEncoderConfig) -> None:
        super().__init__()
        self._shape = height, width, colours = outline.shape
        self._shift = config.shift
        self.convolutions = PictureConvolutions(colours, config.convolutions, config.frame_dropout)
        side = self.convolutions.side
        self.output_size = self.convolutions.filters[-1] * side(height) * side(width)

    def lengths(self, counts: Any) -> Any:
        """Return as many as there are."""
        return counts

    def forward(self, frames: Padded, noise: Noise | None = None) -> Padded:
        """Return what is seen of each picture, (B, T, output_size); padding is read by nobody."""
        films = frames.values.unflatten(-1, self._shape)
        values: Float[Tensor, "B T F"] = shifted(films, self._shift, noise).flatten(2)
        real = values.flatten(0, 1) if frames.mask is None else values[frames.mask]
        pictures = real.reshape(-1, *self._shape).permute(0, 3, 1, 2)
        seen = self.convolutions(pictures, noise).flatten(1)
        if frames.mask is None:
            return Padded(seen.reshape(*values.shape[:2], -1), frames.lengths)
        found = seen.new_zeros(*values.shape[:2], self.output_size)
        found[frames.mask] = seen
        return Padded(found, frames.lengths)
