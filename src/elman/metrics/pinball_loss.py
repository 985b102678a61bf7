"""Pinball loss of quantiles."""

import numpy as np

from elman.metrics.base import Metric, Quantiles, pinball, ratio


class PinballLoss(Metric):
    """How well quantiles f of levels q fit the truth y: the mean over numbers and quantiles.

    L = 1/(n Q) Σ_i Σ_q max(q (y_i - f_iq), (q - 1) (y_i - f_iq))

    Source: Koenker & Bassett (1978), Regression quantiles, Econometrica 46.
    """

    lower_is_better = True
    observation = Quantiles

    def statistics(self, observation: Quantiles) -> np.ndarray:
        """Return (Σ of the losses, n Q)."""
        losses = pinball(observation)
        return np.array([losses.sum(), losses.size])

    def value(self, statistics: np.ndarray) -> float:
        """Return the mean."""
        return ratio(statistics[0], statistics[1], "forecasts")
