"""F1, averaged over classes."""

import numpy as np

from elman.metrics.base import Decisions, Metric, ratio


class MacroF1(Metric):
    """How well each class is found, every class counting the same, however rare it is.

        F1_k = 2 TP_k / (2 TP_k + FP_k + FN_k)
        macro F1 = 1/K Σ_k F1_k

    The mean is over the K classes that occur, in the truth or in the predictions; one that is in neither is left out.

    Source: Yang & Liu (1999), A re-examination of text categorization methods; the classes as in scikit-learn.
    """

    lower_is_better = False
    observation = Decisions

    def statistics(self, observation: Decisions) -> np.ndarray:
        """Return the true positives, false positives and false negatives of each class, one after the other: (3 K,)."""
        return np.concatenate(observation).astype(np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return the mean of the classes that occur."""
        hits, wrong, missed = statistics.reshape(3, -1)
        whole = 2 * hits + wrong + missed
        occurs = whole > 0
        scores = 2 * hits[occurs] / whole[occurs]
        return ratio(scores.sum(), scores.size, "classes")
