"""The cross-entropy of a linear softmax, summed, without ever holding all of its logits."""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from elman.layers.once import once
from elman.layers.products import product

_CACHED_LOGITS = 1 << 21
_MOST_LOGITS = 1 << 25
_ENOUGH_ROWS = 256
_MOST_ROWS = 2048


def summed_cross_entropy(
    rows: Float[Tensor, "N H"],
    weight: Float[Tensor, "V H"],
    bias: Float[Tensor, " V"],
    target: Int[Tensor, " N"],
    smoothing: float = 0.0,
    weights: Float[Tensor, " N"] | None = None,
) -> Float[Tensor, ""]:
    """Return -Σ_n w_n Σ_k q_nk log softmax(W h_n + b)_k in nats, with a gradient for rows, weight and bias.

    Args:
        rows: h_n.
        weight: W.
        bias: b.
        target: the class of each row.
        smoothing: ε; q_n is 1 - ε for the target, and ε spread over all classes.
        weights: w; 1 if left out.
    """
    result: Tensor = _SummedCrossEntropy.apply(rows, weight, bias, target, smoothing, weights)  # type: ignore[no-untyped-call]
    return result


@torch.no_grad()
def cross_entropies(
    rows: Float[Tensor, "N H"], weight: Float[Tensor, "V H"], bias: Float[Tensor, " V"], target: Int[Tensor, " N"]
) -> Float[Tensor, " N"]:
    """Return -log softmax(W h_n + b)[target_n] of each row in nats, without a gradient."""
    found, pieces = rows.new_empty(len(rows)), chunks(len(rows), len(weight))
    # One buffer for all chunks: between what is freed and asked for again, small results would keep holes.
    logits, log_probs = rows.new_empty(2, pieces[0].stop if pieces else 0, len(weight))
    for chunk in pieces:
        count = chunk.stop - chunk.start
        product(rows[chunk], weight.t(), logits[:count]).add_(bias)
        torch.log_softmax(logits[:count], dim=-1, out=log_probs[:count])
        found[chunk] = -log_probs[:count].gather(1, target[chunk, None])[:, 0]
    return found


class _SummedCrossEntropy(torch.autograd.Function):
    """The gradient is made chunk by chunk in the forward pass.

    With p = softmax(W h + b) and y the target, (1 - ε) one-hot + ε / V, ∂/∂logits = δ = w (p - y), so

        ∂/∂h = Wᵀ δ;    ∂/∂W = δ hᵀ;    ∂/∂b = δ
    """

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        weight: Tensor,
        bias: Tensor,
        target: Tensor,
        smoothing: float,
        weights: Tensor | None,
    ) -> Tensor:
        differentiate = any(ctx.needs_input_grad[:3])
        grad_hidden = torch.empty_like(hidden) if differentiate else None
        grad_weight = torch.zeros_like(weight) if differentiate else None
        grad_bias = torch.zeros_like(bias) if differentiate else None
        total = hidden.new_zeros((), dtype=torch.float64)
        pieces = chunks(len(hidden), len(weight))
        # One buffer for all chunks: fresh memory costs more than the arithmetic that is done in it.
        buffer = hidden.new_empty(pieces[0].stop if pieces else 0, len(weight))
        for chunk in pieces:
            rows, wanted = hidden[chunk], target[chunk, None]
            logits = product(rows, weight.t(), buffer[: len(rows)]).add_(bias)
            of_target = logits.gather(1, wanted)
            if smoothing:
                of_target = of_target.lerp(logits.mean(1, keepdim=True), smoothing)
            largest = logits.amax(dim=-1, keepdim=True)
            delta = torch.softmax(logits, dim=-1, out=logits)
            # One exponential a logit: log Σ exp(logits) comes from the largest probability, which is at least 1 / V.
            log_sum = largest - delta.amax(dim=-1, keepdim=True).log()
            factors = None if weights is None else weights[chunk, None]
            nats = log_sum - of_target
            total += (nats if factors is None else nats * factors).sum(dtype=torch.float64)
            if grad_hidden is None or grad_weight is None or grad_bias is None:
                continue
            if smoothing:
                delta -= smoothing / len(weight)
            delta.scatter_add_(1, wanted, delta.new_full((1, 1), smoothing - 1.0).expand_as(wanted))
            if factors is not None:
                delta *= factors
            product(delta, weight, grad_hidden[chunk])
            product(delta.t(), rows, grad_weight, adds=True)
            grad_bias += delta.sum(0)
        ctx.save_for_backward(grad_hidden, grad_weight, grad_bias)
        return total.to(hidden.dtype)

    @staticmethod
    @once
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        grad_hidden, grad_weight, grad_bias = ctx.saved_tensors
        return grad_hidden * grad, grad_weight * grad, grad_bias * grad, None, None, None


def chunks(rows: int, classes: int) -> list[slice]:
    """Cut rows so that the logits of a chunk stay near 8 MB, which a cache shared by cores still helps.

    Each chunk reads W and adds to its gradient, so that few rows cost more than logits out of the cache do: of many
    classes a chunk has 256 rows, and fewer only where their logits would have more than 128 MB (of float32, in each
    buffer that a caller has).
    """
    enough = min(_ENOUGH_ROWS, _MOST_LOGITS // classes)
    size = max(16, min(_MOST_ROWS, max(enough, _CACHED_LOGITS // classes)))
    return [slice(first, min(first + size, rows)) for first in range(0, rows, size)]
