"""Counts, sums and quotients that metrics share."""

import math

import numpy as np

from elman.errors import DataError
from elman.metrics.base.observations import Decisions, Quantiles


def confusion(gold: np.ndarray, predicted: np.ndarray, num_classes: int) -> np.ndarray:
    """Return how often each class was taken for each: (K, K) integers, [gold, predicted].

    Args:
        gold: (n,) ids of classes from 0 to K - 1.
        predicted: (n,) ids of classes from 0 to K - 1.
        num_classes: K.
    """
    cells = np.asarray(gold, dtype=np.int64) * num_classes + np.asarray(predicted, dtype=np.int64)
    return np.bincount(cells, minlength=num_classes * num_classes).reshape(num_classes, num_classes)


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


def pinball(observation: Quantiles) -> np.ndarray:
    """Return max(q (y - f), (q - 1) (y - f)) of each number and quantile, (n, Q)."""
    errors = np.asarray(observation.gold, np.float64)[:, None] - observation.forecasts
    found: np.ndarray = np.maximum(observation.levels * errors, (observation.levels - 1) * errors)
    return found


def ranks(values: np.ndarray) -> np.ndarray:
    """Return the rank of each value, from 1; equal values take the mean of their ranks."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[places]


def ratio(numerator: float, denominator: float, what: str) -> float:
    """Return a quotient.

    Raises:
        DataError: the denominator is zero.
    """
    if denominator == 0:
        raise DataError(f"no {what} to score: got 0, expected at least 1.")
    return float(numerator / denominator)
