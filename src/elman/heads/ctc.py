"""Connectionist temporal classification: a text for frames, without saying where each label stands."""

from collections.abc import Mapping
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from elman.data.outlines import Outline, Tokens
from elman.data.records import Padded
from elman.errors import ShapeError
from elman.heads.base import NOTHING, LinearHead, LossSum, likeliest
from elman.layers.ctc import row_nats
from elman.layers.products import linear
from elman.moment import Moment


class CtcHead(LinearHead):
    """A softmax over labels and a blank at each frame; a text has the probability of all paths that give it.

        p_t = softmax(W h_t + b);    p(y) = Σ_{path: B(path) = y} Π_t p_t(path_t)
        loss = -Σ log p(y)

    B merges equal neighbours and drops blanks. A text that does not fit into its frames, T < U + equal neighbours, has
    an infinite loss and no gradient.

    Args:
        hidden_size: H.
        target: the labels; the mark `blank` says which of them is none, the first if it is not there.
        config: has no options.

    Source: Graves et al. (2006), Connectionist temporal classification, ICML.
    """

    def __init__(self, hidden_size: int, target: Outline, config: Any = None) -> None:
        super().__init__(hidden_size, target, config)
        self.blank = target.marks.get("blank", 0) if isinstance(target, Tokens) else 0

    def loss(
        self,
        hidden: Padded,
        target: Padded,
        moment: Moment | None = None,
        weights: Padded | None = None,
        given: Mapping[str, Any] = NOTHING,
    ) -> LossSum:
        """Return the summed negative log-likelihood of the texts, and the number of their labels.

        Raises:
            ShapeError: weights of single labels, whose place nobody knows; a text is one target.
        """
        rows, lengths = _behind(hidden)
        labels, label_lengths = _behind(target)
        nats = row_nats(linear(rows, self.weight, self.bias), lengths, labels, label_lengths, self.blank)
        if weights is None:
            return LossSum(nats.sum().to(rows.dtype), len(labels))
        if weights.values.shape[1:] != (1,):
            raise ShapeError(f"ctc: got weights {tuple(weights.values.shape)}, expected one a text, (B, 1).")
        factors = weights.values[:, 0].to(nats.dtype)
        counts = factors != 0  # what counts nothing may be anything, also infinite
        return LossSum((nats[counts] * factors[counts]).sum().to(rows.dtype), int(label_lengths[counts].sum()))

    def log_probs(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Float[Tensor, "B T V"]:
        """Return the log-probabilities (nats) of every label and of the blank at each frame."""
        return functional.log_softmax(linear(hidden.values, self.weight, self.bias), -1)

    @torch.no_grad()
    def blanks(self, hidden: Padded) -> tuple[int, int]:
        """Return at how many frames the blank is likeliest, and how many frames there are."""
        rows, _ = _behind(hidden)
        return int((linear(rows, self.weight, self.bias).argmax(-1) == self.blank).sum()), len(rows)

    def chained(self, hidden: Padded, best: Padded) -> Float[Tensor, "B T"]:
        """Refuse: the labels of an answer have no places of their own.

        Raises:
            ShapeError: always.
        """
        raise ShapeError("ctc: got labels to be chained, which have no places among the frames. Ask for a whole text.")

    @torch.no_grad()
    def best(self, hidden: Padded, given: Mapping[str, Any] = NOTHING) -> Padded:
        """Return the labels of the likeliest path, as wide as the frames; what is behind them is blank."""
        path = likeliest(Padded(self.log_probs(hidden), hidden.lengths)).values
        before = functional.pad(path[:, :-1], (1, 0), value=self.blank)
        begins = (path != before) & (path != self.blank)
        if hidden.mask is not None:
            begins = begins & hidden.mask
        lengths = begins.sum(1)
        found = torch.full_like(path, self.blank)
        found[torch.arange(path.shape[1], device=path.device) < lengths[:, None]] = path[begins]
        return Padded(found, lengths)


def _behind(rows: Padded) -> tuple[Tensor, Tensor]:
    """Return what is real, row behind row, and how much each row has of it."""
    values, mask = rows.values, rows.mask
    if mask is None:
        return values.flatten(0, 1), torch.full((len(values),), values.shape[1], device=values.device)
    return values[mask], rows.lengths
