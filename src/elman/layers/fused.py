"""Whole sequences in compiled code, as operators that torch can differentiate and export."""

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from elman.cells.base import Cell
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
    drops, stays = (masks.drops, masks.stays) if masks else ((None, None), {})
    output, h, c, *_ = recurrence(
        cell.project(rows),
        cell.weight_hh,
        cell.bias_hh,
        getattr(cell, "weight_ch", None),
        before.h,
        getattr(before, "c", None),
        *drops,
        stays.get("h"),
        stays.get("c"),
        cell.kernel() or "",
        packing.batch_sizes,
        backwards,
        torch.is_grad_enabled(),
    )
    parts = {"h": h, "c": c}
    return output, packing.restore(state._make(parts[name] for name in state._fields))


class _Shape(NamedTuple):
    """Sizes of a recurrence, and which of its results are there."""

    rows: int
    batch: int
    hidden: int
    gates: int
    memory: bool
    inner: bool

    @classmethod
    def of(cls, projected: Tensor, h: Tensor, kind: str) -> "_Shape":
        rows, gates = projected.shape
        batch, hidden = h.shape
        return cls(rows, batch, hidden, gates, kind.endswith("lstm"), kind == "gru")


@torch.library.custom_op("elman::recurrence", mutates_args=())
def recurrence(
    projected: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    peephole: Tensor | None,
    h: Tensor,
    c: Tensor | None,
    entering_mask: Tensor | None,
    candidate_mask: Tensor | None,
    h_stays: Tensor | None,
    c_stays: Tensor | None,
    kind: str,
    sizes: list[int],
    backwards: bool,
    learns: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Return output, last h and c, and what the gradient needs: gates, memory, inner, entering.

    `elman.native.recurrences` says what each of them is. Those that a kind does not have are empty.
    """
    made = _empty_results(projected, h, kind, learns)
    output, h_last, *others = made
    masks = recurrences.Masks(*map(_array_or_none, (entering_mask, candidate_mask, h_stays, c_stays)))
    given = _given(weight, bias, peephole, h, c, masks, kind, sizes, backwards)
    filled = recurrences.Made(_array(output), _array(h_last), *map(_filled, others))
    recurrences.forward(given, _array(projected), filled, torch.get_num_threads())
    return made  # type: ignore[return-value]


@recurrence.register_fake
def _(projected: Tensor, weight: Tensor, bias: Any, peephole: Any, h: Tensor, *others: Any) -> tuple[Tensor, ...]:
    *_, kind, _sizes, _backwards, learns = others
    return _empty_results(projected, h, kind, learns)


@torch.library.custom_op("elman::recurrence_backward", mutates_args=())
def recurrence_backward(
    d_output: Tensor | None,
    d_h_last: Tensor | None,
    d_c_last: Tensor | None,
    weight: Tensor,
    has_bias: bool,
    peephole: Tensor | None,
    h: Tensor,
    c: Tensor | None,
    entering_mask: Tensor | None,
    candidate_mask: Tensor | None,
    h_stays: Tensor | None,
    c_stays: Tensor | None,
    output: Tensor,
    gates: Tensor,
    memory: Tensor,
    inner: Tensor,
    entering: Tensor,
    kind: str,
    sizes: list[int],
    backwards: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Return the gradients of projected, weight, bias, peephole, h and c; empty where there is none."""
    shape = _Shape.of(gates, h, kind)
    made = _empty_gradients(gates, weight, has_bias, peephole, h, c)
    d_projected, d_weight, d_bias, d_peephole, d_h, d_c = made
    d_inner = gates.new_empty(shape.rows, shape.hidden) if shape.inner else None
    for last, first in ((d_h_last, d_h), (d_c_last, d_c)):
        first.zero_() if last is None else first.copy_(last)
    masks = recurrences.Masks(*map(_array_or_none, (entering_mask, candidate_mask, h_stays, c_stays)))
    given = _given(weight, None, peephole, h, c, masks, kind, sizes, backwards)
    kept = recurrences.Made(_array(output), _array(d_h), None, _array(gates), _filled(memory), _filled(inner), None)
    gradients = recurrences.Gradients(
        _array_or_none(d_output), _array(d_h), _filled(d_c), _array(d_projected), _array_or_none(d_inner),
        _filled(d_bias), _filled(d_peephole),
    )  # fmt: skip
    recurrences.backward(given, kept, gradients, torch.get_num_threads())
    _weight_gradient(d_weight, d_projected, d_inner, entering)
    return made  # type: ignore[return-value]


@recurrence_backward.register_fake
def _(d_output: Any, d_h_last: Any, d_c_last: Any, weight: Tensor, has_bias: bool, *others: Any) -> tuple[Tensor, ...]:
    peephole, h, c, *_ = others
    return _empty_gradients(others[8], weight, has_bias, peephole, h, c)


def _setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
    *tensors, ctx.kind, ctx.sizes, ctx.backwards, learns = inputs
    if not learns:
        raise KernelError("elman::recurrence: a gradient is asked of a pass that kept nothing: got learns=False.")
    made, _h_last, _c_last, *kept = output
    ctx.has_bias = inputs[2] is not None
    ctx.set_materialize_grads(False)
    ctx.mark_non_differentiable(*kept)
    ctx.save_for_backward(*tensors[1:2], *tensors[3:], made, *kept)


def _differentiate(ctx: Any, d_output: Any, d_h: Any, d_c: Any, *_kept: Any) -> tuple[Any, ...]:
    weight, *others = ctx.saved_tensors
    gradients = recurrence_backward(
        d_output, d_h, d_c, weight, ctx.has_bias, *others, ctx.kind, ctx.sizes, ctx.backwards
    )
    return (*(gradient if gradient.numel() else None for gradient in gradients), *[None] * 8)


def _refuse(ctx: Any, *_gradients: Any) -> None:
    raise KernelError(
        "elman::recurrence: compiled code has no gradient of its gradient. Set ELMAN_KERNELS=reference for that."
    )


recurrence.register_autograd(_differentiate, setup_context=_setup_context)
recurrence_backward.register_autograd(_refuse)


def _given(
    weight: Tensor,
    bias: Tensor | None,
    peephole: Tensor | None,
    h: Tensor,
    c: Tensor | None,
    masks: recurrences.Masks,
    kind: str,
    sizes: list[int],
    backwards: bool,
) -> recurrences.Given:
    arrays = (_array(weight), _array_or_none(bias), _array_or_none(peephole), _array(h), _array_or_none(c))
    return recurrences.Given(kind, np.array(sizes, dtype=np.int64), backwards, *arrays, masks)


def _empty_results(projected: Tensor, h: Tensor, kind: str, learns: bool) -> tuple[Tensor, ...]:
    shape = _Shape.of(projected, h, kind)
    state, sequence = (shape.batch, shape.hidden), (shape.rows, shape.hidden)
    shapes = (
        sequence,
        state,
        state if shape.memory else (0,),
        (shape.rows, shape.gates) if learns else (0,),
        sequence if learns and shape.memory else (0,),
        sequence if learns and shape.inner else (0,),
        sequence,
    )
    return tuple(projected.new_empty(shape) for shape in shapes)


def _empty_gradients(
    gates: Tensor, weight: Tensor, has_bias: bool, peephole: Tensor | None, h: Tensor, c: Tensor | None
) -> tuple[Tensor, ...]:
    whole = (gates, weight, weight[:, 0] if has_bias else None, peephole, h, c)
    # Results may not share memory, so each that is not there is an empty tensor of its own.
    return tuple(gates.new_empty(0 if like is None else like.shape) for like in whole)


def _weight_gradient(made: Tensor, z: Tensor, inner: Tensor | None, entering: Tensor) -> None:
    """Fill in Σ_t z_tᵀ h_{t-1}; the last block of a GRU's rows saw `inner`."""
    split = len(made) if inner is None else len(made) - made.shape[1]
    torch.mm(z[:, :split].t(), entering, out=made[:split])
    if inner is not None:
        torch.mm(inner.t(), entering, out=made[split:])


def _array(tensor: Tensor) -> np.ndarray:
    return tensor.detach().contiguous().numpy()


def _array_or_none(tensor: Tensor | None) -> np.ndarray | None:
    return None if tensor is None else _array(tensor)


def _filled(tensor: Tensor) -> np.ndarray | None:
    return _array(tensor) if tensor.numel() else None
