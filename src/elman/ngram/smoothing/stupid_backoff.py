"""Stupid backoff: relative frequencies, and a constant for each word that the context loses."""

from typing import Any

import numpy as np
from pydantic import Field

from elman.ngram.smoothing.base import Group, Shares, Smoothing


class StupidBackoff(Smoothing):
    """S(w | context) = c(context, w) / c(context) if it was seen, else α S(w | shorter context).

    A context that never occurred is shortened until it did, at no cost. These are scores and not probabilities: they do
    not sum to 1, so their perplexity compares with nothing.

    Source: Brants et al. (2007), Large language models in machine translation, EMNLP.
    """

    class Config(Smoothing.Config):
        """Options of stupid backoff."""

        alpha: float = Field(0.4, gt=0, le=1, description="α, the factor of each step down.")

    interpolated = False
    normalized = False

    def shares(self, group: Group, fitted: Any, vocabulary: int) -> Shares:
        """Keep everything, and give α besides."""
        return Shares(group.counts / group.spread(group.totals), np.full(len(group.totals), self.config.alpha))
