"""The softmax over a vocabulary."""

from collections.abc import Mapping
from typing import Any

from pydantic import Field

from elman.data.records import Padded
from elman.heads.base import NOTHING, LinearTokenHead, LossSum
from elman.moment import Moment


class SoftmaxHead(LinearTokenHead):
    """One linear layer and a softmax.

        logits = W h + b
        log p(k) = logits_k - log Σ_j exp(logits_j)
        loss = -Σ_n w_n Σ_k q_nk log p(k),    q_nk = (1 - ε) [k = target_n] + ε / V

    Loss and gradients are computed over a few rows at a time, so the logits of a whole batch never exist. ε acts in
    the loss, not in `nll`: it keeps small data from being learned by heart (Szegedy et al., 2016, arXiv:1512.00567).

    Args:
        hidden_size: H.
        target: what is answered, V classes.
        config: `label_smoothing` ε.
    """

    class Config(LinearTokenHead.Config):
        """Options of the softmax."""

        label_smoothing: float = Field(
            0.0, ge=0, lt=1, description="ε, the share of each target that is spread over all classes (Szegedy)."
        )

    def loss(
        self,
        hidden: Padded,
        target: Padded,
        moment: Moment | None = None,
        weights: Padded | None = None,
        given: Mapping[str, Any] = NOTHING,
    ) -> LossSum:
        """Return the summed cross-entropy of the targets that count, and how many they are."""
        return self.normalised(hidden, target, weights, self.config.label_smoothing)

    def unsmoothed(self, hidden: Padded, target: Padded, moment: Moment | None, weights: Padded | None) -> LossSum:
        """Return the loss at ε = 0."""
        self.beside(NOTHING)
        return self.normalised(hidden, target, weights)
