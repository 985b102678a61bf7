"""Coverage of intervals."""

import numpy as np

from elman.metrics.base import Metric, Quantiles, ratio


class Coverage(Metric):
    """How much of the truth lies between the lowest and the highest quantile that were forecast.

    coverage = 1/n Σ [f_i,lowest <= y_i <= f_i,highest]

    It is right where it is the difference of their levels, and not where it is 1.
    """

    lower_is_better = False
    selects = False
    observation = Quantiles

    def statistics(self, observation: Quantiles) -> np.ndarray:
        """Return (how many lie there, n)."""
        gold, forecasts = observation.gold, observation.forecasts
        inside = (forecasts[:, 0] <= gold) & (gold <= forecasts[:, -1])
        return np.array([inside.sum(), len(gold)], np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return the share."""
        return ratio(statistics[0], statistics[1], "forecasts")
