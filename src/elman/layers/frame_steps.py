"""What layers promise that make steps of frames."""

from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from jaxtyping import Float
from torch import Tensor, nn

from elman.data.records import Padded
from elman.moment import Noise


class FrameSteps(nn.Module, ABC):
    """What a model reads of frames: it alone knows how many steps, or places, that are, and how wide."""

    output_size: int
    span = 1
    """k, how many frames it is from one step to the next: step s is about frames k s .. k (s + 1) - 1."""

    @abstractmethod
    def lengths(self, counts: Any) -> Any:
        """Return how many steps so many frames are, of a number, an array or a tensor."""

    @abstractmethod
    def forward(self, frames: Padded, noise: Noise | None = None) -> Padded:
        """Return what is read of frames.

        Args:
            frames: (B, T, F).
            noise: of a training step, or None.

        Returns:
            (B, lengths(T), output_size).
        """

    def steps(self, field: Padded) -> Padded:
        """Return as many steps as are read of frames, without what they are."""
        count = int(self.lengths(field.values.shape[1]))
        lengths = None if field.lengths is None else self.lengths(field.lengths)
        return Padded(np.empty((len(field.values), count)), lengths)


def spread(steps: Float[Tensor, "B S H"], span: int, count: int) -> Float[Tensor, "B T H"]:
    """Return the step that each frame belongs to: h_⌊t/k⌋ for t = 0 .. T - 1.

    Args:
        steps: h, one for k frames.
        span: k.
        count: T, frames of the longest row.
    """
    return steps if span == 1 else steps.repeat_interleave(span, dim=1)[:, :count]
