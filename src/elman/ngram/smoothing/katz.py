"""Katz: Good-Turing estimates of small counts, and backing off with what they leave."""

from typing import Any

import numpy as np

from elman.ngram.smoothing.base import Group, Shares, Smoothing

_LARGEST = 5


class Katz(Smoothing):
    """Backing off with Good-Turing discounts.

        p(w | context) = d(c) c / Σ c,    c = c(context, w)
        r* = (r + 1) n_{r+1} / n_r;    A = 6 n_6 / n_1
        d(r) = (r* / r - A) / (1 - A) for r <= 5, and 1 above

    What is left goes to unseen words, as the shorter context has them. Where the n_r give no discounts between 0 and
    1, they are those of absolute discounting, 1 - D / r. A context that would leave nothing is counted once more.

    Source: Katz (1987), IEEE Transactions on Acoustics, Speech, and Signal Processing 35(3), with k = 5.
    """

    interpolated = False

    def fit(self, frequencies: np.ndarray) -> np.ndarray:
        """Return d(r) for r = 0 to 6."""
        n = frequencies.astype(np.float64)
        discounts = np.ones(_LARGEST + 2)
        r = np.arange(1, _LARGEST + 1)
        if (n[1 : _LARGEST + 2] > 0).all():
            common = (_LARGEST + 1) * n[_LARGEST + 1] / n[1]
            found = (
                ((r + 1) * n[2 : _LARGEST + 2] / n[1 : _LARGEST + 1] / r - common) / (1 - common) if common < 1 else r
            )
            if (found > 0).all() and (found < 1).all():
                discounts[1 : _LARGEST + 1] = found
                return discounts
        taken = n[1] / (n[1] + 2 * n[2]) if n[1] and n[2] else 0.5
        discounts[1 : _LARGEST + 1] = 1 - taken / r
        return discounts

    def shares(self, group: Group, fitted: Any, vocabulary: int) -> Shares:
        """Take what Good-Turing takes."""
        kept = group.counts * fitted[np.minimum(group.counts, _LARGEST + 1).astype(np.int64)]
        left = group.totals - group.sums(kept)
        totals = group.totals + (left <= 0)
        return Shares(kept / group.spread(totals), np.maximum(left, left <= 0) / totals)
