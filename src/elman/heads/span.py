"""A piece of a passage: its first and its last word."""

from collections.abc import Mapping
from typing import Any, Literal

import torch
from jaxtyping import Float
from pydantic import Field
from torch import Tensor, nn

from elman.data.outlines import Outline
from elman.data.records import Padded
from elman.decoding.spans import best_spans
from elman.heads.base import NOTHING, Head, LossSum, check_numbers, draw_uniform
from elman.layers.products import linear
from elman.layers.reading import asked_of, read_from
from elman.moment import Moment


class SpanHead(Head):
    """Two distributions over the words p_i of a passage, asked with what was made of a question, q.

        a_i = p_i · W_s q;    P_s = softmax(a) over real places
        b_j = p_j · W_e q  (independent)    or  p_j · W_e [q; Σ_i P_s(i) p_i]  (given_start);    P_e = softmax(b)
        loss = -log Σ_g P_s(first_g) P_e(last_g)  over the different answers g that are right

    Args:
        hidden_size: H.
        target: how long an answer may be.
        config: `ends`.
        asked_size: Q, numbers of q; H if left out.

    Source: Chen et al. (2017), arXiv:1704.00051; that the end knows the start: Wang & Jiang (2017), arXiv:1608.07905.
    """

    class Config(Head.Config):
        """Options of pieces of passages."""

        ends: Literal["independent", "given_start"] = Field(
            "independent", description="Whether the end of an answer is looked for alone, or given where it may start."
        )

    reads = ("asked",)
    answers_are = "words"

    def __init__(self, hidden_size: int, target: Outline, config: Any = None, asked_size: int | None = None) -> None:
        super().__init__(hidden_size, target, config)
        asked = asked_size or hidden_size
        also = hidden_size if self.config.ends == "given_start" else 0
        self.start_weight = nn.Parameter(torch.empty(hidden_size, asked))
        self.end_weight = nn.Parameter(torch.empty(hidden_size, asked + also))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw W from U(-bound, bound), 1/sqrt(Q) if left out."""
        limit = self.start_weight.shape[1] ** -0.5 if bound is None else bound
        draw_uniform(dict(self.named_parameters()), generator, limit)

    def logits(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> tuple[Tensor, Tensor]:
        """Return a and b, (B, T) each; -inf for padding.

        Args:
            hidden: p, (B, T, H).
            given: `asked`, q, (B, Q).
        """
        asked, mask = self.beside(given)["asked"], hidden.mask
        start = asked_of(hidden.values, linear(asked, self.start_weight))
        if self.config.ends == "given_start":
            one = start[:, None]  # what is read with the starts as weights: their softmax, as keys of one number
            there = read_from(torch.ones_like(one[..., :1]), one.transpose(1, 2), hidden.values, hidden.lengths)
            asked = torch.cat([asked, there.found[:, 0]], -1)
        end = asked_of(hidden.values, linear(asked, self.end_weight))
        if mask is None:
            return start, end
        return start.masked_fill(~mask, -torch.inf), end.masked_fill(~mask, -torch.inf)

    def loss(
        self,
        hidden: Padded,
        target: Padded,
        moment: Moment | None = None,
        weights: Padded | None = None,
        given: Mapping[str, Any] = NOTHING,
    ) -> LossSum:
        """Return -log of how likely the answers are that would be right, summed over passages, and how many these are.

        Args:
            hidden: p, (B, T, H).
            target: first and last word of each answer, (B, G, 2); its lengths say how many there are.
            moment: of the training step; it changes nothing.
            weights: nothing else than how targets are counted: a passage once.
            given: `asked`.
        """
        nats = marginal(*self.logits(hidden, given), target)
        return LossSum(nats.sum(), len(nats))

    @torch.no_grad()
    def best(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Padded:
        """Return first and last word of the likeliest piece of each passage, (B, 1, 2)."""
        start, end = self.logits(hidden, given)
        for one in (start, end):
            check_numbers(Padded(one, hidden.lengths))
        counts = [start.shape[1]] * len(start) if hidden.lengths is None else hidden.lengths.tolist()
        rows = zip(start.cpu().numpy(), end.cpu().numpy(), counts, strict=True)
        found = [best_spans(one[:count], other[:count], self.num_classes)[0] for one, other, count in rows]
        return Padded(torch.tensor([[[one.first, one.last]] for one in found]))


def marginal(start: Float[Tensor, "B T"], end: Float[Tensor, "B T"], target: Padded) -> Float[Tensor, " B"]:
    """Return -log Σ_g P_s(first_g) P_e(last_g) of each row, nats.

    Args:
        start: logits, -inf for padding.
        end: the same of the last word.
        target: first and last word of each different answer, (B, G, 2).
    """
    chosen = [torch.log_softmax(one, -1).gather(1, target.values[..., place]) for place, one in enumerate((start, end))]
    joint = chosen[0] + chosen[1]
    if target.mask is not None:
        joint = joint.masked_fill(~target.mask, -torch.inf)
    return -torch.logsumexp(joint, 1)
