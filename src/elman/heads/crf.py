"""The conditional random field: tags of a sentence that depend on their neighbours."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from elman.data.outlines import Classes, Follows, Outline
from elman.data.records import Padded
from elman.errors import ShapeError
from elman.heads.base import NOTHING, ClassHead, LossSum, check_numbers, draw_uniform
from elman.layers.crf import (
    Chain,
    row_log_conditionals,
    row_log_marginals,
    row_log_partition,
    row_path_score,
    row_viterbi,
)
from elman.moment import Moment
from elman.native.places import Place, refuse


class CrfHead(ClassHead):
    """A linear layer and a linear chain over the tags of a sentence.

        e_t = W h_t + b
        score(y) = s(y_1) + Σ_t e_t(y_t) + Σ_t A(y_{t-1}, y_t) + z(y_n)
        log p(y) = score(y) - log Σ_y' exp score(y')
        loss = -Σ log p(gold y)

    Where the classes say which may follow which, paths that are not legal have no probability: y' runs over legal
    paths only. The gold path keeps its score even where it is not legal, so the loss stays finite; that of such a
    sentence may lie below 0. A sentence that has no legal path at all, because of its length, is read without
    constraints.

    Args:
        hidden_size: H.
        target: the K tags, and which may follow which.
        config: has no options.

    Source: Lafferty et al. (2001), Conditional random fields, ICML; Huang et al. (2015), arXiv:1508.01991.
    """

    legal_pairs: Tensor | None
    legal_starts: Tensor | None
    legal_ends: Tensor | None

    def __init__(self, hidden_size: int, target: Outline, config: Any = None) -> None:
        super().__init__(hidden_size, target, config)
        size = self.num_classes
        self.weight = nn.Parameter(torch.empty(size, hidden_size))
        self.bias = nn.Parameter(torch.empty(size))
        self.transitions = nn.Parameter(torch.empty(size, size))
        self.starts = nn.Parameter(torch.empty(size))
        self.ends = nn.Parameter(torch.empty(size))
        follows = target.follows if isinstance(target, Classes) else None
        if follows is not None:
            refuse(
                "crf",
                np.dtype(bool),
                Place("starts", follows.starts, (size,), True),
                Place("pairs", follows.pairs, (size, size), True),
                Place("ends", follows.ends, (size,), True),
            )
        self._possible = Possible.under(follows)
        for name, legal in zip(("starts", "pairs", "ends"), follows or (None, None, None), strict=True):
            self.register_buffer(f"legal_{name}", None if legal is None else torch.tensor(legal), persistent=False)
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw from U(-bound, bound); if left out, W with 1/sqrt(H) and A, s, z with 0.1. b is 0."""
        linear = {"weight": self.weight, "bias": self.bias}
        chain = {"transitions": self.transitions, "starts": self.starts, "ends": self.ends}
        draw_uniform(linear, generator, 1 / math.sqrt(self.hidden_size) if bound is None else bound)
        draw_uniform(chain, generator, 0.1 if bound is None else bound)

    def loss(
        self,
        hidden: Padded,
        target: Padded,
        moment: Moment | None = None,
        weights: Padded | None = None,
        given: Mapping[str, Any] = NOTHING,
    ) -> LossSum:
        """Return the summed negative log-likelihood of the sentences, and the number of their tokens.

        Raises:
            ShapeError: weights of single tokens; a sentence is one target.
        """
        if weights is not None:
            return self._weighted(hidden, target, weights)
        rows, lengths, mask = self._emissions(hidden)
        tags = target.values[mask]
        nats = -row_path_score(rows, lengths, self._chain(), tags)
        for part, some, chain in self._groups(lengths):
            nats = nats + row_log_partition(rows[part], some, chain)
        return LossSum(nats.to(hidden.values.dtype), len(tags))

    def _weighted(self, hidden: Padded, target: Padded, weights: Padded) -> LossSum:
        """Return the loss of sentences that count differently."""
        if weights.values.shape[1:] != (1,):
            raise ShapeError(f"crf: got weights {tuple(weights.values.shape)}, expected one a sentence, (B, 1).")
        losses, factors = [], weights.values[:, 0].to(hidden.values.dtype)
        for row in factors.nonzero()[:, 0].tolist():
            one = self.loss(hidden.part(slice(row, row + 1)), target.part(slice(row, row + 1)))
            losses.append(LossSum(one.nats * factors[row], one.targets))
        nothing = self.bias.sum() * 0.0
        return LossSum(sum((one.nats for one in losses), nothing), sum(one.targets for one in losses))

    def log_probs(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Float[Tensor, "B T K"]:
        """Return log p(y_t = k) in nats, of each token by itself; padding has log 1/K."""
        rows, lengths, mask = self._emissions(hidden)
        kind = hidden.values.dtype
        found = rows.new_full((*mask.shape, self.num_classes), -math.log(self.num_classes), dtype=kind)
        places = mask.nonzero()
        for part, some, chain in self._groups(lengths):
            values = row_log_marginals(rows[part], some, chain).to(kind)
            found = found.index_put(tuple(places[part].unbind(1)), values)
        return found

    def chained(self, hidden: Padded, best: Padded) -> Float[Tensor, "B T"]:
        """Return log p(y_t | y_{t-1}) in nats of tags, log p(y_1) of the first; 0 of padding."""
        rows, lengths, mask = self._emissions(hidden)
        tags, places = best.values[mask], mask.nonzero()
        found = rows.new_zeros(mask.shape, dtype=hidden.values.dtype)
        for part, some, chain in self._groups(lengths):
            values = row_log_conditionals(rows[part], some, chain, tags[part]).to(found.dtype)
            found[tuple(places[part].unbind(1))] = values.clamp(max=0)
        return found

    @torch.no_grad()
    def best(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Padded:
        """Return the likeliest tags of each sentence as a whole; padding has 0."""
        rows, lengths, mask = self._emissions(hidden)
        for scores in (rows, self.transitions, self.starts, self.ends):
            check_numbers(Padded(scores))
        found = torch.zeros(mask.shape, dtype=torch.int64, device=mask.device)
        places = mask.nonzero()
        for part, some, chain in self._groups(lengths):
            found[tuple(places[part].unbind(1))] = row_viterbi(rows[part], some, chain)
        return Padded(found, hidden.lengths)

    def _emissions(self, hidden: Padded) -> tuple[Tensor, Tensor, Tensor]:
        """Return the emissions of all real tokens, sentence behind sentence, their lengths, and the mask."""
        values, lengths, mask = hidden.values, hidden.lengths, hidden.mask
        if mask is None:
            mask = torch.ones(values.shape[:2], dtype=torch.bool, device=values.device)
            lengths = mask.sum(1)
        rows = functional.linear(values[mask], self.weight, self.bias)
        return rows if rows.dtype == torch.float64 else rows.float(), lengths, mask

    def _legal(self) -> list[Tensor]:
        """Return which pairs, first and last tags are legal; nothing without constraints."""
        return [mask for mask in (self.legal_pairs, self.legal_starts, self.legal_ends) if mask is not None]

    def _chain(self) -> Chain:
        return Chain(self.transitions, self.starts, self.ends)

    def _groups(self, lengths: Tensor) -> Iterator[tuple[Any, Tensor, Chain]]:
        """Yield the rows and lengths of the sentences that a chain is for: with constraints, and without."""
        legal = self._legal()
        if not legal:
            yield slice(None), lengths, self._chain()
            return
        allowed = zip(self._chain(), legal, strict=True)
        constrained = Chain(*(scores.masked_fill(~may, -math.inf) for scores, may in allowed))
        fine = self._possible.of(lengths)
        if bool(fine.all()):
            yield slice(None), lengths, constrained
            return
        for which, chain in ((fine, constrained), (~fine, self._chain())):
            yield which.repeat_interleave(lengths), lengths[which], chain


class Possible(NamedTuple):
    """Whether there is a legal path of n tokens, for every n: from some n on the answers repeat.

    Args:
        answers: of 0, 1, .. tokens, bool.
        period: how many of the last answers repeat for ever.
    """

    answers: Tensor
    period: int

    @classmethod
    def under(cls, follows: Follows | None) -> "Possible":
        """Return it for constraints. There are finitely many sets of tags to be in, so one comes again."""
        if follows is None:
            return cls(torch.ones(1, dtype=torch.bool), 1)
        reached, answers, seen = follows.starts, [True], dict[bytes, int]()
        while reached.tobytes() not in seen:
            seen[reached.tobytes()] = len(answers)
            answers.append(bool((reached & follows.ends).any()))
            reached = follows.pairs[reached].any(0)
        return cls(torch.tensor(answers), len(answers) - seen[reached.tobytes()])

    def of(self, lengths: Int[Tensor, " B"]) -> Bool[Tensor, " B"]:
        """Return it for some lengths."""
        first = len(self.answers) - self.period
        places = torch.where(lengths < first, lengths, first + (lengths - first) % self.period)
        return self.answers.to(lengths.device)[places]
