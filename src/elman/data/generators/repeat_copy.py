"""Vectors of bits to be written down again several times, and then an end."""

import numpy as np
from pydantic import Field, field_validator

from elman.data.generators.base import Generator, Made, drawn, in_order, silent


class RepeatCopy(Generator):
    """Repeated copies: T vectors of bits, a mark beside how often, R; then the vectors R times, and an end mark.

    R stands on a channel of its own as (R - mean) / deviation of all R that are drawn, and the end is a bit more.

    Source: Graves et al. (2014), arXiv:1410.5401, section 4.2.
    """

    class Config(Generator.Config):
        """Options of repeated copies."""

        length: tuple[int, int] = Field((1, 10), description="The fewest and the most vectors, drawn alike.")
        repeats: tuple[int, int] = Field((1, 10), description="How often at least and at most, drawn alike.")
        scale: tuple[int, int] | None = Field(
            None,
            description="The repeats whose mean and deviation R is written by; those of training, in longer tests.",
        )
        width: int = Field(8, ge=1, le=1024, description="Bits of a vector.")

        @field_validator("repeats", "scale")
        @classmethod
        def _ordered(cls, pair: tuple[int, int] | None) -> tuple[int, int] | None:
            return None if pair is None else in_order(pair, 1)

    config: Config

    def made(self, draw: np.random.Generator, length: int) -> Made:
        """Return T + 1 + R T + 1 steps."""
        width, repeats = self.config.width, drawn(draw, self.config.repeats)
        vectors = draw.integers(0, 2, (length, width)).astype(np.float32)
        asked = np.zeros((repeats * length + 1, width + 1), np.float32)
        asked[:-1, :width] = np.tile(vectors, (repeats, 1))
        asked[-1, width] = 1
        steps = np.zeros((length + 1 + len(asked), width + 2), np.float32)
        steps[:length, :width] = vectors
        steps[length, width:] = 1, self._scaled(repeats)
        return Made(steps, np.concatenate([silent(length + 1, width + 1), asked]))

    def _scaled(self, repeats: int) -> float:
        """Return R as it is written: mean 0 and variance 1 over all whole numbers of a range."""
        low, high = self.config.scale or self.config.repeats
        deviation = (((high - low + 1) ** 2 - 1) / 12) ** 0.5
        return (repeats - (low + high) / 2) / (deviation or 1.0)
