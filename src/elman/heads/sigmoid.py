"""Independent yes or no for each class: several may hold at once."""

import math
from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from elman.heads.base import Head, LossSum, draw_uniform, real_rows


class SigmoidHead(Head):
    """One linear layer and a sigmoid a class.

        logits = W h + b
        p(k) = σ(logits_k)
        loss = -Σ_n w_n Σ_k log p(target_nk),    p(0) = 1 - p(1)

    Args:
        hidden_size: H.
        num_classes: K.
        config: has no options.
    """

    def __init__(self, hidden_size: int, num_classes: int, config: Any = None) -> None:
        super().__init__(hidden_size, num_classes, config)
        self.weight = nn.Parameter(torch.empty(num_classes, hidden_size))
        self.bias = nn.Parameter(torch.empty(num_classes))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw W from U(-bound, bound), 1/sqrt(H) if left out; biases are 0."""
        bound = 1 / math.sqrt(self.hidden_size) if bound is None else bound
        draw_uniform(dict(self.named_parameters()), generator, bound)

    def loss(
        self,
        hidden: Float[Tensor, "B T H"],
        target: Float[Tensor, "B T K"] | Bool[Tensor, "B T K"],
        mask: Bool[Tensor, "B T"] | None = None,
        weights: Float[Tensor, "B T"] | None = None,
    ) -> LossSum:
        """Return the binary cross-entropy summed over classes and real places, and the number of these places.

        Args:
            hidden: h.
            target: 1 where a class holds, 0 where it does not.
            mask: which places are real; all if left out.
            weights: what the loss of each place is multiplied by. They do not change the number.
        """
        rows, wanted = real_rows(hidden, target, mask)
        logits = self._logits(rows)
        nats = functional.binary_cross_entropy_with_logits(logits, wanted.to(logits.dtype), reduction="none").sum(-1)
        if weights is not None:
            nats = nats * real_rows(hidden, weights, mask)[1]
        return LossSum(nats.sum(dtype=torch.float64).to(hidden.dtype), len(rows))

    def log_probs(
        self, hidden: Float[Tensor, "... H"], mask: Bool[Tensor, "..."] | None = None
    ) -> Float[Tensor, "... K"]:
        """Return log p of each class in nats. The mask changes nothing."""
        return functional.logsigmoid(self._logits(hidden))

    def best(self, hidden: Float[Tensor, "... H"], mask: Bool[Tensor, "..."] | None = None) -> Bool[Tensor, "... K"]:
        """Return the classes with p > 1/2. The mask changes nothing."""
        return self._logits(hidden) > 0

    def _logits(self, hidden: Tensor) -> Tensor:
        return functional.linear(hidden, self.weight, self.bias)
