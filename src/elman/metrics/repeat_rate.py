"""The rate of texts that go round in circles."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from elman.metrics.base import TokensMetric, ratio

_LENGTH, _TIMES = 4, 3


class RepeatRateMetric(TokensMetric):
    """The share of texts in which some four tokens stand in a row three times or more: a search that cannot end.

    rate = |{texts: max_g count(g) ≥ 3, g of 4 tokens}| / |texts|
    """

    lower_is_better = True
    unit = "of texts"

    def counts(self, written: Sequence[str], references: Sequence[Sequence[str]]) -> Sequence[float]:
        """Return whether it does, and one text."""
        grams = Counter(zip(*(written[start:] for start in range(_LENGTH)), strict=False))
        return [max(grams.values(), default=0) >= _TIMES, 1]

    def value(self, statistics: np.ndarray) -> float:
        """Return the share."""
        return ratio(statistics[0], statistics[1], "texts")
