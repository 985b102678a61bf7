"""The cross-entropy of words inside their classes, summed: only the words of a class are looked at."""

from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from elman.layers.cross_entropy import chunks
from elman.layers.once import once
from elman.layers.products import product
from elman.layers.stretches import Looks, scaled


class Features(NamedTuple):
    """Numbers that are added to logits: those of a row stand side by side in a table, once for each order.

    Args:
        table: D.
        places: where the numbers of each row begin, (N, O).
        decay: λ: each look at a cell adds λ D to its gradient.
        sparse: whether the gradient holds only cells that were looked at.
    """

    table: Float[Tensor, " S"]
    places: Int[Tensor, "N O"]
    decay: float = 0.0
    sparse: bool = False

    def cells(self, rows: Int[Tensor, " M"], width: int) -> Int[Tensor, "M O K"]:
        """Return the cells of some rows."""
        return self.places[rows, :, None] + torch.arange(width, device=rows.device)


def summed_inside(
    rows: Float[Tensor, "N H"],
    weight: Float[Tensor, "V H"],
    bias: Float[Tensor, " V"],
    target: Int[Tensor, " N"],
    places: tuple[list[int], Int[Tensor, " N"]],
    weights: Float[Tensor, " N"] | None = None,
    features: Features | None = None,
) -> Float[Tensor, ""]:
    """Return -Σ_n w_n log p(target_n | its class) in nats, with a gradient for rows, weight, bias and features.

    Args:
        rows: h_n.
        weight: of all words, class by class.
        bias: of all words.
        target: the word of each row.
        places: where each class begins among the words, V behind the last; and the class of each row's word.
        weights: w; 1 if left out.
        features: what is added to the logits W h + b, if anything is.
    """
    table = None if features is None else features.table
    given = (rows, weight, bias, table, target, places, weights, features)
    result: Tensor = _SummedInside.apply(*given)  # type: ignore[no-untyped-call]
    return result


@torch.no_grad()
def inside(
    rows: Float[Tensor, "N H"],
    weight: Float[Tensor, "V H"],
    bias: Float[Tensor, " V"],
    target: Int[Tensor, " N"],
    places: tuple[list[int], Int[Tensor, " N"]],
    features: Features | None = None,
) -> Float[Tensor, " N"]:
    """Return -log p(target_n | its class) of each row in nats, without a gradient."""
    found = rows.new_zeros(len(rows))
    for chosen, first, last in _stretches(places):
        logits = product(rows[chosen], weight[first:last].t()).add_(bias[first:last])
        if features is not None:
            logits += features.table[features.cells(chosen, last - first)].sum(1)
        found[chosen] = -torch.log_softmax(logits, -1).gather(1, target[chosen, None] - first)[:, 0]
    return found


class _SummedInside(torch.autograd.Function):
    """The gradient is made class by class in the forward pass, as in a softmax over the words of that class."""

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        weight: Tensor,
        bias: Tensor,
        table: Tensor | None,
        target: Tensor,
        places: tuple[list[int], Tensor],
        weights: Tensor | None,
        features: Features | None,
    ) -> Tensor:
        differentiate = any(ctx.needs_input_grad[:4])
        found = [torch.zeros_like(one) if differentiate else None for one in (hidden, weight, bias)]
        grad_hidden, grad_weight, grad_bias = found
        total, looked_at = hidden.new_zeros((), dtype=torch.float64), _LookedAt(features)
        for chosen, first, last in _stretches(places):
            rows, wanted = hidden[chosen], target[chosen, None] - first
            logits = looked_at.added(product(rows, weight[first:last].t()).add_(bias[first:last]), chosen)
            delta = torch.log_softmax(logits, -1)
            factors = None if weights is None else weights[chosen, None]
            nats = -delta.gather(1, wanted)
            total += (nats if factors is None else nats * factors).sum(dtype=torch.float64)
            if grad_hidden is None or grad_weight is None or grad_bias is None:
                continue
            delta.exp_().scatter_add_(1, wanted, delta.new_full((1, 1), -1.0).expand_as(wanted))
            if factors is not None:
                delta *= factors
            grad_hidden[chosen] = product(delta, weight[first:last])
            product(delta.t(), rows, grad_weight[first:last], adds=True)
            grad_bias[first:last] += delta.sum(0)
            looked_at.learn(delta)
        grad_table = looked_at.gradient() if differentiate else None
        ctx.save_for_backward(grad_hidden, grad_weight, grad_bias, grad_table)
        return total.to(hidden.dtype)

    @staticmethod
    @once
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        *dense, grad_table = ctx.saved_tensors
        if grad_table is not None:
            grad_table = scaled(grad_table, grad)
        return *(one * grad for one in dense), grad_table, None, None, None, None


class _LookedAt:
    """The cells of features that logits were made with, and what they learn."""

    def __init__(self, features: Features | None) -> None:
        self._features = features
        self._rows: list[Tensor] = []
        self._values: list[Tensor] = []

    def added(self, logits: Tensor, rows: Tensor) -> Tensor:
        """Return logits of some rows with their features."""
        if self._features is None:
            return logits
        looked_at = self._features.table[self._features.cells(rows, logits.shape[1])]
        self._rows.append(rows)
        self._values.append(looked_at)
        return logits.add_(looked_at.sum(1))

    def learn(self, delta: Tensor) -> None:
        """Note the gradient of the logits that were made last."""
        if self._features is not None:
            self._values[-1].mul_(self._features.decay).add_(delta[:, None])

    def gradient(self) -> Tensor | None:
        """Return the gradient of the table."""
        if self._features is None:
            return None
        rows, widths = [self._features.places[rows] for rows in self._rows], [one.shape[2] for one in self._values]
        looks = Looks.of(rows, widths, self._features.places)
        values = torch.cat([one.flatten() for one in self._values] or [self._features.table.new_empty(0)])
        return looks.summed(values, self._features.table, self._features.sparse)


def _stretches(places: tuple[list[int], Tensor]) -> list[tuple[Tensor, int, int]]:
    """Return which rows have their word in a class, and its first and last word, a few rows at a time."""
    starts, classes = places
    order = torch.argsort(classes, stable=True)
    counts = torch.bincount(classes, minlength=len(starts) - 1).tolist()
    found: list[tuple[Tensor, int, int]] = []
    for number, rows in enumerate(torch.split(order, counts)):
        first, last = starts[number], starts[number + 1]
        if last - first > 1:  # the only word of its class is certain
            found.extend((rows[chunk], first, last) for chunk in chunks(len(rows), last - first))
    return found
