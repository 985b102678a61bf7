"""F1 of spans."""

import numpy as np

from elman.metrics.base import Metric, SpanCounts, ratio


class SpanF1(Metric):
    """The harmonic mean of the precision P and the recall R of spans: the score of CoNLL.

        F1 = 2 P R / (P + R) = 2 correct / (predicted + gold)

    Where nothing is correct it is 0.

    Source: conlleval (CoNLL-2000).
    """

    lower_is_better = False
    observation = SpanCounts

    def statistics(self, observation: SpanCounts) -> np.ndarray:
        """Return (correct, predicted, gold)."""
        return np.array(observation, dtype=np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return the harmonic mean."""
        correct, predicted, gold = statistics
        return ratio(2 * correct, predicted + gold, "spans")
