"""Neighbouring frames side by side as one: fewer steps, each with more to read."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from elman.data.records import Padded


class FrameStacking(nn.Module):
    """x'_t = [x_{kt}; x_{kt+1}; ..; x_{kt+k-1}], ⌈T / k⌉ of them; behind the last frame there are zeros.

    Zero is the mean of what a coder has standardised. It has no weights.

    Args:
        input_size: F, numbers of a frame.
        frames: k.
    """

    def __init__(self, input_size: int, frames: int) -> None:
        super().__init__()
        self.frames = frames
        self.output_size = frames * input_size

    def lengths(self, counts: Any) -> Any:
        """Return how many stacks so many frames are: ⌈T / k⌉ of a number, an array, a tensor."""
        return (counts + self.frames - 1) // self.frames

    def forward(self, frames: Padded) -> Padded:
        """Return the stacks of some rows, whatever stands behind their ends.

        Args:
            frames: (B, T, F).

        Returns:
            (B, ⌈T / k⌉, k F).
        """
        values: Float[Tensor, "B T F"] = frames.values
        if frames.mask is not None:
            values = torch.where(frames.mask[..., None], values, 0.0)
        size, steps, width = values.shape
        behind = self.lengths(steps) * self.frames - steps
        stacked = functional.pad(values, (0, 0, 0, behind)).reshape(size, -1, self.frames * width)
        lengths = None if frames.lengths is None else self.lengths(frames.lengths)
        return Padded(stacked, lengths)
