"""Perplexity."""

import numpy as np

from elman.metrics.base import Likelihood, Metric, ratio


class Perplexity(Metric):
    """How many equally likely tokens the model is in doubt between, on average.

        perplexity = Π_t (1 / p_t)^(1/T) = exp(-1/T Σ_t log p_t)

    A uniform model has perplexity |V|.
    """

    lower_is_better = True
    observation = Likelihood

    def statistics(self, observation: Likelihood) -> np.ndarray:
        """Return (Σ -log p, T)."""
        return np.array([observation.nats, observation.tokens])

    def value(self, statistics: np.ndarray) -> float:
        """Return exp of the mean; infinite where that is too large for a float."""
        with np.errstate(over="ignore"):
            return float(np.exp(ratio(statistics[0], statistics[1], "tokens")))
