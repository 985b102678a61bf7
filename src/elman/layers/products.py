"""Products of large matrices, whose speed is the machine's and not that of one library."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad
from torch.nn import functional

from elman.layers.compiled import takes
from elman.native import matrices

_FEW = 64
"""Rows below which a library is as fast, in training."""


def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Return W x + b of each row, with gradients.

    In compiled code, where a row has the same bits alone and among others; only few rows that are learned from are left
    to torch.

    Args:
        x: (..., I).
        weight: W, (O, I).
        bias: b, (O,), or None.
    """
    tensors = (x, weight) if bias is None else (x, weight, bias)
    plain = not torch._C._are_functorch_transforms_active() and forward_ad._current_level < 0
    able = plain and not torch.compiler.is_exporting() and all(one.dtype == x.dtype for one in tensors)
    few = torch.is_grad_enabled() and x.numel() < _FEW * x.shape[-1]
    if few or not able or not takes(x.dtype, *tensors) or torch.is_autocast_enabled("cpu"):
        return functional.linear(x, weight, bias)
    rows = x.reshape(-1, x.shape[-1])
    made = _Linear.apply(rows, weight, bias) if torch.is_grad_enabled() else _linear(rows, weight, bias)  # type: ignore[no-untyped-call]
    return made.view(*x.shape[:-1], len(weight))


def _linear(rows: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    made = product(rows, weight.t())
    return made if bias is None else made.add_(bias)


class _Linear(torch.autograd.Function):
    """W x + b, whose gradient has one in turn."""

    @staticmethod
    def forward(ctx: Any, rows: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(rows, weight)
        ctx.biased = bias is not None
        return _linear(rows, weight, bias)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        rows, weight = ctx.saved_tensors
        times = torch.mm if torch.is_grad_enabled() else product
        d_rows = times(grad, weight) if ctx.needs_input_grad[0] else None
        d_weight = times(grad.t(), rows) if ctx.needs_input_grad[1] else None
        return d_rows, d_weight, grad.sum(0) if ctx.biased else None


def product(left: Tensor, right: Tensor, out: Tensor | None = None, adds: bool = False) -> Tensor:
    """Return left right, without a gradient.

    In compiled code where there is some: the library that torch was built with may be half as fast on a machine of
    another maker.

    Args:
        left: (M, K).
        right: (K, N).
        out: (M, N), contiguous, where it goes; a new one if left out.
        adds: whether it is added to what `out` has.
    """
    made = left.new_empty(len(left), right.shape[1]) if out is None else out
    if _computes(left, right, made):
        factors = left.detach().numpy(), right.detach().numpy()
        matrices.multiply(*factors, made.detach().numpy(), torch.get_num_threads(), adds)
    elif adds:
        made.addmm_(left, right)
    else:
        torch.mm(left, right, out=made)
    return made


def _computes(*tensors: Tensor) -> bool:
    """Say whether compiled code can take these matrices as they lie."""
    kind = tensors[0].dtype
    return takes(kind, *tensors) and all(
        one.dtype == kind and (1 in one.stride() or one.numel() < 2) for one in tensors
    )
