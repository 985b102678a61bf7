"""The cross-entropy of words inside their classes, summed: only the words of a class are looked at."""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd.function import once_differentiable

from elman.layers.cross_entropy import chunks
from elman.layers.products import product


def summed_inside(
    rows: Float[Tensor, "N H"],
    weight: Float[Tensor, "V H"],
    bias: Float[Tensor, " V"],
    target: Int[Tensor, " N"],
    places: tuple[list[int], Int[Tensor, " N"]],
    weights: Float[Tensor, " N"] | None = None,
) -> Float[Tensor, ""]:
    """Return -Σ_n w_n log p(target_n | its class) in nats, with a gradient for rows, weight and bias.

    Args:
        rows: h_n.
        weight: of all words, class by class.
        bias: of all words.
        target: the word of each row.
        places: where each class begins among the words, V behind the last; and the class of each row's word.
        weights: w; 1 if left out.
    """
    result: Tensor = _SummedInside.apply(rows, weight, bias, target, places, weights)  # type: ignore[no-untyped-call]
    return result


@torch.no_grad()
def inside(
    rows: Float[Tensor, "N H"],
    weight: Float[Tensor, "V H"],
    bias: Float[Tensor, " V"],
    target: Int[Tensor, " N"],
    places: tuple[list[int], Int[Tensor, " N"]],
) -> Float[Tensor, " N"]:
    """Return -log p(target_n | its class) of each row in nats, without a gradient."""
    found = rows.new_zeros(len(rows))
    for chosen, first, last in _stretches(places):
        logits = product(rows[chosen], weight[first:last].t()).add_(bias[first:last])
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
        target: Tensor,
        places: tuple[list[int], Tensor],
        weights: Tensor | None,
    ) -> Tensor:
        differentiate = any(ctx.needs_input_grad[:3])
        found = [torch.zeros_like(one) if differentiate else None for one in (hidden, weight, bias)]
        grad_hidden, grad_weight, grad_bias = found
        total = hidden.new_zeros((), dtype=torch.float64)
        for chosen, first, last in _stretches(places):
            rows, wanted = hidden[chosen], target[chosen, None] - first
            delta = torch.log_softmax(product(rows, weight[first:last].t()).add_(bias[first:last]), -1)
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
        ctx.save_for_backward(grad_hidden, grad_weight, grad_bias)
        return total.to(hidden.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        grad_hidden, grad_weight, grad_bias = ctx.saved_tensors
        return grad_hidden * grad, grad_weight * grad, grad_bias * grad, None, None, None


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
