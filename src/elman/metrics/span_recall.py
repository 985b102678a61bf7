"""Recall of spans."""

import numpy as np

from elman.metrics.base import SpanMetric, ratio


class SpanRecall(SpanMetric):
    """How many of the true spans are found, in place and in kind.

        recall = correct / gold

    Where there are none, but some are predicted, it is 0.

    Source: conlleval (CoNLL-2000).
    """

    def value(self, statistics: np.ndarray) -> float:
        """Return the quotient."""
        correct, predicted, gold = statistics
        return ratio(correct, gold or predicted, "spans")
