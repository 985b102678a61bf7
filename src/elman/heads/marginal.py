"""The softmax at one place of a source, summed over the places that may have been looked at."""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from elman.data.records import Padded
from elman.heads.base import NOTHING, LossSum, counted, likeliest
from elman.heads.softmax import SoftmaxHead
from elman.layers.marginal import Places, Predicted, predicted
from elman.moment import Moment


class MarginalHead(SoftmaxHead):
    """A softmax at each place, and the probability of each place.

        log p(t_i | t_1 .. t_{i-1}) = log Σ_j p(j at i | t_1 .. t_{i-1}) softmax(W y_ij + b)_{t_i}

    All logits exist at once, V for each step and place.

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
        nats = self._nats(target.values, given, self.config.label_smoothing)
        rows, wanted, factors = counted(Padded(nats[..., None]), target, weights)
        return LossSum((rows[:, 0] if factors is None else rows[:, 0] * factors).sum(), len(wanted))

    @torch.no_grad()
    def nll(
        self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"], given: Mapping[str, Any] = NOTHING
    ) -> Float[Tensor, "B T"]:
        """Return -log p(target) of each place of a target in nats."""
        return self._nats(target, given, 0.0)

    @property
    def linear(self) -> None:
        """Nothing: more than one product makes what it predicts."""
        return

    def leading(self, rows: Float[Tensor, "B H"], k: int, end: int | None, given: Mapping[str, Any]) -> None:
        """Return nothing: what it predicts is a sum over places."""
        return

    def next(self, rows: Float[Tensor, "... H"], given: Mapping[str, Any] = NOTHING) -> Float[Tensor, "... V"]:
        """Return log p of every class in nats at each step of targets."""
        return self.predicted(self.beside(given)["places"]).log_probs

    def best(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Padded:
        """Return the likeliest token of each step."""
        return likeliest(Padded(self.next(hidden.values, given), hidden.lengths))

    def predicted(self, places: Places) -> Predicted:
        """Return which places are likely at each step, and what each would say."""
        return predicted(places, super().next(places.joined))

    def _nats(self, target: Int[Tensor, "B U"], given: Mapping[str, Any], smoothing: float) -> Float[Tensor, "B U"]:
        prior, every = found = self.predicted(self.beside(given)["places"])
        nats = -torch.logsumexp(prior + found.of(target), -1)
        if not smoothing:
            return nats
        return (1 - smoothing) * nats - smoothing * torch.logsumexp(prior[..., None] + every, -2).mean(-1)
