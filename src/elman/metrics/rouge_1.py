"""ROUGE-1."""

from elman.metrics.base import Overlap, RougeMetric
from elman.text.overlaps import common_ngrams, plain_words


class Rouge1Metric(RougeMetric):
    """How many words a text shares with its reference.

        F1 = 2 common 1-grams / (1-grams written + 1-grams of the reference)

    Source: Lin (2004), ROUGE: a package for automatic evaluation of summaries, ACL workshop.
    """

    def overlap(self, written: str, reference: str) -> Overlap:
        """Return the 1-grams that both have."""
        left, right = plain_words(written), plain_words(reference)
        return Overlap(common_ngrams(left, right, 1), len(left), len(right))
