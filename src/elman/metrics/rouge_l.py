"""ROUGE-L."""

from elman.metrics.base import Overlap, RougeMetric
from elman.text.overlaps import common_length, plain_words


class RougeLMetric(RougeMetric):
    """How many words a text shares with its reference in the same order, whole texts at once.

        F1 = 2 longest common subsequence / (words written + words of the reference)

    Source: Lin (2004), ROUGE: a package for automatic evaluation of summaries, ACL workshop.
    """

    def overlap(self, written: str, reference: str) -> Overlap:
        """Return their longest common subsequence."""
        left, right = plain_words(written), plain_words(reference)
        return Overlap(common_length(left, right), len(left), len(right))
