"""ROUGE-L of summaries, line by line."""

from collections import Counter

from elman.metrics.base import Overlap, RougeMetric
from elman.text.overlaps import common_subsequence, plain_words


class RougeLsumMetric(RougeMetric):
    """How many words of each line of a reference stand in the same order in some line of what was written.

        F1 = 2 Σ_i |∪_j LCS(reference line i, line j)| / (words written + words of the reference)

    No word counts more often than both texts have it.

    Source: Lin (2004), ROUGE: a package for automatic evaluation of summaries, ACL workshop, section 3.2.
    """

    def overlap(self, written: str, reference: str) -> Overlap:
        """Return the words of the lines of the reference that lines of the text have."""
        lines, true = ([plain_words(line) for line in text.split("\n")] for text in (written, reference))
        left = Counter(word for line in lines for word in line)
        there, common = sum(map(len, true)), 0
        unused = Counter(word for line in true for word in line)
        total = left.total()
        for line in true:
            for place in sorted({place for one in lines for place in common_subsequence(line, one)}):
                word = line[place]
                if left[word] > 0 and unused[word] > 0:
                    common += 1
                    left[word] -= 1
                    unused[word] -= 1
        return Overlap(common, total, there)
