"""Vectors of bits to be written down again, once all of them were read."""

import numpy as np
from pydantic import Field

from elman.data.generators.base import Generator, Made, silent


class Copy(Generator):
    """Copies: T vectors of bits, a mark on a channel of its own, then T steps without input, at which they are asked.

    Source: Graves et al. (2014), arXiv:1410.5401, section 4.1.
    """

    class Config(Generator.Config):
        """Options of copies."""

        width: int = Field(8, ge=1, le=1024, description="Bits of a vector.")

    config: Config

    def made(self, draw: np.random.Generator, length: int) -> Made:
        """Return 2 T + 1 steps."""
        width = self.config.width
        vectors = draw.integers(0, 2, (length, width)).astype(np.float32)
        steps = np.zeros((2 * length + 1, width + 1), np.float32)
        steps[:length, :width] = vectors
        steps[length, width] = 1
        return Made(steps, np.concatenate([silent(length + 1, width), vectors]))
