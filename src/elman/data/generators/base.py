"""What a generated source promises."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, ClassVar, NamedTuple

import numpy as np
from pydantic import Field, field_validator

from elman.config import Config
from elman.errors import quoted
from elman.randomness import seed_of

MOST = 100_000
"""Of a length, a depth, a number of repeats."""


class Made(NamedTuple):
    """One sequence.

    Args:
        steps: what is read at each step, (T, F).
        bits: what is to be answered there, 0 or 1, (T, K); NaN in all of a row where nothing is asked.
    """

    steps: np.ndarray
    bits: np.ndarray


class Generator(ABC):
    """Makes sequences, each from the seed and its number alone, so that the first thousand are those of ten thousand.

    Args:
        config: the options.
    """

    class Config(Config):
        """Options that every generated source has."""

        task: str = Field(description="What is made.")
        count: int = Field(10_000, ge=1, le=10_000_000, description="How many sequences.")
        seed: int = Field(1, ge=0, description="Of the draws.")
        length: tuple[int, int] = Field((1, 20), description="The shortest and the longest, drawn alike.")

        @field_validator("length")
        @classmethod
        def _in_order(cls, length: tuple[int, int]) -> tuple[int, int]:
            return in_order(length, 1)

    channels: ClassVar[tuple[str, ...]] = ()
    """What the numbers of a step are called, where they have names."""

    def __init__(self, config: Any) -> None:
        self.config = config

    def sequences(self) -> Iterator[Made]:
        """Yield the sequences in order."""
        for number in range(self.config.count):
            draw = np.random.default_rng(seed_of(self.config.seed, self.config.task, number))
            yield self.made(draw, drawn(draw, self.config.length))

    @abstractmethod
    def made(self, draw: np.random.Generator, length: int) -> Made:
        """Return one sequence.

        Args:
            draw: of this sequence alone.
            length: what its length option says, drawn.
        """


def drawn(draw: np.random.Generator, between: tuple[int, int]) -> int:
    """Return a whole number between two, both included."""
    return int(draw.integers(between[0], between[1], endpoint=True))


def in_order(pair: tuple[int, int], least: int) -> tuple[int, int]:
    """Return a shortest and a longest.

    Raises:
        ValueError: the first is below what is possible, or above the second.
    """
    if not least <= pair[0] <= pair[1] <= MOST:
        raise ValueError(
            f"got {quoted(str(list(pair)))[1:-1]}, expected two numbers from {least} on, the smaller first, such as "
            f"[1, 20], and none above {MOST:,}"
        )
    return pair


def silent(steps: int, bits: int) -> np.ndarray:
    """Return rows in which nothing is asked, (steps, bits)."""
    return np.full((steps, bits), np.nan, np.float32)
