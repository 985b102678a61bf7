"""A number on a scale, as a place among its levels."""

from collections.abc import Mapping, Sequence

import numpy as np

from elman.coders.base import AnswersCoder, Coded, starts
from elman.data.column import Column
from elman.data.numbers import finite
from elman.data.outlines import Numbers
from elman.data.records import Padded
from elman.errors import DataError
from elman.text.vocabulary import Vocabulary


class ScaleCoder(AnswersCoder):
    """Numbers from `low` to `high`, coded as places from 0 to `levels` - 1.

    Args:
        low: the lowest.
        high: the highest.
        levels: of the scale, both ends included.
    """

    def __init__(self, low: float, high: float, levels: int) -> None:
        self.low, self.high, self.levels = low, high, levels
        places = np.linspace(low, high, levels)
        self.vocabulary = Vocabulary([f"{place:.12g}" for place in places], [0] * levels)

    @classmethod
    def learn(
        cls, scores: Sequence[float], places: Sequence[str], low: float | None, high: float | None, levels: int
    ) -> "ScaleCoder":
        """Return the coder of the scores of a training part, whose own ends are those of the scale unless given.

        Args:
            scores: of the training part.
            places: where each stands, for messages.
            low: the lowest there can be.
            high: the highest.
            levels: of the scale.

        Raises:
            DataError: all scores are the same, or one is outside of the scale.
        """
        low, high = min(scores) if low is None else low, max(scores) if high is None else high
        if min(scores) == max(scores):
            raise DataError(f"{places[0]}: every score is {scores[0]:g}, expected some that differ.")
        outside = next((row for row, one in enumerate(scores) if not low <= one <= high), None)
        if outside is not None:
            raise DataError(
                f"{places[outside]}: the score {scores[outside]:g} is outside of the scale from {low:g} to {high:g}. "
                "Set task.lowest and task.highest."
            )
        return cls(low, high, levels)

    @property
    def outline(self) -> Numbers:
        """The scale."""
        return Numbers(self.low, self.high, self.levels)

    def encode(self, values: Sequence[float], places: Sequence[str] = ()) -> Column:
        """Return the place of each number, one a row.

        Raises:
            DataError: a number is not on the scale.
        """
        numbers = np.asarray(values, np.float64)
        for outside in np.flatnonzero(~((numbers >= self.low) & (numbers <= self.high))):
            start = starts(values, places)[outside]
            raise DataError(f"{start}{numbers[outside]:g}: not on the scale from {self.low:g} to {self.high:g}.")
        levels = (numbers - self.low) / (self.high - self.low)
        return Column.cut(levels * (self.levels - 1), np.ones(len(values), np.int64))

    def batch(self, column: Column, rows: Mapping[str, np.ndarray], draw: np.random.Generator | None = None) -> Coded:
        """Return the places of some numbers, (B, 1)."""
        return Coded({name: Padded(column.padded(some).values) for name, some in rows.items()})

    def decode(self, numbers: np.ndarray) -> float:
        """Return the number at a place."""
        return float(self.low + (self.high - self.low) * (float(numbers[0]) / (self.levels - 1)))


def read_score(text: str, where: str) -> float:
    """Return the score that a text is.

    Raises:
        DataError: it is no number, or no finite one.
    """
    value = finite(text)
    if value is None:
        raise DataError(f"{where}: the score {text!r} is not a number.")
    return value
