"""Spearman rank correlation."""

import numpy as np

from elman.metrics.base import Metric, Pairs, correlation, moments, ranks


class Spearman(Metric):
    """How well predictions keep the order of the truth: the correlation of the ranks.

        ρ = r(rank x, rank y), equal values taking the mean of their ranks

    A rank is a place among all values, so the statistics are of one observation and do not add: observe everything
    at once.

    Source: Spearman (1904), The proof and measurement of association between two things.
    """

    lower_is_better = False
    observation = Pairs
    adds = False

    def statistics(self, observation: Pairs) -> np.ndarray:
        """Return (n, Σx, Σy, Σx², Σy², Σxy) of the ranks in this observation."""
        return moments(ranks(observation.gold), ranks(observation.predicted))

    def value(self, statistics: np.ndarray) -> float:
        """Return ρ.

        Raises:
            DataError: there are no pairs, or the values of one side are all the same.
        """
        return correlation(statistics, "spearman")
