"""How many kinds of questions are answered too badly."""

import numpy as np

from elman.metrics.base import Failures, Metric, ratio

_MOST = 0.05


class FailedTasks(Metric):
    """Kinds of questions of which more than 5 % of the answers are wrong.

        Σ_k [wrong_k / asked_k > 0.05]

    Source: Weston et al. (2016), Towards AI-complete question answering, arXiv:1502.05698.
    """

    lower_is_better = True
    observation = Failures

    def statistics(self, observation: Failures) -> np.ndarray:
        """Return what was wrong and asked of each kind, one after the other: (2 K,)."""
        return np.concatenate(observation).astype(np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return their number."""
        wrong, asked = statistics.reshape(2, -1)
        failed = float((wrong > _MOST * asked).sum())
        return failed * ratio(asked.sum(), asked.sum(), "questions")
