"""The share of wrong answers, averaged over kinds of questions."""

import numpy as np

from elman.metrics.base import Failures, Metric, ratio


class MeanError(Metric):
    """How often answers are wrong, every kind of question counting the same, however few there are of it.

        error = 1/K Σ_k wrong_k / asked_k

    The mean is over the K kinds that were asked.

    Source: Weston et al. (2016), Towards AI-complete question answering, arXiv:1502.05698.
    """

    lower_is_better = True
    observation = Failures

    def statistics(self, observation: Failures) -> np.ndarray:
        """Return what was wrong and asked of each kind, one after the other: (2 K,)."""
        return np.concatenate(observation).astype(np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return the mean of the kinds that were asked."""
        wrong, asked = statistics.reshape(2, -1)
        some = asked > 0
        return ratio((wrong[some] / asked[some]).sum(), some.sum(), "questions")
