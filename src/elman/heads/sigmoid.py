"""Independent yes or no for each class: several may hold at once."""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from elman.data.records import Padded
from elman.heads.base import NOTHING, LinearHead, LossSum, check_numbers, counted
from elman.moment import Moment


class SigmoidHead(LinearHead):
    """One linear layer and a sigmoid a class.

        logits = W h + b
        p(k) = σ(logits_k)
        loss = -Σ_n w_n Σ_k log p(target_nk),    p(0) = 1 - p(1)

    Args:
        hidden_size: H.
        target: the K classes.
        config: has no options.
    """

    def loss(
        self,
        hidden: Padded,
        target: Padded,
        moment: Moment | None = None,
        weights: Padded | None = None,
        given: Mapping[str, Any] = NOTHING,
    ) -> LossSum:
        """Return the binary cross-entropy summed over classes and real places, and the number of these places.

        A target is 1 where a class holds, 0 where it does not: floats or booleans (B, T, K).
        """
        rows, wanted, factors = counted(hidden, target, weights)
        logits = self.logits(rows)
        nats = functional.binary_cross_entropy_with_logits(logits, wanted.to(logits.dtype), reduction="none").sum(-1)
        nats = nats if factors is None else nats * factors
        return LossSum(nats.sum(dtype=torch.float64).to(logits.dtype), len(rows))

    @torch.no_grad()
    def nll(self, hidden: Padded, target: Padded) -> Float[Tensor, "B T"]:
        """Return -log p of the targets at each place in nats, summed over classes."""
        logits = self.logits(hidden.values)
        wanted = target.values.to(logits.dtype)
        return functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none").sum(-1)

    def log_probs(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Float[Tensor, "B T K"]:
        """Return log p of each class in nats."""
        return functional.logsigmoid(self.logits(hidden.values))

    def best(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Padded:
        """Return the classes with p > 1/2, booleans (B, T, K)."""
        logits = Padded(self.logits(hidden.values), hidden.lengths)
        check_numbers(logits)
        return Padded(logits.values > 0, hidden.lengths)

    def draw(self, hidden: Tensor, uniforms: Tensor, temperature: float = 1.0) -> Tensor:
        """Return what is on, 0 or 1, each class drawn for itself, (B, K).

            x_k = 1 where u_k < σ(logits_k / τ);    of τ = 0 where p(k) > 1/2

        Args:
            hidden: h, (B, H).
            uniforms: u, numbers in [0, 1), (B, K).
            temperature: τ, 1 for the model as it is.
        """
        logits = self.logits(hidden)
        check_numbers(Padded(logits))
        drawn = logits > 0 if temperature == 0 else uniforms < torch.sigmoid(logits / temperature)
        return drawn.to(hidden.dtype)
