"""F1, averaged over classes by how often each is true."""

import numpy as np

from elman.metrics.base import Decisions, Metric, ratio


class WeightedF1(Metric):
    """How well each class is found, every class counting as often as it is true.

        F1_k = 2 TP_k / (2 TP_k + FP_k + FN_k)
        weighted F1 = Σ_k n_k F1_k / Σ_k n_k    n_k = TP_k + FN_k

    A class that is never true counts nothing by itself; giving it costs the class that was true.

    Source: as in scikit-learn (average="weighted").
    """

    lower_is_better = False
    observation = Decisions

    def statistics(self, observation: Decisions) -> np.ndarray:
        """Return the true positives, false positives and false negatives of each class, one after the other: (3 K,)."""
        return np.concatenate(observation).astype(np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return the mean over what is true."""
        hits, wrong, missed = statistics.reshape(3, -1)
        true = hits + missed
        scores = 2 * hits / np.maximum(2 * hits + wrong + missed, 1)
        return ratio(true @ scores, true.sum(), "classes")
