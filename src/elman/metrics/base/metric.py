"""Metric, Score, and the observations and statistics that metrics share, but for those of texts."""

import math
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

    def __str__(self) -> str:
        """Return name, value and unit."""
        return f"{self.name.replace('_', ' ')} {self.value:,.4f} {self.unit}".rstrip()

    def beats(self, value: float | None) -> bool:
        """Say whether this score is better than an earlier value, or than none at all. What is not finite never is."""
        if value is None or not np.isfinite(self.value):
            return bool(np.isfinite(self.value))
        return self.value < value if self.lower_is_better else self.value > value


class Metric(ABC):
    """Statistics of observations, which add, and a value of their sum.

    Because statistics add, scores of parts combine, and resampling works for every metric unchanged. The one
    exception says `adds = False`: its value is of one observation, and a sum of its statistics means nothing.
    """

    lower_is_better: ClassVar[bool]
    observation: ClassVar[type]  # which of the observations below it takes
    adds: ClassVar[bool] = True
    best: ClassVar[float] = 1.0  # where more is better, what there is at most
    unit: ClassVar[str] = ""  # of its value, where a task does not say it
    signature: ClassVar[str] = ""  # what it depends on, where that is not what scores of the same observations do

    @abstractmethod
    def statistics(self, observation: Any) -> np.ndarray:
        """Return the sufficient statistics of one observation, as a vector that adds."""

    @abstractmethod
    def value(self, statistics: np.ndarray) -> float:
        """Return the value of summed statistics.

        Raises:
            DataError: nothing was observed, or the value is not defined.
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


class Matches(NamedTuple):
    """How many decisions were right, out of how many."""

    correct: int
    total: int


class Decisions(NamedTuple):
    """What became of the decisions for and against each of K classes.

    Args:
        true_positives: (K,), how often the class was rightly given.
        false_positives: (K,), how often it was wrongly given.
        false_negatives: (K,), how often it was missed.
    """

    true_positives: np.ndarray
    false_positives: np.ndarray
    false_negatives: np.ndarray


class SpanCounts(NamedTuple):
    """How many spans were found in the right place and of the right kind, how many were given, and how many there are.

    Source: the counts of conlleval (CoNLL-2000).
    """

    correct: int
    predicted: int
    gold: int


class SpanMetric(Metric):
    """A metric of counts of spans; more is better.

    Source: conlleval (CoNLL-2000).
    """

    lower_is_better = False
    observation = SpanCounts

    def statistics(self, observation: SpanCounts) -> np.ndarray:
        """Return (correct, predicted, gold)."""
        return np.array(observation, dtype=np.float64)


class Pairs(NamedTuple):
    """What is true and what was predicted of n things, as numbers: two arrays (n,)."""

    gold: np.ndarray
    predicted: np.ndarray


def confusion(gold: np.ndarray, predicted: np.ndarray, num_classes: int) -> np.ndarray:
    """Return how often each class was taken for each: (K, K) integers, [gold, predicted].

    Args:
        gold: (n,) ids of classes from 0 to K - 1.
        predicted: (n,) ids of classes from 0 to K - 1.
        num_classes: K.
    """
    cells = np.asarray(gold, dtype=np.int64) * num_classes + np.asarray(predicted, dtype=np.int64)
    return np.bincount(cells, minlength=num_classes * num_classes).reshape(num_classes, num_classes)


def decisions_of(confusion: np.ndarray) -> Decisions:
    """Return the decisions behind a confusion matrix (K, K), [gold, predicted]."""
    hits = np.diagonal(confusion)
    return Decisions(hits, confusion.sum(axis=0) - hits, confusion.sum(axis=1) - hits)


def count_decisions(gold: np.ndarray, predicted: np.ndarray, num_classes: int) -> Decisions:
    """Return the decisions about things that have one class each; no table of K x K is made.

    Args:
        gold: (n,) ids of classes from 0 to K - 1.
        predicted: (n,) ids of classes from 0 to K - 1.
        num_classes: K.
    """
    gold, predicted = np.asarray(gold, np.int64), np.asarray(predicted, np.int64)
    hits, given, there = (
        np.bincount(some, minlength=num_classes) for some in (gold[gold == predicted], predicted, gold)
    )
    return Decisions(hits, given - hits, there - hits)


def moments(gold: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Return (n, Σx, Σy, Σx², Σy², Σxy), which add, as float64."""
    x, y = np.asarray(gold, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
    return np.array([x.size, x.sum(), y.sum(), x @ x, y @ y, x @ y])


def correlation(moments: np.ndarray, name: str) -> float:
    """Return the product-moment correlation.

        r = (n Σxy - Σx Σy) / √((n Σx² - (Σx)²) (n Σy² - (Σy)²))

    Values that differ by less than about a millionth of their size count as all the same: sums in float64 cannot tell.

    Args:
        moments: (n, Σx, Σy, Σx², Σy², Σxy), x gold and y predicted.
        name: what the correlation is called in messages.

    Raises:
        DataError: there are no pairs, or the values of one side are all the same.
    """
    n, x, y, xx, yy, xy = (float(moment) for moment in moments)
    ratio(n, n, "pairs")
    spreads = [("gold", n * xx - x * x, n * xx), ("predicted", n * yy - y * y, n * yy)]
    for side, spread, size in spreads:
        if spread <= 1e-12 * size:
            raise DataError(f"{name}: the {side} values are all the same: a correlation needs values that differ.")
    r = (n * xy - x * y) / math.sqrt(spreads[0][1]) / math.sqrt(spreads[1][1])
    return float(np.clip(r, -1, 1))


def ratio(numerator: float, denominator: float, what: str) -> float:
    """Return a quotient.

    Raises:
        DataError: the denominator is zero.
    """
    if denominator == 0:
        raise DataError(f"no {what} to score: got 0, expected at least 1.")
    return float(numerator / denominator)
