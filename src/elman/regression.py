"""Logistic regression on sparse features, through scikit-learn."""

import warnings
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from elman.errors import ConfigError

Row = Mapping[int, float]
"""The features of one example that are not 0, by column."""


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


def fit_logistic(rows: Sequence[Row], width: int, targets: np.ndarray, strength: float) -> LinearWeights:
    """Return the weights that minimize  C Σ_n -log p(target_n) + ½ ‖W‖².

    Args:
        rows: the features of each example.
        width: F, how many features there are.
        targets: (N,) classes 0 .. K - 1 of a softmax; or (N, K) yes and no for each class alone.
        strength: C; smaller regularizes more.

    Raises:
        ConfigError: scikit-learn is not installed.
    """
    try:
        from scipy.sparse import csr_matrix
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.linear_model import LogisticRegression
    except ImportError:
        missing = "a linear model is fitted by scikit-learn, which is missing: pip install 'elman[linear]'."
        raise ConfigError(missing) from None
    starts = np.cumsum([0, *map(len, rows)])
    columns = np.array([column for row in rows for column in row], dtype=np.int64)
    values = np.array([value for row in rows for value in row.values()])
    features = csr_matrix((values, columns, starts), shape=(len(rows), width))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a thousand rounds are as good as it gets
        if targets.ndim == 1:
            found = LogisticRegression(C=strength, max_iter=1000).fit(features, targets)
            if len(found.coef_) > 1:
                return LinearWeights(found.coef_, found.intercept_)
            # Two classes have one row of weights, for the second; as a softmax each has half of it.
            weight, bias = found.coef_[0] / 2, found.intercept_[0] / 2
            return LinearWeights(np.stack([-weight, weight]), np.array([-bias, bias]))
        parts = [_one(LogisticRegression(C=strength, max_iter=1000), features, yes) for yes in targets.T]
    return LinearWeights(np.stack([weight for weight, _ in parts]), np.array([bias for _, bias in parts]))


def _one(regression, features, yes: np.ndarray) -> tuple[np.ndarray, float]:  # type: ignore[no-untyped-def]
    """Return the weights of one class; where all examples say the same, only a bias that says so too."""
    if yes.all() or not yes.any():
        return np.zeros(features.shape[1]), 10.0 if yes.all() else -10.0
    found = regression.fit(features, yes)
    return found.coef_[0], float(found.intercept_[0])
