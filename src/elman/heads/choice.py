"""One of some answers that are given."""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from elman.data.outlines import Outline
from elman.data.records import Padded
from elman.heads.base import NOTHING, ClassHead, LossSum, draw_uniform, likeliest
from elman.layers.products import linear
from elman.layers.reading import asked_of
from elman.moment import Moment


class ChoiceHead(ClassHead):
    """A distribution over answers c_k, of which each has a vector, asked with what was made of the question, q.

        P(k) = softmax_k(w · c_k + c_k · W q)

    Args:
        hidden_size: Q, numbers of q.
        target: the answers, K of them.
        config: no options.
        choice_size: C, numbers of c_k; Q if left out.

    Source: Chen et al. (2016), A thorough examination of the CNN/Daily Mail task, arXiv:1606.02858, for c · W q.
    """

    reads = ("choices",)

    def __init__(self, hidden_size: int, target: Outline, config: Any = None, choice_size: int | None = None) -> None:
        super().__init__(hidden_size, target, config)
        size = choice_size or hidden_size
        self.weight = nn.Parameter(torch.empty(size))
        self.asked_weight = nn.Parameter(torch.empty(size, hidden_size))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw w and W from U(-bound, bound), 1/sqrt(Q) if left out."""
        limit = self.hidden_size**-0.5 if bound is None else bound
        draw_uniform(dict(self.named_parameters()), generator, limit)

    def logits(self, hidden: Padded, given: Mapping[str, Any]) -> Float[Tensor, "B K"]:
        """Return w · c_k + c_k · W q.

        Args:
            hidden: q, (B, 1, Q).
            given: `choices`, c, (B, K, C).
        """
        choices = self.beside(given)["choices"]
        return asked_of(choices, self.weight + linear(hidden.values[:, 0], self.asked_weight))

    def loss(
        self,
        hidden: Padded,
        target: Padded,
        moment: Moment | None = None,
        weights: Padded | None = None,
        given: Mapping[str, Any] = NOTHING,
    ) -> LossSum:
        """Return -log P of the right answers, summed over questions, and how many questions there are.

        Args:
            hidden: q, (B, 1, Q).
            target: the place of the right answer, (B, 1).
            moment: of the training step; it changes nothing.
            weights: what each question counts, (B, 1).
            given: `choices`.
        """
        nats = functional.cross_entropy(self.logits(hidden, given), target.values[:, 0], reduction="none")
        if weights is None:
            return LossSum(nats.sum(), len(nats))
        return LossSum((nats * weights.values[:, 0]).sum(), int((weights.values != 0).sum()))

    def log_probs(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Float[Tensor, "B 1 K"]:
        """Return log P of each answer (nats)."""
        return torch.log_softmax(self.logits(hidden, given), -1)[:, None]

    def best(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Padded:
        """Return the place of the likeliest answer, (B, 1)."""
        return likeliest(Padded(self.log_probs(hidden, given)))
