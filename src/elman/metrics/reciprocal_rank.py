"""The mean reciprocal rank."""

import numpy as np

from elman.metrics.base import Metric, Ranked, ratio


class ReciprocalRank(Metric):
    """How far above in a list stands what was wanted.

    MRR = 1/n Σ_i 1/rank_i, 0 for what is not in its list
    """

    lower_is_better = False
    observation = Ranked

    def statistics(self, observation: Ranked) -> np.ndarray:
        """Return (Σ 1/rank, n)."""
        places = np.asarray(observation.places, np.float64)
        return np.array([(1 / places[places > 0]).sum(), len(places)])

    def value(self, statistics: np.ndarray) -> float:
        """Return the mean."""
        return ratio(statistics[0], statistics[1], "lists")
