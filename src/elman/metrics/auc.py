"""Area under the ROC curve."""

import numpy as np

from elman.metrics.base import BinaryScores, Metric, ranks, ratio


class Auc(Metric):
    """How often a thing of the second of two classes has the larger score than one of the first; 0.5 is chance.

        AUC = 1/(n₁ n₀) Σ_{i second} Σ_{j first} ([s_i > s_j] + 1/2 [s_i = s_j])
            = (Σ_{i second} rank(s_i) - n₁ (n₁ + 1) / 2) / (n₁ n₀)

    Which class is called the second makes no difference. Pairs are of all things, so the statistics are of one
    observation and do not add: observe everything at once.

    Source: Hanley & McNeil (1982), The meaning and use of the area under a receiver operating characteristic curve.
    """

    lower_is_better = False
    observation = BinaryScores
    adds = False
    unit = "0 to 1"

    def statistics(self, observation: BinaryScores) -> np.ndarray:
        """Return how many pairs of both classes are in the right order, and how many there are."""
        second = np.asarray(observation.second, bool)
        ones, zeros = int(second.sum()), int((~second).sum())
        right = ranks(np.asarray(observation.scores, np.float64))[second].sum() - ones * (ones + 1) / 2
        return np.array([right, ones * zeros], np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return the share of pairs in the right order; there is none where all things have one class."""
        return ratio(statistics[0], statistics[1], "pairs")
