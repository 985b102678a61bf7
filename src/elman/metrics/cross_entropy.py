"""Cross-entropy."""

import numpy as np

from elman.metrics.base import Likelihood, Metric, ratio


class CrossEntropy(Metric):
    """Nats a token: the training loss as a score.

    J = -1/T Σ_t log p_t
    """

    lower_is_better = True
    observation = Likelihood

    def statistics(self, observation: Likelihood) -> np.ndarray:
        """Return (Σ -log p, T)."""
        return np.array([observation.nats, observation.tokens])

    def value(self, statistics: np.ndarray) -> float:
        """Return the mean."""
        return ratio(statistics[0], statistics[1], "tokens")
