"""The softmax over a vocabulary."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from jaxtyping import Float, Int
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from elman.data.records import Padded
from elman.heads.base import NOTHING, LinearHead, LossSum, TokenHead, counted, likeliest, padded_again, time_major
from elman.layers.cross_entropy import cross_entropies, summed_cross_entropy
from elman.layers.ranking import Ranking, ranked
from elman.moment import Moment


class SoftmaxHead(TokenHead, LinearHead):
    """One linear layer and a softmax.

        logits = W h + b
        log p(k) = logits_k - log Σ_j exp(logits_j)
        loss = -Σ_n w_n Σ_k q_nk log p(k),    q_nk = (1 - ε) [k = target_n] + ε / V

    Loss and gradients are computed over a few rows at a time, so the logits of a whole batch never exist. Tied, W is
    the table of the embedding (Press & Wolf, 2017, arXiv:1608.05859; Inan et al., 2017, arXiv:1611.01462). ε acts in
    the loss, not in `nll`: it keeps small data from being learned by heart (Szegedy et al., 2016, arXiv:1512.00567).

    Args:
        hidden_size: H.
        target: what is answered, V classes.
        config: `label_smoothing` ε.
    """

    class Config(TokenHead.Config):
        """Options of the softmax."""

        label_smoothing: float = Field(
            0.0, ge=0, lt=1, description="ε, the share of each target that is spread over all classes (Szegedy)."
        )

    _tied = False

    def tie(self, table: nn.Parameter) -> None:
        """Make the table W."""
        self.weight = table
        self._tied = True

    def drawn(self) -> dict[str, nn.Parameter]:
        """Return W and b; a tied W belongs to the embedding."""
        return {name: one for name, one in super().drawn().items() if not (self._tied and name == "weight")}

    def loss(
        self,
        hidden: Padded,
        target: Padded,
        moment: Moment | None = None,
        weights: Padded | None = None,
        given: Mapping[str, Any] = NOTHING,
    ) -> LossSum:
        """Return the summed cross-entropy of the targets that count, and how many they are."""
        return self._summed(hidden, target, weights, self.config.label_smoothing)

    def unsmoothed(self, hidden: Padded, target: Padded, moment: Moment | None, weights: Padded | None) -> LossSum:
        """Return the loss at ε = 0."""
        self.beside(NOTHING)
        return self._summed(hidden, target, weights, 0.0)

    def _summed(self, hidden: Padded, target: Padded, weights: Padded | None, smoothing: float) -> LossSum:
        rows, wanted, factors = counted(hidden, target, weights)
        nats = summed_cross_entropy(rows, self.weight, self.bias, wanted, smoothing, factors)
        return LossSum(nats, len(wanted))

    @torch.no_grad()
    def nll(
        self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"], given: Mapping[str, Any] = NOTHING
    ) -> Float[Tensor, "B T"]:
        """Return -log p(target) of each place in nats."""
        rows = time_major(hidden)
        return padded_again(cross_entropies(rows, self.weight, self.bias, target.t().flatten()), target)

    @property
    def linear(self) -> tuple[Tensor, Tensor] | None:
        """W and b."""
        return self.weight, self.bias

    def leading(self, rows: Float[Tensor, "B H"], k: int, end: int | None, given: Mapping[str, Any]) -> Ranking | None:
        """Return the k likeliest classes of each row but the end, and how likely that is; None if no code does."""
        return ranked(rows, self.weight, self.bias, k, end)

    def next(self, rows: Float[Tensor, "... H"], given: Mapping[str, Any] = NOTHING) -> Float[Tensor, "... V"]:
        """Return log p of every class in nats."""
        return functional.log_softmax(self.logits(rows), dim=-1)

    def best(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Padded:
        """Return the class with the largest logit."""
        return likeliest(Padded(self.logits(hidden.values), hidden.lengths))

    def answers(self, hidden: Padded) -> tuple[Padded, Callable[[], Tensor]]:
        """Return the class with the largest logit, and what makes log p (nats) of every class of the same logits."""
        self.beside(NOTHING)  # whoever reads more does not answer by logits alone
        logits = self.logits(hidden.values)
        return likeliest(Padded(logits, hidden.lengths)), lambda: functional.log_softmax(logits, dim=-1)
