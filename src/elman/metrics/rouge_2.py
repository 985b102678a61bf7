"""ROUGE-2."""

from elman.metrics.base import Overlap, RougeMetric
from elman.text.overlaps import common_ngrams, plain_words


class Rouge2Metric(RougeMetric):
    """How many pairs of neighbouring words a text shares with its reference.

        F1 = 2 common 2-grams / (2-grams written + 2-grams of the reference)

    Source: Lin (2004), ROUGE: a package for automatic evaluation of summaries, ACL workshop.
    """

    def overlap(self, written: str, reference: str) -> Overlap:
        """Return the 2-grams that both have."""
        left, right = plain_words(written), plain_words(reference)
        return Overlap(common_ngrams(left, right, 2), max(0, len(left) - 1), max(0, len(right) - 1))
