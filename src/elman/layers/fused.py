"""Whole sequences in compiled code, as functions that torch can differentiate and export."""

import threading
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from elman.cells.base import KEEP_ALL, Cell
from elman.errors import KernelError
from elman.layers.packing import Packing
from elman.layers.step_masks import StepMasks
from elman.native import recurrences

TYPES = (torch.float32, torch.float64)


def fits(cell: Cell, rows: Tensor) -> bool:
    """Say whether compiled code can run this cell on these rows: of the CPU, of a type that it has."""
    return cell.kernel() is not None and rows.device.type == "cpu" and rows.dtype == cell.weight_hh.dtype in TYPES


def run(
    cell: Cell, rows: Tensor, packing: Packing, state: Any, masks: StepMasks | None, backwards: bool
) -> tuple[Tensor, Any]:
    """Run compiled code over a packed batch. Arguments and results are those of `unroll`."""
    before: Any = packing.sort(state)
    drops, stays = (masks.drops, masks.stays) if masks else (KEEP_ALL, {})
    how = _How(
        cell.kernel() or "",
        packing.batch_sizes,
        backwards,
        drops.hidden,
        drops.candidate,
        stays.get("h"),
        stays.get("c"),
    )
    weights = (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh, getattr(cell, "weight_ch", None))
    tensors = (rows, *weights, before.h, getattr(before, "c", None))
    if torch.compiler.is_exporting():
        output, *last = recurrence(*tensors, *how)
    else:
        output, *last = _Recurrence.apply(how, *tensors)  # type: ignore[no-untyped-call]
    parts = dict(zip(("h", "c"), last, strict=True))
    return output, packing.restore(state._make(parts[name] for name in state._fields))


class _How(NamedTuple):
    """What a pass is told besides the tensors that have gradients."""

    kind: str
    sizes: list[int]
    backwards: bool
    entering_mask: Tensor | None
    candidate_mask: Tensor | None
    h_stays: Tensor | None
    c_stays: Tensor | None


class _Weights(NamedTuple):
    """The tensors of a pass that may have gradients, in the order in which every function here takes them."""

    input: Tensor
    weight_ih: Tensor
    weight_hh: Tensor
    bias_ih: Tensor | None
    bias_hh: Tensor | None
    peephole: Tensor | None
    h: Tensor
    c: Tensor | None


class _Kept(NamedTuple):
    """What the gradient needs of a forward pass: see `elman.native.recurrences.Made`."""

    output: Tensor
    gates: Tensor
    memory: Tensor | None
    inner: Tensor | None
    entering: Tensor


class _Recurrence(torch.autograd.Function):
    """The recurrence, differentiated once."""

    @staticmethod
    def forward(ctx: Any, how: _How, *tensors: Any) -> tuple[Tensor | None, ...]:
        weights = _Weights(*tensors)
        learns = any(ctx.needs_input_grad)
        output, h, c, kept = _forward(weights, how, learns)
        if learns and kept is not None:
            ctx.how, ctx.some = how, [tensor is not None for tensor in (*weights, *kept)]
            ctx.save_for_backward(*(tensor for tensor in (*weights, *kept) if tensor is not None))
            ctx.set_materialize_grads(False)
        return output, h, c

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        saved = iter(ctx.saved_tensors)
        tensors = [next(saved) if there else None for there in ctx.some]
        needed = ctx.needs_input_grad[1:3]
        return None, *_Gradient.apply(ctx.how, needed, *gradients, *tensors)  # type: ignore[no-untyped-call]


class _Gradient(torch.autograd.Function):
    """The gradient, which says so when somebody wants its own."""

    @staticmethod
    def forward(ctx: Any, how: _How, needed: tuple[bool, bool], *tensors: Any) -> tuple[Tensor | None, ...]:
        gradients, rest = tensors[:3], tensors[3:]
        size = len(_Weights._fields)
        return _backward(gradients, _Weights(*rest[:size]), how, _Kept(*rest[size:]), needed)

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> Any:
        raise KernelError(
            "elman::recurrence: compiled code has no gradient of its gradient. Set ELMAN_KERNELS=reference for that."
        )


def _forward(weights: _Weights, how: _How, learns: bool) -> tuple[Tensor, Tensor, Tensor | None, _Kept | None]:
    """Return output, last h and c, and what the gradient needs."""
    x, h, c = weights.input, weights.h, weights.c
    rows, hidden = len(x), h.shape[1]
    output, h_last = x.new_empty(rows, hidden), torch.empty_like(h, memory_format=torch.contiguous_format)
    c_last = None if c is None else torch.empty_like(c, memory_format=torch.contiguous_format)
    gates = x.new_empty(rows, len(weights.weight_hh)) if learns else None
    memory = torch.empty_like(output) if learns and c is not None else None
    inner = torch.empty_like(output) if learns and how.kind == "gru" else None
    masked = how.entering_mask is not None or how.candidate_mask is not None
    entering = torch.empty_like(output) if learns or masked else None
    made = recurrences.Made(*map(_array, (output, h_last, c_last, gates, memory, inner, entering)))  # type: ignore[arg-type]
    recurrences.forward(_given(weights, how), made, torch.get_num_threads())
    kept = None if gates is None or entering is None else _Kept(output, gates, memory, inner, entering)
    return output, h_last, c_last, kept


