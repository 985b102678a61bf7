"""The ratio of lengths: of what was written to what it should have been."""

from collections.abc import Sequence

import numpy as np

from elman.metrics.base import TokensMetric, ratio


class LengthRatioMetric(TokensMetric):
    """How long what was written is, of what it should be; 1 is as long.

        ratio = Σ tokens written / Σ tokens of the reference, of several that of the nearest length, then the shorter

    Source: the brevity penalty of Papineni et al. (2002), ACL, looks at the same ratio.
    """

    lower_is_better = False
    selects = False
    unit = "tokens written a token of the file"

    def counts(self, written: Sequence[str], references: Sequence[Sequence[str]]) -> Sequence[float]:
        """Return both lengths."""
        lengths = [len(one) for one in references]
        return [len(written), min(lengths, key=lambda length: (abs(length - len(written)), length))]

    def value(self, statistics: np.ndarray) -> float:
        """Return the ratio of their sums."""
        return ratio(statistics[0], statistics[1], "tokens")
