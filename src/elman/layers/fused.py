"""Whole sequences in compiled code, as functions that torch can differentiate and export."""

import threading
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from elman.cells.base import Cell, State
from elman.errors import KernelError, ShapeError
from elman.layers.packing import Packing
from elman.layers.step_masks import StepMasks
from elman.native import kernel_mode, module, recurrences

_TYPES = (torch.float32, torch.float64)
_LARGEST_ROOM = 2**26
"""Numbers that a thread keeps room for; what a larger pass needs is given back."""


def computes(cell: Cell) -> bool:
    """Say whether there is compiled code for exactly this cell, where its weights are."""
    if cell.kernel() is None or kernel_mode() == "reference" or module() is None or not cell.is_of("kernel"):
        return False
    return cell.weight_hh.device.type == "cpu" and cell.weight_hh.dtype in _TYPES


def fits(cell: Cell, rows: Tensor, state: State) -> bool:
    """Say whether it can take these rows and this state: of the cell's type and device, outside torch.func."""
    kind, transformed = cell.weight_hh.dtype, torch._C._are_functorch_transforms_active()
    return not transformed and all(x.dtype == kind and x.device.type == "cpu" for x in (rows, *state.tensors()))


def run(
    cell: Cell, rows: Tensor, packing: Packing, state: Any, masks: StepMasks | None, backwards: bool
) -> tuple[Tensor, Any]:
    """Run compiled code over a packed batch. Arguments and results are those of `unroll`.

    Raises:
        ShapeError: a state with another number of rows than the batch has.
    """
    if len(state.h) != packing.batch_size:
        raise ShapeError(f"state: got {len(state.h)} rows, expected {packing.batch_size}: one for each sequence.")
    before: Any = packing.sort(state)
    masks = masks or StepMasks()
    how = _How(
        cell.kernel() or "",
        packing.batch_sizes,
        backwards,
        *masks.drops,
        masks.drops_each_step,
        masks.stays.get("h"),
        masks.stays.get("c"),
        masks.stays_each_step,
    )
    weights = (cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh, getattr(cell, "weight_ch", None))
    tensors = (rows, *weights, before.h, getattr(before, "c", None))
    if torch.compiler.is_exporting():
        output, *last = recurrence(*tensors, *how)
    elif torch.is_grad_enabled():
        output, *last = _Recurrence.apply(how, *tensors)  # type: ignore[no-untyped-call]
    else:
        output, *last = _forward(_Weights(*tensors), how, False)[:3]
    parts = dict(zip(("h", "c"), last, strict=True))
    return output, packing.restore(state._make(parts[name] for name in state._fields))


class _How(NamedTuple):
    """What a pass is told besides the tensors that have gradients."""

    kind: str
    sizes: list[int]
    backwards: bool
    entering_mask: Tensor | None
    candidate_mask: Tensor | None
    drops_each_step: bool
    h_stays: Tensor | None
    c_stays: Tensor | None
    stays_each_step: bool


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
        needed = ctx.needs_input_grad[1:4]
        return None, *_Gradient.apply(ctx.how, needed, *gradients, *tensors)  # type: ignore[no-untyped-call]


class _Gradient(torch.autograd.Function):
    """The gradient, which says so when somebody wants its own."""

    @staticmethod
    def forward(ctx: Any, how: _How, needed: tuple[bool, bool, bool], *tensors: Any) -> tuple[Tensor | None, ...]:
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
    made = recurrences.Made(*map(_room, (output, h_last, c_last, gates, memory, inner, entering)))  # type: ignore[arg-type]
    recurrences.forward(_given(weights, how), made, torch.get_num_threads())
    kept = None if gates is None or entering is None else _Kept(output, gates, memory, inner, entering)
    return output, h_last, c_last, kept


