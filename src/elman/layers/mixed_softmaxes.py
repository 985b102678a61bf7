"""The cross-entropy of a mixture of softmaxes, summed, without ever holding all of its logits."""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from elman.layers.cross_entropy import chunks
from elman.layers.once import once
from elman.layers.products import product


def summed_mixture(
    latent: Float[Tensor, "N K D"],
    log_prior: Float[Tensor, "N K"],
    weight: Float[Tensor, "V D"],
    bias: Float[Tensor, " V"],
    target: Int[Tensor, " N"],
    weights: Float[Tensor, " N"] | None = None,
) -> Float[Tensor, ""]:
    """Return -Σ_n w_n log Σ_k π_nk softmax(E z_nk + b)_target in nats, with a gradient for the first four.

    Args:
        latent: z_nk.
        log_prior: log π_nk.
        weight: E.
        bias: b.
        target: the class of each row.
        weights: w; 1 if left out.
    """
    result: Tensor = _SummedMixture.apply(latent, log_prior, weight, bias, target, weights)  # type: ignore[no-untyped-call]
    return result


class _SummedMixture(torch.autograd.Function):
    """The gradient is made chunk by chunk in the forward pass.

    With p_k = softmax(E z_k + b), y the target and r_k = π_k p_k(y) / Σ_j π_j p_j(y), what expert k has in it,

        ∂/∂logits_k = w r_k (p_k - y);    ∂/∂log π_k = -w r_k
    """

    @staticmethod
    def forward(
        ctx: Any,
        latent: Tensor,
        log_prior: Tensor,
        weight: Tensor,
        bias: Tensor,
        target: Tensor,
        weights: Tensor | None,
    ) -> Tensor:
        differentiate = any(ctx.needs_input_grad[:4])
        grads = [torch.zeros_like(one) for one in (latent, log_prior, weight, bias)] if differentiate else []
        experts, total = latent.shape[1], latent.new_zeros((), dtype=torch.float64)
        for chunk in chunks(len(latent), len(weight) * experts):
            rows = latent[chunk].flatten(0, 1)
            delta = torch.log_softmax(product(rows, weight.t()).add_(bias), -1)
            wanted = target[chunk].repeat_interleave(experts)[:, None]
            joint = log_prior[chunk] + delta.gather(1, wanted).view(-1, experts)
            nats = -torch.logsumexp(joint, 1)
            factors = None if weights is None else weights[chunk]
            total += (nats if factors is None else nats * factors).sum(dtype=torch.float64)
            if not grads:
                continue
            shares = torch.exp(joint + nats[:, None])
            if factors is not None:
                shares *= factors[:, None]
            delta.exp_().scatter_add_(1, wanted, delta.new_full((1, 1), -1.0).expand_as(wanted))
            delta *= shares.view(-1, 1)
            grads[0][chunk] = product(delta, weight).view(-1, experts, latent.shape[2])
            grads[1][chunk] = -shares
            product(delta.t(), rows, grads[2], adds=True)
            grads[3] += delta.sum(0)
        ctx.save_for_backward(*grads)
        return total.to(latent.dtype)

    @staticmethod
    @once
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        return (*(one * grad for one in ctx.saved_tensors), None, None)


@torch.no_grad()
def mixture_nats(
    latent: Float[Tensor, "N K D"],
    log_prior: Float[Tensor, "N K"],
    weight: Float[Tensor, "V D"],
    bias: Float[Tensor, " V"],
    target: Int[Tensor, " N"],
) -> Float[Tensor, " N"]:
    """Return -log Σ_k π_nk softmax(E z_nk + b)_target of each row in nats, without a gradient."""
    experts, found = latent.shape[1], latent.new_empty(len(latent))
    for chunk in chunks(len(latent), len(weight) * experts):
        log_probs = torch.log_softmax(product(latent[chunk].flatten(0, 1), weight.t()).add_(bias), -1)
        wanted = target[chunk].repeat_interleave(experts)[:, None]
        found[chunk] = -torch.logsumexp(log_prior[chunk] + log_probs.gather(1, wanted).view(-1, experts), 1)
    return found
