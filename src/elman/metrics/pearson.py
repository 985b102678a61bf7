"""Pearson correlation."""

import numpy as np

from elman.metrics.base import Metric, Pairs, correlation, moments


class Pearson(Metric):
    """How near predictions y are to a straight line over the truth x.

        r = Σ (x - x̄)(y - ȳ) / √(Σ (x - x̄)² Σ (y - ȳ)²)

    Source: Pearson (1895), Note on regression and inheritance in the case of two parents.
    """

    lower_is_better = False
    observation = Pairs

    def statistics(self, observation: Pairs) -> np.ndarray:
        """Return (n, Σx, Σy, Σx², Σy², Σxy)."""
        return moments(observation.gold, observation.predicted)

    def value(self, statistics: np.ndarray) -> float:
        """Return r.

        Raises:
            DataError: there are no pairs, or the values of one side are all the same.
        """
        return correlation(statistics, "pearson")
