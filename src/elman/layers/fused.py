"""Whole sequences in compiled code, as functions that torch can differentiate and export."""

from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

from elman.cells.base import Cell, State
from elman.layers import passes
from elman.layers.compiled import takes
from elman.layers.once import once
from elman.layers.packing import Packing
from elman.layers.passes import How, Kept, Weights
from elman.layers.step_masks import StepMasks
from elman.native.kinds import PROJECTED


def computes(cell: Cell) -> bool:
    """Say whether there is compiled code for exactly this cell, where its weights are."""
    return cell.kernel() is not None and cell.is_of("kernel") and takes(cell.weight_hh.dtype, cell.weight_hh)


def fits(cell: Cell, rows: Tensor, state: State) -> bool:
    """Say whether it can take these rows and this state: of the cell's type and device, outside torch.func.

    Nor where torch differentiates forwards, of which compiled code knows nothing.
    """
    kind, transformed = cell.weight_hh.dtype, torch._C._are_functorch_transforms_active()
    return (
        not transformed
        and forward_ad._current_level < 0
        and all(x.dtype == kind and x.device.type == "cpu" for x in (rows, *state.tensors()))
    )


def run(
    cell: Cell, rows: Tensor, packing: Packing, state: Any, masks: StepMasks | None, backwards: bool
) -> tuple[Tensor, Any]:
    """Run compiled code over a packed batch. Arguments and results are those of `unroll`.

    Raises:
        ShapeError: a state with another number of rows than the batch has.
    """
    before: Any = packing.sort(state)
    masks = masks or StepMasks()
    how = How(
        cell.kernel() or "",
        packing.batch_sizes,
        backwards,
        *masks.drops,
        masks.drops_each_step,
        masks.stays.get("h"),
        masks.stays.get("c"),
        masks.stays_each_step,
        getattr(cell.config, "epsilon", 0.0),
    )
    others = (getattr(cell, name, None) for name in ("weight_ch", "gain_hh", "gain_c", "bias_c"))
    first: tuple[Tensor | None, ...] = (rows, cell.weight_ih, cell.weight_hh, cell.bias_ih, cell.bias_hh)
    if how.kind in PROJECTED:
        # Under autocast a product may come in another type than its factors.
        first = (cell.project(rows).to(rows.dtype), None, cell.weight_hh, None, cell.bias_hh)
    tensors = (*first, *others, before.h, getattr(before, "c", None))
    tensors = (*tensors, getattr(cell, "weight_hr", None))
    if torch.compiler.is_exporting():
        output, *last = recurrence(*tensors[:-1], *how, tensors[-1])
    elif torch.is_grad_enabled():
        output, *last = _Recurrence.apply(how, *tensors)  # type: ignore[no-untyped-call]
    else:
        output, *last = passes.forward(Weights(*tensors), how, False)[:3]
    parts = dict(zip(("h", "c"), last, strict=True))
    return output, packing.restore(state._make(parts[name] for name in state._fields))


class _Recurrence(torch.autograd.Function):
    """The recurrence, differentiated once."""

    @staticmethod
    def forward(ctx: Any, how: How, *tensors: Any) -> tuple[Tensor | None, ...]:
        weights = Weights(*tensors)
        learns = any(ctx.needs_input_grad)
        output, h, c, kept = passes.forward(weights, how, learns)
        if learns and kept is not None:
            ctx.how, ctx.some = how, [tensor is not None for tensor in (*weights, *kept)]
            ctx.save_for_backward(*(tensor for tensor in (*weights, *kept) if tensor is not None))
            ctx.set_materialize_grads(False)
        return output, h, c

    @staticmethod
    @once
    def backward(ctx: Any, *gradients: Tensor | None) -> tuple[Tensor | None, ...]:
        saved = iter(ctx.saved_tensors)
        tensors: list[Any] = [next(saved) if there else None for there in ctx.some]
        needed = ctx.needs_input_grad[1:4]
        size = len(Weights._fields)
        how: How = ctx.how
        return None, *passes.backward(gradients, Weights(*tensors[:size]), how, Kept(*tensors[size:]), needed)


@torch.library.custom_op("elman::recurrence", mutates_args=())
def recurrence(
    input: Tensor,  # noqa: A002
    weight_ih: Tensor | None,
    weight_hh: Tensor,
    bias_ih: Tensor | None,
    bias_hh: Tensor | None,
    peephole: Tensor | None,
    gain: Tensor | None,
    memory_gain: Tensor | None,
    memory_bias: Tensor | None,
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
    epsilon: float,
    projection: Tensor | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Return output, last h and last c, which is empty where there is none: what `torch.export` writes down."""
    norm = (gain, memory_gain, memory_bias)
    weights = Weights(input, weight_ih, weight_hh, bias_ih, bias_hh, peephole, *norm, h, c, projection)
    drops = (entering_mask, candidate_mask, drops_each_step)
    how = How(kind, sizes, backwards, *drops, h_stays, c_stays, stays_each_step, epsilon)
    output, h_last, c_last, _ = passes.forward(weights, how, False)
    return output, h_last, h.new_empty(0) if c_last is None else c_last


@recurrence.register_fake
def _(input: Tensor, *others: Any) -> tuple[Tensor, ...]:  # noqa: A002
    h, c = others[8], others[9]
    state = input.new_empty(h.shape)
    return input.new_empty(len(input), h.shape[1]), state, input.new_empty(0 if c is None else c.shape)
