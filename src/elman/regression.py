"""Logistic regression on sparse features, through scikit-learn."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from elman.errors import ConfigError

_ROUNDS = 1000

Row = Mapping[int, float]
"""The features of one example that are not 0, by column."""


def can_fit() -> bool:
    """Say whether scikit-learn is there."""
    return find_spec("sklearn") is not None


class LinearWeights(NamedTuple):
    """What a regression has learned.

    Args:
        weight: (K, F).
        bias: (K,).
    """

    weight: np.ndarray
    bias: np.ndarray

    def logits(self, rows: Sequence[Row]) -> np.ndarray:
        """Return W x + b of each example, (N, K)."""
        found = np.tile(self.bias, (len(rows), 1))
        for logits, row in zip(found, rows, strict=True):
            columns = np.fromiter(row.keys(), np.int64, len(row))
            logits += self.weight[:, columns] @ np.fromiter(row.values(), np.float64, len(row))
        return found


def fit_logistic(
    rows: Sequence[Row],
    width: int,
    targets: np.ndarray,
    strength: float,
    weights: np.ndarray | None = None,
    tell: Callable[[str], None] | None = None,
) -> LinearWeights:
    """Return the weights that minimize  C Σ_n w_n · -log p(target_n) + ½ ‖W‖².

    Args:
        rows: the features of each example.
        width: F, how many features there are.
        targets: (N,) classes 0 .. K - 1 of a softmax; or (N, K) yes and no for each class alone.
        strength: C; smaller regularizes more.
        weights: w_n of each example, (N,); None where all count the same.
        tell: is told if the minimum was not reached.

    Raises:
        ConfigError: scikit-learn is not installed.
    """
    try:
        from scipy.sparse import csr_matrix
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression
        from threadpoolctl import threadpool_limits
    except ImportError:
        missing = "a linear model is fitted by scikit-learn, which is missing: pip install 'elman[linear]'."
        raise ConfigError(missing) from None
    starts = np.cumsum([0, *map(len, rows)])
    columns = np.array([column for row in rows for column in row], dtype=np.int64)
    values = np.array([value for row in rows for value in row.values()])
    features = csr_matrix((values, columns, starts), shape=(len(rows), width))
    regression = LogisticRegression(C=strength, max_iter=_ROUNDS)
    # Vectors are so short that threads wait for each other, on a busy machine for most of the time.
    with warnings.catch_warnings(), threadpool_limits(1, "blas"):
        warnings.simplefilter("ignore", ConvergenceWarning)  # said below, in our words
        warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)  # the check of the data says it
        every = [targets] if targets.ndim == 1 else targets.T
        found = [_one(regression, features, target, weights) for target in every]
    if tell is not None and any(rounds >= _ROUNDS for *_, rounds in found):
        tell(f"the regression stopped after {_ROUNDS:,} rounds, short of its minimum; a smaller model.strength helps")
    if targets.ndim == 2:
        parts = list(zip(*found, strict=True))
        return LinearWeights(np.concatenate(parts[0]), np.concatenate(parts[1]))
    weight, bias, _ = found[0]
    if len(weight) > 1:
        return LinearWeights(weight, bias)
    # Two classes have one row of weights, for the second; as a softmax each has half of it.
    return LinearWeights(np.concatenate([-weight, weight]) / 2, np.concatenate([-bias, bias]) / 2)


def _one(
    regression: Any, features: Any, target: np.ndarray, weights: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, int]:
    """Return weights, bias and rounds of a fit; of a class that all or none have, only a bias that says so."""
    if target.dtype == bool and (target.all() or not target.any()):
        return np.zeros((1, features.shape[1])), np.array([10.0 if target.all() else -10.0]), 0
    found = regression.fit(features, target, sample_weight=weights)
    return found.coef_.copy(), found.intercept_.copy(), int(max(found.n_iter_))
