"""F1 of spans."""

import numpy as np

from elman.metrics.base import SpanMetric, ratio


class SpanF1(SpanMetric):
    """The harmonic mean of the precision P and the recall R of spans: the score of CoNLL.

        F1 = 2 P R / (P + R) = 2 correct / (predicted + gold)

    Where nothing is correct it is 0.

    Source: conlleval (CoNLL-2000).
    """

    def value(self, statistics: np.ndarray) -> float:
        """Return the harmonic mean."""
        correct, predicted, gold = statistics
        return ratio(2 * correct, predicted + gold, "spans")
