"""A grade on a scale, as a distribution over its levels."""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from elman.data.records import Padded
from elman.heads.base import NOTHING, LinearHead, LossSum, check_numbers, counted
from elman.moment import Moment


class GradedHead(LinearHead):
    """A softmax over the levels 0 .. K - 1 of a scale, whose mean is the answer.

        p = softmax(W h + b);    answer = Σ_k k p_k;    loss = -Σ_k q_k log p_k
        q = the two levels next to the target y: q_⌊y⌋ = ⌊y⌋ + 1 - y,  q_⌊y⌋+1 = y - ⌊y⌋

    Args:
        hidden_size: H.
        target: the scale, of K levels.
        config: has no options.

    Source: Tai et al. (2015), arXiv:1503.00075, section 4.2, whose KL divergence differs by a constant.
    """

    def loss(
        self,
        hidden: Padded,
        target: Padded,
        moment: Moment | None = None,
        weights: Padded | None = None,
        given: Mapping[str, Any] = NOTHING,
    ) -> LossSum:
        """Return the summed cross-entropy with the two levels next to each real target, which is from 0 to K - 1."""
        rows, wanted, factors = counted(hidden, target, weights)
        log_probs = self._row_log_probs(rows)
        lower = wanted.floor().clamp(0, self.num_classes - 2).long()
        share = wanted.to(log_probs.dtype) - lower
        picked = log_probs.gather(-1, torch.stack([lower, lower + 1], -1))
        nats = (1 - share) * picked[:, 0] + share * picked[:, 1]
        return LossSum(-(nats if factors is None else nats * factors).sum(), len(wanted))

    def log_probs(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Float[Tensor, "B T K"]:
        """Return log p of every level in nats."""
        return self._row_log_probs(hidden.values)

    def best(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Padded:
        """Return the mean of the levels."""
        levels = torch.arange(self.num_classes, dtype=hidden.values.dtype, device=hidden.values.device)
        means = Padded(self._row_log_probs(hidden.values).exp() @ levels, hidden.lengths)
        check_numbers(means)
        return means

    def _row_log_probs(self, rows: Tensor) -> Tensor:
        return functional.log_softmax(self.logits(rows), dim=-1)