def _backward(
    gradients: tuple[Tensor | None, ...], weights: _Weights, how: _How, kept: _Kept, needed: tuple[bool, bool]
) -> tuple[Tensor | None, ...]:
    """Return the gradients of `_Weights`, given those of output, last h and last c.

    `needed` says whether those of the input and of weight_ih are.
    """
    d_output, d_h, d_c = gradients
    z, d_inner = _scratch(kept)
    d_h = _own(d_h, weights.h)
    d_c = None if weights.c is None else _own(d_c, weights.c)
    d_bias = None if weights.bias_ih is None else torch.empty_like(weights.bias_ih)
    d_inner_bias = None if d_bias is None or d_inner is None else d_inner.new_empty(d_inner.shape[1])
    d_peephole = None if weights.peephole is None else torch.empty_like(weights.peephole)
    made = (kept.output, weights.h, None, kept.gates, kept.memory, kept.inner, None)
    filled = (d_output, d_h, d_c, z, d_inner, d_bias, d_inner_bias, d_peephole)
    recurrences.backward(
        _given(weights, how),
        recurrences.Made(*map(_array, made)),  # type: ignore[arg-type]
        recurrences.Gradients(*map(_array, filled)),  # type: ignore[arg-type]
        torch.get_num_threads(),
    )
    d_input = z @ weights.weight_ih if needed[0] else None
    d_weight_ih = z.t() @ weights.input if needed[1] else None
    d_weight_hh = _recurrent_weights(weights.weight_hh, z, d_inner, kept.entering)
    d_bias_hh = d_bias
    if d_bias is not None and d_inner_bias is not None:
        d_bias_hh = torch.cat([d_bias[: -len(d_inner_bias)], d_inner_bias])
    elif d_bias is not None:
        d_bias_hh = d_bias.clone()
    return d_input, d_weight_ih, d_weight_hh, d_bias, d_bias_hh, d_peephole, d_h, d_c


def _recurrent_weights(weight: Tensor, z: Tensor, inner: Tensor | None, entering: Tensor) -> Tensor:
    """Return Σ_t z_tᵀ h_{t-1}; the last block of a GRU's rows saw `inner`."""
    if inner is None:
        return z.t() @ entering
    made, split = torch.empty_like(weight), len(weight) - weight.shape[1]
    torch.mm(z[:, :split].t(), entering, out=made[:split])
    torch.mm(inner.t(), entering, out=made[split:])
    return made


def _own(gradient: Tensor | None, like: Tensor) -> Tensor:
    """Return a gradient that may be written to, zeros if there is none."""
    if gradient is None:
        return like.new_zeros(like.shape)
    return gradient.clone(memory_format=torch.contiguous_format)


_memory = threading.local()


def _scratch(kept: _Kept) -> tuple[Tensor, Tensor | None]:
    """Return room for the gradients of the gates, and of `inner`, that this thread uses again and again.

    Fresh memory for every pass would cost more than the arithmetic of a small layer.
    """
    size = kept.gates.numel() + (0 if kept.inner is None else kept.inner.numel())
    rooms = _memory.__dict__.setdefault("rooms", {})
    room = rooms.get(kept.gates.dtype)
    if room is None or room.numel() < size:
        room = rooms[kept.gates.dtype] = kept.gates.new_empty(size)
    z, inner = room[: kept.gates.numel()], room[kept.gates.numel() : size]
    return z.view_as(kept.gates), None if kept.inner is None else inner.view_as(kept.inner)


def _given(weights: _Weights, how: _How) -> recurrences.Given:
    bias, inner_bias = None, None
    if weights.bias_ih is not None and weights.bias_hh is not None:
        bias = weights.bias_ih.detach() + weights.bias_hh.detach()
        if how.kind == "gru":  # W_hn h + b_hn is multiplied by r before it meets the rest
            hidden = weights.h.shape[1]
            inner_bias = weights.bias_hh[-hidden:]
            bias[-hidden:] = weights.bias_ih.detach()[-hidden:]
    tensors = (weights.input, weights.weight_ih, weights.weight_hh, bias, inner_bias, *weights[5:])
    masks = recurrences.Masks(*map(_array, how[3:]))
    sizes = np.array(how.sizes, dtype=np.int64)
    return recurrences.Given(how.kind, sizes, how.backwards, *map(_array, tensors), masks)  # type: ignore[arg-type,call-arg]


def _array(tensor: Tensor | None) -> np.ndarray | None:
    return None if tensor is None else tensor.detach().contiguous().numpy()


@torch.library.custom_op("elman::recurrence", mutates_args=())
def recurrence(
    input: Tensor,  # noqa: A002
    weight_ih: Tensor,
    weight_hh: Tensor,
    bias_ih: Tensor | None,
    bias_hh: Tensor | None,
    peephole: Tensor | None,
    h: Tensor,
    c: Tensor | None,
    kind: str,
    sizes: list[int],
    backwards: bool,
    entering_mask: Tensor | None,
    candidate_mask: Tensor | None,
    h_stays: Tensor | None,
    c_stays: Tensor | None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return output, last h and last c, which is empty where there is none: what `torch.export` writes down."""
    weights = _Weights(input, weight_ih, weight_hh, bias_ih, bias_hh, peephole, h, c)
    how = _How(kind, sizes, backwards, entering_mask, candidate_mask, h_stays, c_stays)
    output, h_last, c_last, _ = _forward(weights, how, False)
    return output, h_last, h.new_empty(0) if c_last is None else c_last


@recurrence.register_fake
def _(input: Tensor, *others: Any) -> tuple[Tensor, ...]:  # noqa: A002
    h, c = others[5], others[6]
    state = input.new_empty(h.shape)
    return input.new_empty(len(input), h.shape[1]), state, input.new_empty(0 if c is None else c.shape)
