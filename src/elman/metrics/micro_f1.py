"""F1 over the decisions of all classes."""

import numpy as np

from elman.metrics.base import Decisions, Metric, ratio


class MicroF1(Metric):
    """How well classes are found, every decision counting the same.

        micro F1 = 2 Σ_k TP_k / Σ_k (2 TP_k + FP_k + FN_k)

    Where each thing has one class and is given one, this is accuracy.

    Source: Yang & Liu (1999), A re-examination of text categorization methods.
    """

    lower_is_better = False
    observation = Decisions

    def statistics(self, observation: Decisions) -> np.ndarray:
        """Return the true positives, false positives and false negatives of each class, one after the other: (3 K,)."""
        return np.concatenate(observation).astype(np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return the F1 of the sums."""
        hits, wrong, missed = statistics.reshape(3, -1).sum(axis=1)
        return ratio(2 * hits, 2 * hits + wrong + missed, "decisions")
