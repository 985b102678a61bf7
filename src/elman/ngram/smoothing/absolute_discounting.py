"""Absolute discounting: the same is taken from every count."""

from typing import Any

import numpy as np

from elman.ngram.smoothing.base import Group, Shares, Smoothing


class AbsoluteDiscounting(Smoothing):
    """p(w | context) = max(c(context, w) - D, 0) / c(context) + D N / c(context) p_below(w).

    D = n_1 / (n_1 + 2 n_2) of each order, N the number of different words that followed. Where no n-gram occurs once,
    or none twice, D is 0.5.

    Source: Ney, Essen & Kneser (1994), Computer Speech and Language 8(1).
    """

    def fit(self, frequencies: np.ndarray) -> float:
        """Return D."""
        once, twice = frequencies[1:3].tolist()
        return once / (once + 2 * twice) if once and twice else 0.5

    def shares(self, group: Group, fitted: Any, vocabulary: int) -> Shares:
        """Take D of every count."""
        taken = np.minimum(group.counts, fitted)
        return Shares((group.counts - taken) / group.spread(group.totals), group.sums(taken) / group.totals)
