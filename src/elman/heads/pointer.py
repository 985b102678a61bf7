"""The softmax that may copy: a word is written from the vocabulary, or taken from where the source is looked at."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn import functional

from elman.data.outlines import Outline
from elman.data.records import Padded
from elman.heads.base import NOTHING, LossSum, check_numbers, counted, likeliest
from elman.heads.softmax import SoftmaxHead
from elman.layers.copying import Copied
from elman.layers.mixed_cross_entropy import summed_mixed_cross_entropy
from elman.layers.ranking import Ranking, ranked
from elman.moment import Moment


class PointerHead(SoftmaxHead):
    """A gate between the softmax and the source.

        g = σ(v · [h; beside] + d)
        p(k) = g softmax(W h + b)_k + (1 - g) Σ_{j: x_j = k} α_j

    over the vocabulary and the unknown words of the source at hand. ε of `label_smoothing` spreads over what the
    softmax alone writes.

    Args:
        hidden_size: H.
        target: V classes.
        config: `label_smoothing` ε.
        beside: K, numbers that the gate reads beside h, such as what was read of the source and the last token.

    Source: See et al. (2017), Get to the point: summarization with pointer-generator networks, arXiv:1704.04368, who
    read the state of the decoder where h stands.
    """

    reads = ("copied",)

    def __init__(self, hidden_size: int, target: Outline, config: Any = None, beside: int = 0) -> None:
        super().__init__(hidden_size, target, config)
        self.gate_weight = nn.Parameter(torch.empty(hidden_size + beside))
        self.gate_bias = nn.Parameter(torch.empty(()))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def loss(
        self,
        hidden: Padded,
        target: Padded,
        moment: Moment | None = None,
        weights: Padded | None = None,
        given: Mapping[str, Any] = NOTHING,
    ) -> LossSum:
        """Return -log p of the targets that count, summed, and how many they are."""
        copied = self.beside(given)["copied"]
        rows, wanted, factors = counted(hidden, target, weights)
        beside = counted(Padded(copied.beside), target, weights).hidden
        from_source = counted(Padded(self._found(copied, target.values)), target, weights).hidden
        nats = self._nats(rows, beside, wanted, from_source, self.config.label_smoothing)
        return LossSum((nats if factors is None else nats * factors).sum(), len(wanted))

    @property
    def linear(self) -> None:
        """Nothing: more than one product makes what it predicts."""
        return

    @torch.no_grad()
    def nll(
        self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"], given: Mapping[str, Any] = NOTHING
    ) -> Float[Tensor, "B T"]:
        """Return -log p(target) of each place in nats."""
        copied = self.beside(given)["copied"]
        found = self._found(copied, target).flatten(0, 1)
        rows = hidden.flatten(0, 1), copied.beside.flatten(0, 1), target.flatten(), found
        return self._nats(*rows, smoothing=0.0).view(target.shape)

    def next(self, rows: Float[Tensor, "... H"], given: Mapping[str, Any] = NOTHING) -> Float[Tensor, "... V"]:
        """Return log p of every class in nats, then of each unknown word of the source; -inf where there is none.

        Args:
            rows: h, (B, U, H), or (B, H) of one place of each target.
            given: `copied`, of the same places.
        """
        copied = self.beside(given)["copied"]
        log_probs, (inside, beside) = super().next(rows), self._gate(rows, copied.beside)
        width = max(self.num_classes, copied.size)
        ids = copied.ids.clamp(min=0)
        ids = ids if rows.dim() == 2 else ids[:, None].expand(copied.weights.shape)
        found = rows.new_zeros(*rows.shape[:-1], width).scatter_add(-1, ids, copied.weights)
        written = functional.pad(log_probs + inside[..., None], (0, width - self.num_classes), value=-torch.inf)
        return torch.logaddexp(written, found.log() + beside[..., None])

    @torch.no_grad()
    def leading(self, rows: Float[Tensor, "B H"], k: int, end: int | None, given: Mapping[str, Any]) -> Ranking | None:
        """Return the k likeliest classes of each row but the end, and how likely that is; None if no code does.

        A word that is not in the source is among the k likeliest only if it is among the k that the softmax would
        write, so these and the words of the source are all that is looked at.
        """
        copied, end_id = self.beside(given)["copied"], torch.tensor([-1 if end is None else end])
        ids = torch.cat([copied.ids, end_id.expand(len(rows), 1)], 1)
        known = ids.where(ids < self.num_classes, 0).clamp(min=0)
        found = ranked(rows, self.weight, self.bias, k, end, known)
        if found is None:
            return None
        inside, outside = (log.double().numpy() for log in self._gate(rows, copied.beside))
        written = np.where(((ids >= 0) & (ids < self.num_classes)).numpy(), found.asked, -np.inf)
        every = np.concatenate([found.ids, ids.numpy()], 1)
        nats = np.concatenate([found.log_probs, written], 1) + inside[:, None]
        taken = copied.mass(torch.from_numpy(every)).double().numpy()
        with np.errstate(divide="ignore"):
            log_probs = np.logaddexp(nats, np.log(taken) + outside[:, None])
        log_end = found.log_end if end is None else log_probs[:, -1].copy()
        log_probs[_again(every) | (every == end) | (every < 0)] = -np.inf
        order = np.lexsort((every, -log_probs), axis=1)[:, :k]
        best, numbers = (np.take_along_axis(one, order, 1) for one in (log_probs, every))
        return Ranking(best, numbers, log_end, found.asked)

    def best(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Padded:
        """Return the likeliest token of each place, of those that are copied too."""
        found = self.leading(hidden.values.flatten(0, 1), 1, None, {"copied": self.beside(given)["copied"].flat})
        if found is None:
            return likeliest(Padded(self.next(hidden.values, given), hidden.lengths))
        log_probs, ids = (torch.from_numpy(one).view(hidden.values.shape[:2]) for one in (found.log_probs, found.ids))
        check_numbers(Padded(log_probs, hidden.lengths))
        return Padded(ids, hidden.lengths)

    def _nats(self, rows: Tensor, beside: Tensor, target: Tensor, found: Tensor, smoothing: float) -> Tensor:
        """Return -log p of each target, one a row.

        Args:
            rows: h, (N, H).
            beside: what else the gate reads, (N, K).
            target: (N,).
            found: Σ α_j over the places where the target stands, 0 where there is none, (N,).
            smoothing: ε.
        """
        inside, outside = self._gate(rows, beside)
        known = target < self.num_classes
        inside = inside.masked_fill(~known, -torch.inf)
        there = found > 0
        outside = (outside + found.where(there, 1.0).log()).masked_fill(~there, -torch.inf)
        wanted = target.where(known, 0)
        return summed_mixed_cross_entropy(rows, self.weight, self.bias, wanted, inside, outside, smoothing)

    def _gate(self, rows: Tensor, beside: Tensor) -> tuple[Tensor, Tensor]:
        """Return log g and log (1 - g)."""
        logit = torch.cat([rows, beside], -1) @ self.gate_weight + self.gate_bias
        return functional.logsigmoid(logit), functional.logsigmoid(-logit)

    @staticmethod
    def _found(copied: Copied, target: Int[Tensor, "B U"]) -> Float[Tensor, "B U"]:
        """Return Σ α_j over the places where a target stands; where it stands but nothing is left of α, almost 0."""
        same = copied.ids[:, None] == target[..., None]
        found = (copied.weights * same).sum(-1)
        return torch.where(same.any(-1), found.clamp(min=torch.finfo(found.dtype).tiny), 0.0)


def _again(ids: np.ndarray) -> np.ndarray:
    """Say where an id stands earlier in its row already, (R, K)."""
    order = np.argsort(ids, axis=1, kind="stable")
    ordered, again = np.take_along_axis(ids, order, 1), np.zeros(ids.shape, bool)
    np.put_along_axis(again, order[:, 1:], ordered[:, 1:] == ordered[:, :-1], 1)
    return again
