"""Metric, Score, and the statistics that metrics of language models share."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from elman.errors import DataError


@dataclass(frozen=True)
class Score:
    """A number that can be cited: what it is, its unit, and everything it depends on."""

    name: str
    value: float
    unit: str
    signature: str
    lower_is_better: bool

    def beats(self, value: float | None) -> bool:
        """Say whether this score is better than an earlier value, or than none at all. NaN never is."""
        if value is None:
            return not np.isnan(self.value)
        return self.value < value if self.lower_is_better else self.value > value


class Metric(ABC):
    """Statistics of observations, which add, and a value of their sum.

    Because statistics add, scores of parts combine, and resampling works for every metric unchanged.
    """

    lower_is_better: ClassVar[bool]

    @abstractmethod
    def statistics(self, observation: Any) -> np.ndarray:
        """Return the sufficient statistics of one observation, as a vector that adds."""

    @abstractmethod
    def value(self, statistics: np.ndarray) -> float:
        """Return the value of summed statistics.

        Raises:
            DataError: nothing was observed.
        """


class Likelihood(NamedTuple):
    """What a language model gave to a text: the observation of perplexity and its kin.

    Args:
        nats: Σ -log p of the tokens.
        tokens: how many tokens.
        characters: how many characters they stand for, line breaks included; 0 if nobody counted.
    """

    nats: float
    tokens: int
    characters: int = 0


def ratio(numerator: float, denominator: float, what: str) -> float:
    """Return a quotient.

    Raises:
        DataError: the denominator is zero.
    """
    if denominator == 0:
        raise DataError(f"no {what} to score: got 0, expected at least 1.")
    return float(numerator / denominator)
