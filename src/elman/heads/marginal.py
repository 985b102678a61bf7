"""The softmax at one place of a source, summed over the places that may have been looked at."""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from elman.data.records import Padded
from elman.heads.base import NOTHING, LossSum, counted
from elman.heads.softmax import SoftmaxHead
from elman.layers.marginal import chosen
from elman.moment import Moment


class MarginalHead(SoftmaxHead):
    """A softmax at each place, and the probability of each place.

        log p(t_i | t_1 .. t_{i-1}) = log Σ_j p(j at i | t_1 .. t_{i-1}) softmax(W y_ij + b)_{t_i}

    All logits exist at once, V for each step and place. Without places it is the softmax.

    Args:
        hidden_size: H.
        target: V classes.
        config: `label_smoothing` ε, of the sum.

    Source: Shankar et al. (2018), Surprisingly easy hard-attention for sequence to sequence learning, EMNLP.
    """

    reads = ("places",)

    def loss(
        self,
        hidden: Padded,
        target: Padded,
        moment: Moment | None = None,
        weights: Padded | None = None,
        given: Mapping[str, Any] = NOTHING,
    ) -> LossSum:
        """Return -log p of the targets that count, summed, and how many they are."""
        if "places" not in given:
            return super().loss(hidden, target, moment, weights)
        nats = self._nats(target.values, given["places"], self.config.label_smoothing)
        rows, wanted, factors = counted(Padded(nats[..., None]), target, weights)
        return LossSum((rows[:, 0] if factors is None else rows[:, 0] * factors).sum(), len(wanted))

    @torch.no_grad()
    def nll(
        self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"], given: Mapping[str, Any] = NOTHING
    ) -> Float[Tensor, "B T"]:
        """Return -log p(target) of each place of a target in nats."""
        if "places" not in given:
            return super().nll(hidden, target)
        return self._nats(target, given["places"], 0.0)

    @property
    def linear(self) -> None:
        """Nothing: more than one product makes what it predicts."""
        return

    def _nats(self, target: Int[Tensor, "B U"], places: Any, smoothing: float) -> Float[Tensor, "B U"]:
        every = self.next(places.joined)
        spoken = every.gather(-1, target[:, :, None, None].expand(*every.shape[:3], 1))[..., 0]
        prior = chosen(places, spoken)
        nats = -torch.logsumexp(prior + spoken, -1)
        if not smoothing:
            return nats
        return (1 - smoothing) * nats - smoothing * torch.logsumexp(prior[..., None] + every, -2).mean(-1)
