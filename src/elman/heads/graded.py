"""A grade on a scale, as a distribution over its levels."""

from typing import Any

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn
from torch.nn import functional

from elman.heads.base import Head, LossSum, draw_uniform, real_rows


class GradedHead(Head):
    """A softmax over the levels 0 .. K - 1 of a scale, whose mean is the answer.

        p = softmax(W h + b);    answer = Σ_k k p_k;    loss = -Σ_k q_k log p_k
        q = the two levels next to the target y: q_⌊y⌋ = ⌊y⌋ + 1 - y,  q_⌊y⌋+1 = y - ⌊y⌋

    Args:
        hidden_size: H.
        num_classes: K, levels.
        config: has no options.

    Source: Tai et al. (2015), arXiv:1503.00075, section 4.2, whose KL divergence differs by a constant.
    """

    def __init__(self, hidden_size: int, num_classes: int, config: Any = None) -> None:
        super().__init__(hidden_size, num_classes, config)
        self.weight = nn.Parameter(torch.empty(num_classes, hidden_size))
        self.bias = nn.Parameter(torch.empty(num_classes))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw W from U(-bound, bound), 1/sqrt(H) if left out; biases are 0."""
        draw_uniform(dict(self.named_parameters()), generator, self.hidden_size**-0.5 if bound is None else bound)

    def loss(
        self, hidden: Float[Tensor, "B T H"], target: Float[Tensor, "B T"], mask: Bool[Tensor, "B T"] | None = None
    ) -> LossSum:
        """Return the summed cross-entropy with the two levels next to each real target, which is from 0 to K - 1."""
        rows, wanted = real_rows(hidden, target, mask)
        log_probs = self.log_probs(rows)
        lower = wanted.floor().clamp(0, self.num_classes - 2).long()
        share = wanted.to(log_probs.dtype) - lower
        picked = log_probs.gather(-1, torch.stack([lower, lower + 1], -1))
        return LossSum(-((1 - share) * picked[:, 0] + share * picked[:, 1]).sum(), len(wanted))

    def log_probs(
        self, hidden: Float[Tensor, "... H"], mask: Bool[Tensor, "..."] | None = None
    ) -> Float[Tensor, "... K"]:
        """Return log p of every level in nats."""
        return functional.log_softmax(functional.linear(hidden, self.weight, self.bias), dim=-1)

    def best(self, hidden: Float[Tensor, "... H"], mask: Bool[Tensor, "..."] | None = None) -> Float[Tensor, "..."]:
        """Return the mean of the levels."""
        levels = torch.arange(self.num_classes, dtype=hidden.dtype, device=hidden.device)
        return self.log_probs(hidden).exp() @ levels
