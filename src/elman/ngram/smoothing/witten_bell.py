"""Witten-Bell: the more different words followed a context, the more it leaves to others."""

from typing import Any

from elman.ngram.smoothing.base import Group, Shares, Smoothing


class WittenBell(Smoothing):
    """p(w | context) = (c(context, w) + N p_below(w)) / (c(context) + N), N how many different words followed.

    Source: Witten & Bell (1991), IEEE Transactions on Information Theory 37(4), method C; interpolated as in Chen &
    Goodman (1998), An empirical study of smoothing techniques for language modeling, section 2.6.
    """

    def shares(self, group: Group, fitted: Any, vocabulary: int) -> Shares:
        """Leave N of c + N."""
        different = group.sums(group.counts > 0)
        totals = group.totals + different
        return Shares(group.counts / group.spread(totals), different / totals)
