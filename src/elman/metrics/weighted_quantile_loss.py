"""Weighted quantile loss."""

import numpy as np

from elman.metrics.base import Metric, Quantiles, pinball, ratio


class WeightedQuantileLoss(Metric):
    """The pinball loss as a share of how large the numbers are: the mean over quantiles.

    wQL = 1/Q Σ_q 2 Σ_i max(q (y_i - f_iq), (q - 1) (y_i - f_iq)) / Σ_i |y_i|

    Source: Salinas et al. (2020), arXiv:1704.04110, section 4.2.
    """

    lower_is_better = True
    observation = Quantiles

    def statistics(self, observation: Quantiles) -> np.ndarray:
        """Return (the mean over quantiles of the doubled losses, summed; Σ |y|)."""
        return np.array([2 * pinball(observation).mean(-1).sum(), np.abs(observation.gold).sum()])

    def value(self, statistics: np.ndarray) -> float:
        """Return the share."""
        return ratio(statistics[0], statistics[1], "numbers")
