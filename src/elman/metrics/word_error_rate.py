"""The word error rate of pronunciations: how many are wrong somewhere."""

import numpy as np

from elman.metrics.base import Metric, Written, ratio


class WordErrorRateMetric(Metric):
    """The share of texts that are none of those that would be right. Of pronunciations it is called WER.

        WER = 1 - right / words        a word being one text, right if it has any of its pronunciations

    Changes a word of running text are what `error_rate` counts.

    Source: Bisani & Ney (2008), Joint-sequence models for grapheme-to-phoneme conversion, Speech Communication 50.
    """

    lower_is_better = True
    observation = Written
    unit = "of texts"

    def statistics(self, observation: Written) -> np.ndarray:
        """Return how many are right, of how many."""
        pairs = zip(observation.hypotheses, observation.references, strict=True)
        return np.array([sum(text in right for text, right in pairs), len(observation.hypotheses)], np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return the share of those that are wrong."""
        return ratio(statistics[1] - statistics[0], statistics[1], "texts")
