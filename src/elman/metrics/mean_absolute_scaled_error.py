"""Mean absolute scaled error."""

import numpy as np

from elman.metrics.base import Metric, Scaled, ratio


class MeanAbsoluteScaledError(Metric):
    """How far forecasts y are from the truth x, by how far anybody's are that repeats the value of m steps before.

        MASE = 1/n Σ |x - y| / s,    s = 1/(T - m) Σ_{t=m+1..T} |z_t - z_{t-m}|    of the training part z

    Below 1 is better than that is one season ahead; m is 1 where there is no season.

    Source: Hyndman & Koehler (2006), Another look at measures of forecast accuracy, International Journal of
    Forecasting 22.
    """

    lower_is_better = True
    observation = Scaled

    def statistics(self, observation: Scaled) -> np.ndarray:
        """Return (Σ |x - y| / s, n)."""
        gold, predicted, scales = (np.asarray(one, np.float64) for one in observation)
        return np.array([(np.abs(gold - predicted) / scales).sum(), gold.size])

    def value(self, statistics: np.ndarray) -> float:
        """Return the mean."""
        return ratio(statistics[0], statistics[1], "forecasts")
