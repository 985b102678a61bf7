"""The softmax over a vocabulary."""

import math
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional

from elman.heads.base import Head, LossSum

_CHUNK_LOGITS = 1 << 22
_CHUNK_ROWS = 2048


class SoftmaxHead(Head):
    """One linear layer and a softmax.

        logits = W h + b
        log p(k) = logits_k - log Σ_j exp(logits_j)
        loss = -Σ_n log p(target_n)

    Loss and gradients are computed over a few rows at a time, so the logits of a whole batch never exist.

    Args:
        hidden_size: H.
        num_classes: V.
    """

    def __init__(self, hidden_size: int, num_classes: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(num_classes, hidden_size))
        self.bias = nn.Parameter(torch.empty(num_classes))
        self.reset_parameters(torch.Generator().manual_seed(0))

    def reset_parameters(self, generator: torch.Generator) -> None:
        """Draw the weights from U(-1/sqrt(H), 1/sqrt(H)); biases are 0."""
        bound = 1 / math.sqrt(self.weight.shape[1])
        with torch.no_grad():
            self.weight.uniform_(-bound, bound, generator=generator)
            self.bias.zero_()

    def loss(
        self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"], mask: Bool[Tensor, "B T"] | None = None
    ) -> LossSum:
        """Return the summed cross-entropy of the real targets."""
        # Time-major, as the recurrent layers leave their outputs: then nothing is copied.
        rows, wanted = hidden.transpose(0, 1), target.transpose(0, 1)
        if mask is None:
            rows, wanted = rows.flatten(0, 1), wanted.flatten(0, 1)
        else:
            real = mask.transpose(0, 1)
            rows, wanted = rows[real], wanted[real]
        nats: Tensor = _SummedCrossEntropy.apply(rows, self.weight, self.bias, wanted)  # type: ignore[no-untyped-call]
        return LossSum(nats, len(wanted))

    @torch.no_grad()
    def nll(self, hidden: Float[Tensor, "B T H"], target: Int[Tensor, "B T"]) -> Float[Tensor, "B T"]:
        """Return -log p(target) of each place in nats."""
        rows, wanted = hidden.transpose(0, 1).flatten(0, 1), target.transpose(0, 1).flatten(0, 1)
        parts = [
            functional.cross_entropy(self._logits(rows[chunk]), wanted[chunk], reduction="none")
            for chunk in _chunks(len(rows), len(self.weight))
        ]
        flat = torch.cat(parts) if parts else rows.new_zeros(0)
        return flat.view(target.shape[1], target.shape[0]).transpose(0, 1)

    def log_probs(self, hidden: Float[Tensor, "... H"]) -> Float[Tensor, "... V"]:
        """Return log p of every class in nats."""
        return functional.log_softmax(self._logits(hidden), dim=-1)

    def best(self, hidden: Float[Tensor, "... H"]) -> Int[Tensor, "..."]:
        """Return the class with the largest logit."""
        return self._logits(hidden).argmax(-1)

    def _logits(self, hidden: Tensor) -> Tensor:
        return functional.linear(hidden, self.weight, self.bias)


class _SummedCrossEntropy(torch.autograd.Function):
    """-Σ log softmax(W h + b)[target]; the gradient is made chunk by chunk in the forward pass.

    With p = softmax(W h + b) and y the one-hot target, ∂/∂logits = p - y, so

        ∂/∂h = Wᵀ (p - y);    ∂/∂W = (p - y) hᵀ;    ∂/∂b = p - y
    """

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor, target: Tensor) -> Tensor:
        differentiate = any(ctx.needs_input_grad[:3])
        grad_hidden = torch.empty_like(hidden) if differentiate else None
        grad_weight = torch.zeros_like(weight) if differentiate else None
        grad_bias = torch.zeros_like(bias) if differentiate else None
        total = hidden.new_zeros((), dtype=torch.float64)
        for chunk in _chunks(len(hidden), len(weight)):
            rows, wanted = hidden[chunk], target[chunk, None]
            delta = functional.log_softmax(torch.addmm(bias, rows, weight.t()), dim=-1)
            total -= delta.gather(1, wanted).sum(dtype=torch.float64)
            if grad_hidden is None or grad_weight is None or grad_bias is None:
                continue
            delta.exp_().scatter_add_(1, wanted, delta.new_full((1, 1), -1.0).expand_as(wanted))
            torch.mm(delta, weight, out=grad_hidden[chunk])
            grad_weight.addmm_(delta.t(), rows)
            grad_bias += delta.sum(0)
        ctx.save_for_backward(grad_hidden, grad_weight, grad_bias)
        return total.to(hidden.dtype)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        grad_hidden, grad_weight, grad_bias = ctx.saved_tensors
        return grad_hidden * grad, grad_weight * grad, grad_bias * grad, None


def _chunks(rows: int, classes: int) -> list[slice]:
    """Cut rows so that the logits of a chunk stay near 16 MB, which a cache shared by cores still helps."""
    size = max(16, min(_CHUNK_ROWS, _CHUNK_LOGITS // classes))
    return [slice(first, first + size) for first in range(0, rows, size)]
