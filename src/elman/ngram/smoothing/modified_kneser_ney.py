"""Modified Kneser-Ney: three discounts, for counts of one, two, and more."""

from typing import Any

import numpy as np

from elman.ngram.smoothing.base import Group, Shares, Smoothing

_USUAL = np.array([0.0, 0.5, 1.0, 1.5])


class ModifiedKneserNey(Smoothing):
    """Kneser-Ney whose discount grows with the count.

        p(w | context) = (c - D(c)) / Σ c + (D_1 N_1 + D_2 N_2 + D_3 N_3+) / Σ c p_below(w)
        Y = n_1 / (n_1 + 2 n_2);    D_r = r - (r + 1) Y n_{r+1} / n_r,    r = 1, 2, 3 and more

    c is how often the n-gram occurs at the highest order, and below it, and for all but those that start a line, how
    many different words stand before it. N_r is how many words followed r times. Where the n_r do not give discounts
    between 0 and r (small or regular data), they are 0.5, 1 and 1.5.

    Source: Chen & Goodman (1998), An empirical study of smoothing techniques for language modeling, section 3.
    """

    continuation = True

    def fit(self, frequencies: np.ndarray) -> np.ndarray:
        """Return D_0 = 0, D_1, D_2, D_3."""
        once, twice, thrice, four = frequencies[1:5].tolist()
        if min(once, twice, thrice, four) > 0:
            y = once / (once + 2 * twice)
            found = [
                r - (r + 1) * y * next_ / this
                for r, this, next_ in ((1, once, twice), (2, twice, thrice), (3, thrice, four))
            ]
            if all(0 <= discount <= r for r, discount in enumerate(found, start=1)):
                return np.array([0.0, *found])
        return _USUAL

    def remark(self, fitted: np.ndarray) -> str:
        """Say so where an order has no discounts of its own."""
        return "too few n-grams for discounts of their own: they are 0.5, 1 and 1.5" if fitted is _USUAL else ""

    def shares(self, group: Group, fitted: Any, vocabulary: int) -> Shares:
        """Take D(c) of every count."""
        taken = fitted[np.minimum(group.counts, 3).astype(np.int64)]
        return Shares((group.counts - taken) / group.spread(group.totals), group.sums(taken) / group.totals)
