"""Accuracy."""

import numpy as np

from elman.metrics.base import Matches, Metric, ratio


class Accuracy(Metric):
    """How many decisions are right.

    accuracy = correct / total
    """

    lower_is_better = False
    observation = Matches

    def statistics(self, observation: Matches) -> np.ndarray:
        """Return (correct, total)."""
        return np.array(observation, dtype=np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return the quotient."""
        return ratio(statistics[0], statistics[1], "decisions")
