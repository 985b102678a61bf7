"""Vectors with priorities, to be written in the order of these."""

import numpy as np
from pydantic import Field

from elman.data.generators.base import Generator, Made, silent


class Sort(Generator):
    """Priority sort: T vectors of bits, each beside a number of (-1, 1); then the best of them, the highest first.

    Source: Graves et al. (2014), arXiv:1410.5401, section 4.5, with 20 vectors of which 16 are asked.
    """

    class Config(Generator.Config):
        """Options of priority sort."""

        length: tuple[int, int] = Field((20, 20), description="The fewest and the most vectors, drawn alike.")
        asked: int = Field(16, ge=1, description="How many are to be written at most.")
        width: int = Field(8, ge=1, le=1024, description="Bits of a vector.")

    config: Config

    def made(self, draw: np.random.Generator, length: int) -> Made:
        """Return T + 1 + min(T, asked) steps."""
        width = self.config.width
        vectors = draw.integers(0, 2, (length, width)).astype(np.float32)
        priorities = draw.uniform(-1, 1, length)
        sorted_ = vectors[np.argsort(-priorities, kind="stable")][: self.config.asked]
        steps = np.zeros((length + 1 + len(sorted_), width + 2), np.float32)
        steps[:length, :width] = vectors
        steps[:length, width] = priorities
        steps[length, width + 1] = 1
        return Made(steps, np.concatenate([silent(length + 1, width), sorted_]))