def _backward(
    gradients: tuple[Tensor | None, ...], weights: _Weights, how: _How, kept: _Kept, needed: tuple[bool, bool, bool]
) -> tuple[Tensor | None, ...]:
    """Return the gradients of `_Weights`, given those of output, last h and last c.

    `needed` says whether those of the input, of weight_ih and of weight_hh are.
    """
    d_output, d_h, d_c = gradients
    z, d_inner = _scratch(kept)
    d_h = _own(d_h, weights.h)
    d_c = None if weights.c is None else _own(d_c, weights.c)
    d_bias = None if weights.bias_ih is None else z.new_empty(z.shape[1])
    d_inner_bias = None if d_bias is None or d_inner is None else d_inner.new_empty(d_inner.shape[1])
    d_peephole = None if weights.peephole is None else z.new_empty(weights.peephole.shape)
    made = (kept.output, weights.h, None, kept.gates, kept.memory, kept.inner, None)
    filled = (d_h, d_c, z, d_inner, d_bias, d_inner_bias, d_peephole)
    recurrences.backward(
        _given(weights, how),
        recurrences.Made(*map(_array, made)),  # type: ignore[arg-type]
        recurrences.Gradients(_array(d_output), *map(_room, filled)),  # type: ignore[arg-type]
        torch.get_num_threads(),
    )
    d_input = z @ weights.weight_ih if needed[0] else None
    d_weight_ih = z.t() @ weights.input if needed[1] else None
    d_weight_hh = _recurrent_weights(weights.weight_hh, z, d_inner, kept.entering) if needed[2] else None
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
    made, split = z.new_empty(weight.shape), len(weight) - weight.shape[1]
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
        room = kept.gates.new_empty(size)
        if size <= _LARGEST_ROOM:
            rooms[kept.gates.dtype] = room
    z, inner = room[: kept.gates.numel()], room[kept.gates.numel() : size]
    return z.view_as(kept.gates), None if kept.inner is None else inner.view_as(kept.inner)


def _given(weights: _Weights, how: _How) -> recurrences.Given:
    arrays = _Weights(*map(_array, weights))  # type: ignore[arg-type]
    biases = recurrences.join_biases(how.kind, arrays.bias_ih, arrays.bias_hh)  # type: ignore[arg-type]
    inputs = (arrays.input, arrays.weight_ih, arrays.weight_hh, *biases, *arrays[5:])
    drops, stays = map(_array, how[3:5]), map(_array, how[6:8])
    masks = recurrences.Masks(*drops, how.drops_each_step, *stays, how.stays_each_step)  # type: ignore[call-arg,arg-type]
    return recurrences.Given(how.kind, np.array(how.sizes, dtype=np.int64), how.backwards, *inputs, masks)  # type: ignore[arg-type]


def _array(tensor: Tensor | None) -> np.ndarray | None:
    """Return what a kernel reads."""
    return None if tensor is None else tensor.detach().contiguous().numpy()


def _room(tensor: Tensor | None) -> np.ndarray | None:
    """Return what a kernel fills in: this very memory, never a copy."""
    return None if tensor is None else tensor.detach().numpy()


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
    drops_each_step: bool,
    h_stays: Tensor | None,
    c_stays: Tensor | None,
    stays_each_step: bool,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return output, last h and last c, which is empty where there is none: what `torch.export` writes down."""
    weights = _Weights(input, weight_ih, weight_hh, bias_ih, bias_hh, peephole, h, c)
    drops = (entering_mask, candidate_mask, drops_each_step)
    how = _How(kind, sizes, backwards, *drops, h_stays, c_stays, stays_each_step)
    output, h_last, c_last, _ = _forward(weights, how, False)
    return output, h_last, h.new_empty(0) if c_last is None else c_last


@recurrence.register_fake
def _(input: Tensor, *others: Any) -> tuple[Tensor, ...]:  # noqa: A002
    h, c = others[5], others[6]
    state = input.new_empty(h.shape)
    return input.new_empty(len(input), h.shape[1]), state, input.new_empty(0 if c is None else c.shape)
