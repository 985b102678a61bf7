"""The rate of trees that are none."""

from collections.abc import Sequence

import numpy as np

from elman.metrics.base import TokensMetric, ratio
from elman.text.brackets import parsed


class MalformedRateMetric(TokensMetric):
    """The share of trees whose brackets do not match, or that have another number of words than they should."""

    lower_is_better = True
    unit = "of texts"
    signature = "brackets:matched|words:as many"

    def counts(self, written: Sequence[str], references: Sequence[Sequence[str]]) -> Sequence[float]:
        """Return whether it is one of these, and one text."""
        tree = parsed(" ".join(written))
        right = tree.whole and len(tree.leaves) in {len(parsed(" ".join(one)).leaves) for one in references}
        return [not right, 1]

    def value(self, statistics: np.ndarray) -> float:
        """Return the share."""
        return ratio(statistics[0], statistics[1], "texts")
