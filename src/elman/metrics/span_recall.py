"""Recall of spans."""

import numpy as np

from elman.metrics.base import Metric, SpanCounts, ratio


class SpanRecall(Metric):
    """How many of the true spans are found, in place and in kind.

        recall = correct / gold

    Where there are none, but some are predicted, it is 0.

    Source: conlleval (CoNLL-2000).
    """

    lower_is_better = False
    observation = SpanCounts

    def statistics(self, observation: SpanCounts) -> np.ndarray:
        """Return (correct, predicted, gold)."""
        return np.array(observation, dtype=np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return the quotient."""
        correct, predicted, gold = statistics
        return ratio(correct, gold or predicted, "spans")
