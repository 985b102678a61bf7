"""The rate of errors of sequences: of words, phones, characters."""

import numpy as np

from elman.metrics.base import Edits, Metric, ratio


class ErrorRateMetric(Metric):
    """Changes that are needed, for each token that should be there.

        rate = Σ (substitutions + insertions + deletions) / Σ tokens of the reference

    It may be above 1. Of words it is called WER, of phones PER, of characters CER.

    Source: Levenshtein (1966), Binary codes capable of correcting deletions, insertions and reversals.
    """

    lower_is_better = True
    observation = Edits

    def statistics(self, observation: Edits) -> np.ndarray:
        """Return changes and tokens."""
        return np.array(observation, np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return changes for each token."""
        return ratio(statistics[0], statistics[1], "tokens")
