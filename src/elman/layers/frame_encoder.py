"""Frames as a recurrence reads them: convolved, and some of them side by side as one."""

from itertools import pairwise
from typing import Any

import torch
from jaxtyping import Float
from pydantic import Field, field_validator
from torch import Tensor, nn
from torch.nn import functional

from elman.config import Config
from elman.data.outlines import Frames
from elman.data.records import Padded
from elman.errors import ConfigError
from elman.layers.dropout import dropout
from elman.layers.frame_masking import FrameMasking, masked
from elman.layers.frame_steps import FrameSteps
from elman.moment import Noise


class FrameEncoderConfig(Config):
    """Options of what is made of frames, for every model that reads some."""

    stack: int = Field(1, ge=1, le=256, description="k, neighbouring frames that are read as one.")
    stride: int = Field(0, ge=0, le=256, description="Frames from one that is read to the next; 0: k, so each once.")
    convolutions: list[int] = Field(
        [],
        description="Filters of each convolution, three frames by three numbers, before frames are stacked, such as "
        "[16, 32]: each halves the frames, and the numbers of a frame.",
    )
    frame_dropout: float = Field(0.0, ge=0, lt=1, description="Probability of dropping a filter's output at a place.")
    shift: int = Field(
        0, ge=0, le=64, description="Places that a picture, or all of a film, is moved by at most in training."
    )
    masking: FrameMasking = Field(FrameMasking(), description="What is hidden of frames in training.")

    @field_validator("convolutions")
    @classmethod
    def _some_filters(cls, filters: list[int]) -> list[int]:
        if len(filters) > 8 or not all(1 <= some <= 1024 for some in filters):
            raise ValueError(f"convolutions: got {filters}, expected at most 8 numbers from 1 to 1024.")
        return filters


class FrameEncoder(FrameSteps):
    """What a recurrence reads of frames; it alone knows how many steps that are.

        x^(l+1) = max over 2 x 2 places of relu(W^(l) * x^(l) + b^(l)),    W: three frames by three numbers
        x'_t = [x_{st}; x_{st+1}; ..; x_{st+k-1}],    ⌈T / s⌉ of them, s = k if nothing else is said

    Behind the end of a row are zeros, whatever a batch holds there: no row depends on its neighbours. Without
    convolutions it has no weights.

    Args:
        outline: of the frames that are read.
        config: stacking, stride, convolutions.

    Source: Shi et al. (2015), arXiv:1507.05717 (convolutions before a recurrence); Sak et al. (2015), arXiv:1507.06947
    (stacks and strides).
    """

    def __init__(self, outline: Frames, config: FrameEncoderConfig) -> None:
        super().__init__()
        if config.shift:
            raise ConfigError("model.shift: means nothing to frames that are no pictures. Leave it out.")
        if config.stride > config.stack:
            raise ConfigError(
                f"model.stride: got {config.stride}, but {config.stack} frames are read as one, expected at most that: "
                "frames between would never be read. Set model.stack too."
            )
        self.config = config
        self.stride = config.stride or config.stack
        self.span = self.stride << len(config.convolutions)
        filters, width = config.convolutions, outline.width
        self.convolutions = nn.ModuleList(nn.Conv2d(one, other, 3, padding=1) for one, other in pairwise([1, *filters]))
        for _ in filters:
            width = -(-width // 2)
        self.output_size = config.stack * width * (filters[-1] if filters else 1)
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw the filters from U(-bound, bound), sqrt(6 / inputs) if left out (He et al., 2015); biases are 0."""
        with torch.no_grad():
            for layer in self.convolutions:
                weight, bias = layer.parameters()
                limit = (6 / weight[0].numel()) ** 0.5 if bound is None else bound
                weight.uniform_(-limit, limit, generator=generator)
                bias.zero_()

    def lengths(self, counts: Any) -> Any:
        """Return how many steps so many frames are, of a number, an array or a tensor."""
        for _ in self.convolutions:
            counts = (counts + 1) // 2
        return (counts + self.stride - 1) // self.stride

    def ready(self, count: int) -> int:
        """Return how many steps read nothing behind so many frames; with convolutions none does."""
        whole = (count - self.config.stack) // self.stride + 1
        return 0 if len(self.convolutions) else max(0, whole)

    def forward(self, frames: Padded, noise: Noise | None = None) -> Padded:
        """Return what is read of frames.

        Args:
            frames: (B, T, F).
            noise: of a training step, or None.

        Returns:
            (B, lengths(T), output_size).
        """
        frames = masked(frames, self.config.masking, noise)
        values: Float[Tensor, "B T F"] = frames.values
        if not len(self.convolutions) and self.config.stack == 1:
            return frames
        if not values.shape[1]:
            return Padded(values.new_zeros(len(values), 0, self.output_size), frames.lengths)
        lengths = frames.lengths
        for layer in self.convolutions:
            values = values if values.ndim == 4 else values[:, None]
            values = functional.relu(layer(_real(values, lengths)))
            values = functional.max_pool2d(_real(values, lengths), 2, ceil_mode=True)  # zeros are the least there is
            values = dropout(values, self.config.frame_dropout, noise)
            lengths = None if lengths is None else (lengths + 1) // 2
        values = _real(values if values.ndim == 4 else values[:, None], lengths)
        joined = values.transpose(1, 2).flatten(2)
        return Padded(self._stacked(joined), None if lengths is None else (lengths + self.stride - 1) // self.stride)

    def _stacked(self, frames: Float[Tensor, "B T E"]) -> Float[Tensor, "B S K"]:
        count, stack = -(-frames.shape[1] // self.stride), self.config.stack
        if stack == 1:
            return frames
        wide = functional.pad(frames, (0, 0, 0, count * self.stride + stack - frames.shape[1]))
        windows = wide.unfold(1, stack, self.stride)[:, :count]
        return windows.transpose(2, 3).flatten(2)


def _real(values: Float[Tensor, "B C T F"], lengths: Tensor | None) -> Float[Tensor, "B C T F"]:
    """Return maps with zeros behind the end of each row."""
    if lengths is None:
        return values
    real = torch.arange(values.shape[2], device=values.device) < lengths[:, None]
    return torch.where(real[:, None, :, None], values, 0.0)
