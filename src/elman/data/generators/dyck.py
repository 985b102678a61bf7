"""Brackets that must be closed in the order in which they were opened."""

from typing import Self

import numpy as np
from pydantic import Field, field_validator, model_validator

from elman.data.generators.base import Generator, Made, in_order, silent
from elman.errors import DataError

_TRIES = 200


class Dyck(Generator):
    """Words of brackets of several kinds: after each bracket, which one may be closed, where any is open.

        S -> ( S ) S | [ S ] S | ε

    A step is one-hot: the bracket that is read. A bit a kind is asked: 1 for the kind of the bracket on top, 0 for the
    others. Only a stack knows; a bracket is opened with probability `opens` where depth and length allow both.

    Source: Chomsky & Schützenberger (1963); the scores are those of Suzgun et al. (2019), arXiv:1911.03329.
    """

    class Config(Generator.Config):
        """Options of brackets."""

        length: tuple[int, int] = Field(
            (2, 50), description="The fewest and the most brackets; odd ones are made even."
        )
        depth: tuple[int, int] = Field((1, 10), description="How deep each word goes at least and at most.")
        kinds: int = Field(2, ge=1, le=26, description="Kinds of brackets.")
        opens: float = Field(0.5, gt=0, lt=1, description="How likely a bracket is opened where it may be either.")

        @field_validator("depth")
        @classmethod
        def _ordered(cls, depth: tuple[int, int]) -> tuple[int, int]:
            return in_order(depth, 1)

        @model_validator(mode="after")
        def _deep_enough(self) -> Self:
            least = self.length[0] + self.length[0] % 2
            if 2 * self.depth[0] > least:
                raise ValueError(
                    f"depth: got {self.depth[0]} at least, but a word of {least} brackets goes {least // 2} deep, "
                    f"expected a length of {2 * self.depth[0]} or more."
                )
            return self

    config: Config

    def made(self, draw: np.random.Generator, length: int) -> Made:
        """Return a word: of those that are drawn, the first as deep as is wanted.

        Raises:
            DataError: none of many is.
        """
        even, least = length + length % 2, self.config.depth[0]
        for _ in range(_TRIES):
            word = self._word(draw, even)
            if _deepest(word) >= least:
                return self._asked(word)
        raise DataError(
            f"dyck: depth: none of {_TRIES} words of {even} brackets goes {least} deep, where one is opened with "
            f"probability {self.config.opens:g}. Raise opens, or ask for less."
        )

    def _word(self, draw: np.random.Generator, length: int) -> list[int]:
        """Return brackets: k opens kind k, and -1 - k closes it."""
        word: list[int] = []
        open_: list[int] = []
        for left in range(length, 0, -1):
            may_open = len(open_) < self.config.depth[1] and left > len(open_)
            if may_open and (not open_ or draw.random() < self.config.opens):
                open_.append(int(draw.integers(self.config.kinds)))
                word.append(open_[-1])
            else:
                word.append(-1 - open_.pop())
        return word

    def _asked(self, word: list[int]) -> Made:
        kinds = self.config.kinds
        steps, bits = np.zeros((len(word), 2 * kinds), np.float32), silent(len(word), kinds)
        open_: list[int] = []
        for place, bracket in enumerate(word):
            steps[place, bracket if bracket >= 0 else kinds - 1 - bracket] = 1
            if bracket >= 0:
                open_.append(bracket)
            else:
                open_.pop()
            if open_:
                bits[place] = 0
                bits[place, open_[-1]] = 1
        return Made(steps, bits)


def _deepest(word: list[int]) -> int:
    """Return how many brackets are open at once."""
    return int(np.cumsum(np.where(np.array(word) >= 0, 1, -1)).max())
