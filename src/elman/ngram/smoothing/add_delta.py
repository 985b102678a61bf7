"""Add-δ: every word is counted δ times more than it was seen."""

from typing import Any

from pydantic import Field

from elman.ngram.smoothing.base import Group, Shares, Smoothing


class AddDelta(Smoothing):
    """p(w | context) = (c(context, w) + δ) / (c(context) + δ V).

    A context that never occurred is shortened until it did.

    Source: Jurafsky & Martin, Speech and Language Processing, chapter 3 (Laplace for δ = 1, Lidstone).
    """

    class Config(Smoothing.Config):
        """Options of add-δ."""

        delta: float = Field(1.0, gt=0, description="δ, added to every count.")

    below = "uniform"

    def shares(self, group: Group, fitted: Any, vocabulary: int) -> Shares:
        """Leave δ V of c + δ V."""
        added = self.config.delta * vocabulary
        totals = group.totals + added
        return Shares(group.counts / group.spread(totals), added / totals)
