"""The word error rate of pronunciations: how many are wrong somewhere."""

import numpy as np

from elman.metrics.base import Metric, Variants, ratio


class WordErrorRateMetric(Metric):
    """The share of words with none of their variants. Of pronunciations it is called WER.

        WER = 1 - right / words        a word being one text, right if it has any of its pronunciations

    It is for data of which some words have several: where each has one, it would be 1 - `exact_match` by another name.
    Changes a word of running text are what `error_rate` counts.

    Source: Bisani & Ney (2008), Joint-sequence models for grapheme-to-phoneme conversion, Speech Communication 50.
    """

    lower_is_better = True
    observation = Variants
    unit = "of texts"
    signature = "whole:exact|references:any"

    def statistics(self, observation: Variants) -> np.ndarray:
        """Return how many are right, of how many."""
        pairs = zip(observation.hypotheses, observation.references, strict=True)
        return np.array([sum(text in right for text, right in pairs), len(observation.hypotheses)], np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return the share of those that are wrong."""
        return ratio(statistics[1] - statistics[0], statistics[1], "texts")
