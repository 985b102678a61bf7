"""The cross-entropy of a linear softmax beside another way to the same class, summed, without holding all logits."""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from elman.layers.cross_entropy import chunks
from elman.layers.once import once
from elman.layers.products import product


def summed_mixed_cross_entropy(
    rows: Float[Tensor, "N H"],
    weight: Float[Tensor, "V H"],
    bias: Float[Tensor, " V"],
    target: Int[Tensor, " N"],
    inside: Float[Tensor, " N"],
    beside: Float[Tensor, " N"],
    smoothing: float = 0.0,
) -> Float[Tensor, " N"]:
    """Return what each target costs where a softmax is one of two ways to it, in nats.

        nats_n = -(1 - ε) log(exp(a_n) softmax(W h_n + b)_{t_n} + exp(b_n)) - ε/V Σ_k log softmax(W h_n + b)_k

    Args:
        rows: h_n.
        weight: W.
        bias: b.
        target: t, the class of each row; where there is none for the softmax, any, and a = -inf.
        inside: a, log of the share of the softmax; -inf where it cannot be.
        beside: b, log of what the other way gives the target; -inf where nothing.
        smoothing: ε, spread over the classes of the softmax.
    """
    result: Tensor = _MixedCrossEntropy.apply(rows, weight, bias, target, inside, beside, smoothing)  # type: ignore[no-untyped-call]
    return result


class _MixedCrossEntropy(torch.autograd.Function):
    """The logits are made twice, as nobody knows the factor of a row before the backward pass.

    With r the share of the softmax in what the target has, p = softmax(W h + b) and y the target,

        ∂/∂logits = ((1 - ε) r + ε) p - (1 - ε) r y - ε/V;    ∂/∂a = -(1 - ε) r;    ∂/∂b = -(1 - ε) (1 - r)
    """

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        weight: Tensor,
        bias: Tensor,
        target: Tensor,
        inside: Tensor,
        beside: Tensor,
        smoothing: float,
    ) -> Tensor:
        found, share = hidden.new_empty(len(hidden)), hidden.new_empty(len(hidden))
        for chunk in chunks(len(hidden), len(weight)):
            log_probs = torch.log_softmax(product(hidden[chunk], weight.t()).add_(bias), -1)
            written = inside[chunk] + log_probs.gather(1, target[chunk, None])[:, 0]
            both = torch.logaddexp(written, beside[chunk])
            share[chunk] = (written - both).exp()
            found[chunk] = -(1 - smoothing) * both
            if smoothing:
                found[chunk] -= smoothing * log_probs.mean(1)
        ctx.save_for_backward(hidden, weight, bias, target, share)
        ctx.smoothing = smoothing
        return found

    @staticmethod
    @once
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        hidden, weight, bias, target, share = ctx.saved_tensors
        smoothing = ctx.smoothing
        grad_hidden, grad_weight, grad_bias = (torch.zeros_like(one) for one in (hidden, weight, bias))
        taken = (1 - smoothing) * share
        for chunk in chunks(len(hidden), len(weight)):
            delta = torch.softmax(product(hidden[chunk], weight.t()).add_(bias), -1)
            delta *= (taken[chunk] + smoothing)[:, None]
            delta.scatter_add_(1, target[chunk, None], -taken[chunk, None])
            if smoothing:
                delta -= smoothing / len(weight)
            delta *= grad[chunk, None]
            product(delta, weight, grad_hidden[chunk])
            product(delta.t(), hidden[chunk], grad_weight, adds=True)
            grad_bias += delta.sum(0)
        return grad_hidden, grad_weight, grad_bias, None, -taken * grad, (taken - (1 - smoothing)) * grad, None
