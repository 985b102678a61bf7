"""Mean absolute error."""

import numpy as np

from elman.metrics.base import Metric, Pairs, ratio


class MeanAbsoluteError(Metric):
    """How far predictions y are from the truth x.

    MAE = 1/n Σ |x - y|
    """

    lower_is_better = True
    observation = Pairs

    def statistics(self, observation: Pairs) -> np.ndarray:
        """Return (Σ |x - y|, n)."""
        errors = np.asarray(observation.gold, dtype=np.float64) - np.asarray(observation.predicted, dtype=np.float64)
        return np.array([np.abs(errors).sum(), errors.size])

    def value(self, statistics: np.ndarray) -> float:
        """Return the mean."""
        return ratio(statistics[0], statistics[1], "pairs")
