"""Precision of spans."""

import numpy as np

from elman.metrics.base import SpanMetric, ratio


class SpanPrecision(SpanMetric):
    """How many of the predicted spans are right, in place and in kind.

        precision = correct / predicted

    Where nothing is predicted it is 0.

    Source: conlleval (CoNLL-2000).
    """

    def value(self, statistics: np.ndarray) -> float:
        """Return the quotient."""
        correct, predicted, gold = statistics
        return ratio(correct, predicted or gold, "spans")
