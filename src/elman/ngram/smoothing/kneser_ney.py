"""Interpolated Kneser-Ney: absolute discounting whose lower orders count in how many contexts a word occurs."""

from elman.ngram.smoothing.absolute_discounting import AbsoluteDiscounting


class KneserNey(AbsoluteDiscounting):
    """Absolute discounting with continuation counts below the highest order.

        p(w | context) = max(c - D, 0) / Σ c + D N / Σ c p_below(w)

    c is how often the n-gram occurs at the highest order, and below it, and for all but those that start a line, how
    many different words stand before it.

    Source: Kneser & Ney (1995), Improved backing-off for m-gram language modeling, ICASSP; interpolated as in Chen &
    Goodman (1998), section 2.7.
    """

    continuation = True
