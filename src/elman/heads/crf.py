"""The conditional random field: tags of a sentence that depend on their neighbours."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.nn import functional

from elman.errors import ShapeError
from elman.heads.base import Head, LossSum, draw_uniform
from elman.layers.crf import Chain, row_log_marginals, row_log_partition, row_path_score, row_viterbi
from elman.native.places import Place, refuse


class CrfHead(Head):
    """A linear layer and a linear chain over the tags of a sentence.

        e_t = W h_t + b
        score(y) = s(y_1) + Σ_t e_t(y_t) + Σ_t A(y_{t-1}, y_t) + z(y_n)
        log p(y) = score(y) - log Σ_y' exp score(y')
        loss = -Σ log p(gold y)

    After `constrain`, paths that are not legal have no probability: y' runs over legal paths only. The gold path keeps
    its score even where it is not legal, so the loss stays finite; that of such a sentence may lie below 0. A sentence
    that has no legal path at all, because of its length, is read without constraints.

    Masks have their padding behind each sentence.

    Args:
        hidden_size: H.
        num_classes: K, the tags.
        config: has no options.

    Source: Lafferty et al. (2001), Conditional random fields, ICML; Huang et al. (2015), arXiv:1508.01991.
    """

    legal_pairs: Tensor | None
    legal_starts: Tensor | None
    legal_ends: Tensor | None

    def __init__(self, hidden_size: int, num_classes: int, config: Any = None) -> None:
        super().__init__(hidden_size, num_classes, config)
        self.weight = nn.Parameter(torch.empty(num_classes, hidden_size))
        self.bias = nn.Parameter(torch.empty(num_classes))
        self.transitions = nn.Parameter(torch.empty(num_classes, num_classes))
        self.starts = nn.Parameter(torch.empty(num_classes))
        self.ends = nn.Parameter(torch.empty(num_classes))
        for name in ("legal_pairs", "legal_starts", "legal_ends"):
            self.register_buffer(name, None, persistent=False)
        self._possible = [True]  # whether a sentence of so many tokens has a legal path, as far as was asked
        self.reset_parameters(torch.Generator().manual_seed(0))

    def constrain(self, starts: np.ndarray, pairs: np.ndarray, ends: np.ndarray) -> None:
        """Say which paths are legal. No weights: who loads some has to say it again.

        Args:
            starts: whether a sentence may begin with a tag, bool (K,).
            pairs: whether a tag, the row, may be followed by another, the column, bool (K, K).
            ends: whether a sentence may end with a tag, bool (K,).

        Raises:
            ShapeError: arrays of another shape or type.
        """
        size = self.num_classes
        refuse(
            "crf",
            np.dtype(bool),
            Place("starts", starts, (size,), True),
            Place("pairs", pairs, (size, size), True),
            Place("ends", ends, (size,), True),
        )
        self.legal_pairs, self.legal_starts, self.legal_ends = (
            torch.tensor(array, device=self.weight.device) for array in (pairs, starts, ends)
        )
        self._possible = [True]

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw from U(-bound, bound); if left out, W with 1/sqrt(H) and A, s, z with 0.1. b is 0."""
        linear = {"weight": self.weight, "bias": self.bias}
        chain = {"transitions": self.transitions, "starts": self.starts, "ends": self.ends}
        draw_uniform(linear, generator, 1 / math.sqrt(self.hidden_size) if bound is None else bound)
        draw_uniform(chain, generator, 0.1 if bound is None else bound)

    def loss(
        self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"], mask: Bool[Tensor, "B T"] | None = None
    ) -> LossSum:
        """Return the summed negative log-likelihood of the sentences, and the number of their tokens.

        Raises:
            ShapeError: a mask with padding before a real token.
        """
        rows, lengths, mask = self._emissions(hidden, mask)
        tags = target[mask]
        nats = -row_path_score(rows, lengths, self._chain(), tags)
        for part, some, chain in self._groups(lengths):
            nats = nats + row_log_partition(rows[part], some, chain)
        return LossSum(nats.to(hidden.dtype), len(tags))

    def log_probs(
        self, hidden: Float[Tensor, "B T H"], mask: Bool[Tensor, "B T"] | None = None
    ) -> Float[Tensor, "B T K"]:
        """Return log p(y_t = k) in nats, of each token by itself; padding has log 1/K.

        Raises:
            ShapeError: a mask with padding before a real token.
        """
        rows, lengths, mask = self._emissions(hidden, mask)
        found = rows.new_full((*mask.shape, self.num_classes), -math.log(self.num_classes), dtype=hidden.dtype)
        places = mask.nonzero()
        for part, some, chain in self._groups(lengths):
            values = row_log_marginals(rows[part], some, chain).to(hidden.dtype)
            found = found.index_put(tuple(places[part].unbind(1)), values)
        return found

    @torch.no_grad()
    def best(self, hidden: Float[Tensor, "B T H"], mask: Bool[Tensor, "B T"] | None = None) -> Int[Tensor, "B T"]:
        """Return the likeliest tags of each sentence as a whole; padding has 0.

        Raises:
            ShapeError: a mask with padding before a real token.
        """
        rows, lengths, mask = self._emissions(hidden, mask)
        found = torch.zeros(mask.shape, dtype=torch.int64, device=mask.device)
        places = mask.nonzero()
        for part, some, chain in self._groups(lengths):
            found[tuple(places[part].unbind(1))] = row_viterbi(rows[part], some, chain)
        return found

    def _emissions(self, hidden: Tensor, mask: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """Return the emissions of all real tokens, sentence behind sentence, their lengths, and the mask."""
        if mask is None:
            mask = torch.ones(hidden.shape[:2], dtype=torch.bool, device=hidden.device)
        if bool((mask[:, 1:] & ~mask[:, :-1]).any()):
            raise ShapeError("mask: got padding before a real token, expected it behind each sentence only.")
        rows = functional.linear(hidden[mask], self.weight, self.bias)
        return rows if rows.dtype == torch.float64 else rows.float(), mask.sum(1), mask

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
        longest = int(lengths.max()) if len(lengths) else 0
        fine = torch.tensor(self._possible_up_to(longest), device=lengths.device)[lengths]
        if bool(fine.all()):
            yield slice(None), lengths, constrained
            return
        for which, chain in ((fine, constrained), (~fine, self._chain())):
            yield which.repeat_interleave(lengths), lengths[which], chain

    def _possible_up_to(self, longest: int) -> list[bool]:
        """Return whether there is a legal path of 0, 1, .. tokens, at least up to the longest."""
        if longest >= len(self._possible):
            longest = 2 * longest
            pairs, starts, ends = (mask.cpu().numpy() for mask in self._legal())
            reached, self._possible = starts, [True]
            for _ in range(longest):
                self._possible.append(bool((reached & ends).any()))
                reached = pairs[reached].any(0)
        return self._possible
