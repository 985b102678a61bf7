"""The softmax over a vocabulary."""

import math

import torch
from jaxtyping import Bool, Float, Int
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional

from elman.heads.base import LossSum, TokenHead, draw_uniform, padded_again, real_rows
from elman.layers.cross_entropy import cross_entropies, summed_cross_entropy


class SoftmaxHead(TokenHead):
    """One linear layer and a softmax.

        logits = W h + b
        log p(k) = logits_k - log Σ_j exp(logits_j)
        loss = -Σ_n w_n Σ_k q_nk log p(k),    q_nk = (1 - ε) [k = target_n] + ε / V

    Loss and gradients are computed over a few rows at a time, so the logits of a whole batch never exist. Tied, W is
    the table of the embedding (Press & Wolf, 2017, arXiv:1608.05859; Inan et al., 2017, arXiv:1611.01462). ε acts in
    the loss, not in `nll`: it keeps small data from being learned by heart (Szegedy et al., 2016, arXiv:1512.00567).

    Args:
        hidden_size: H.
        num_classes: V.
        config: `label_smoothing` ε.
    """

    class Config(TokenHead.Config):
        """Options of the softmax."""

        label_smoothing: float = Field(
            0.0, ge=0, lt=1, description="ε, the share of each target that is spread over all classes (Szegedy)."
        )

    def __init__(self, hidden_size: int, num_classes: int, config: Config | None = None) -> None:
        super().__init__(hidden_size, num_classes, config)
        self.weight = nn.Parameter(torch.empty(num_classes, hidden_size))
        self.bias = nn.Parameter(torch.empty(num_classes))
        self._tied = False
        self.reset_parameters(torch.Generator().manual_seed(0))

    def tie(self, table: nn.Parameter) -> None:
        """Make the table W."""
        self.weight = table
        self._tied = True

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw W from U(-bound, bound), 1/sqrt(H) if left out; biases are 0. A tied W belongs to the embedding."""
        own = {name: parameter for name, parameter in self.named_parameters() if not (self._tied and name == "weight")}
        draw_uniform(own, generator, 1 / math.sqrt(self.hidden_size) if bound is None else bound)

    def loss(
        self,
        hidden: Float[Tensor, "B T H"],
        target: Int[Tensor, "B T"],
        mask: Bool[Tensor, "B T"] | None = None,
        weights: Float[Tensor, "B T"] | None = None,
    ) -> LossSum:
        """Return the summed cross-entropy of the real targets, and how many they are.

        Args:
            hidden: h.
            target: the class of each place.
            mask: which places are real; all if left out.
            weights: w, what the loss of each target is multiplied by; 1 if left out. They do not change the number, and
                with them all logits are held at once.
        """
        rows, wanted = real_rows(hidden, target, mask)
        if weights is not None:
            smoothing = self.config.label_smoothing
            nats = functional.cross_entropy(self._logits(rows), wanted, reduction="none", label_smoothing=smoothing)
            nats = (nats * real_rows(hidden, weights, mask)[1]).sum(dtype=torch.float64)
            return LossSum(nats.to(hidden.dtype), len(wanted))
        nats = summed_cross_entropy(rows, self.weight, self.bias, wanted, self.config.label_smoothing)
        return LossSum(nats, len(wanted))

    @torch.no_grad()
    def nll(self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"]) -> Float[Tensor, "B T"]:
        """Return -log p(target) of each place in nats."""
        rows, wanted = real_rows(hidden, target, None)
        return padded_again(cross_entropies(rows, self.weight, self.bias, wanted), target)

    def log_probs(
        self, hidden: Float[Tensor, "... H"], mask: Bool[Tensor, "..."] | None = None
    ) -> Float[Tensor, "... V"]:
        """Return log p of every class in nats. The mask changes nothing."""
        return functional.log_softmax(self._logits(hidden), dim=-1)

    def best(self, hidden: Float[Tensor, "... H"], mask: Bool[Tensor, "..."] | None = None) -> Int[Tensor, "..."]:
        """Return the class with the largest logit. The mask changes nothing."""
        return self._logits(hidden).argmax(-1)

    def _logits(self, hidden: Tensor) -> Tensor:
        return functional.linear(hidden, self.weight, self.bias)
