"""Maximum likelihood: relative frequencies, and nothing for what was never seen."""

from typing import Any

import numpy as np

from elman.ngram.smoothing.base import Group, Shares, Smoothing


class MaximumLikelihood(Smoothing):
    """p(w | context) = c(context, w) / c(context), which is 0 for a word that never followed.

    A context that never occurred is shortened until it did.

    Source: Jurafsky & Martin, Speech and Language Processing, chapter 3.
    """

    def shares(self, group: Group, fitted: Any, vocabulary: int) -> Shares:
        """Leave nothing."""
        return Shares(group.counts / group.spread(group.totals), np.zeros(len(group.totals)))
