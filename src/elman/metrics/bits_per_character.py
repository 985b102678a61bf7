"""Bits per character."""

import math

import numpy as np

from elman.metrics.base import Likelihood, Metric, ratio


class BitsPerCharacter(Metric):
    """Bits that the model needs for one character of the text, whatever its tokens are.

        bpc = Σ_t -log2 p_t / characters

    The only likelihood that models with different vocabularies can be compared by.
    """

    lower_is_better = True
    observation = Likelihood

    def statistics(self, observation: Likelihood) -> np.ndarray:
        """Return (Σ -log p, characters)."""
        return np.array([observation.nats, observation.characters])

    def value(self, statistics: np.ndarray) -> float:
        """Return the mean in bits."""
        return ratio(statistics[0], statistics[1], "characters") / math.log(2)
