"""The only loop over time."""

from typing import Any, TypeVar

import torch
from jaxtyping import Float
from torch import Tensor

from elman.cells.base import Cell, Recurrence, State, Step
from elman.layers import fused, torch_operator
from elman.layers.packing import Packing
from elman.layers.step_masks import StepMasks, masked
from elman.native import kernel_mode

S = TypeVar("S", bound=State)


def unroll(
    step: Step | Recurrence,
    rows: Float[Tensor, "N I"],
    packing: Packing,
    state: S,
    masks: StepMasks | None = None,
    backwards: bool = False,
) -> tuple[Float[Tensor, "N O"], S]:
    """Run a step over every time step of a packed batch.

    A cell whose whole sequence compiled code or torch can compute runs there; everything else, and every single step,
    runs in `loop`. All give the same numbers.

    Args:
        step: a cell, a recurrence made of one, or any other step.
        rows: packed inputs, time-major.
        packing: how they are packed.
        state: the state before the first step that is read, rows in the order of the batch.
        masks: noise inside the steps of a cell.
        backwards: read every sequence from its last real step to its first.

    Returns:
        packed outputs, and for each row of the batch the state after the last step that was read.
    """
    if not packing.batch_sizes:
        return rows.new_zeros(0, next(state.tensors()).shape[-1]), state
    if isinstance(step, Cell):
        if fused.computes(step) and packing.steps > 1 and fused.fits(step, rows, state):
            return fused.run(step, rows, packing, state, masks, backwards)
        step = masked(step, masks, packing, backwards)
    way = torch_operator.run if isinstance(step, Cell) and _in_torch(step, packing) else loop
    if not backwards:
        return way(step, rows, packing, state)  # type: ignore[arg-type]
    output, last = way(step, packing.reverse(rows), packing, state)  # type: ignore[arg-type]
    return packing.reverse(output), last


def _in_torch(cell: Cell, packing: Packing) -> bool:
    if packing.steps == 1 or kernel_mode() == "reference" or cell.torch_operator() is None:
        return False
    return cell.is_of("torch_operator")


def loop(
    step: Step | Recurrence, rows: Float[Tensor, "N I"], packing: Packing, state: S
) -> tuple[Float[Tensor, "N O"], S]:
    """Run a step over time in Python: the definition that every faster path must equal.

    The input product of a recurrence runs over all rows at once. Rows whose sequence has ended leave the batch, and
    their state is kept as it was.
    """
    advance: Any = step
    if isinstance(step, Recurrence):
        rows, advance = step.project(rows), step.recur
    current: Any = packing.sort(state)
    outputs, finished, first = [], [], 0
    active = packing.batch_size
    for size in packing.batch_sizes:
        if size < active:
            finished.append(_rows(current, size, active))
            current, active = _rows(current, 0, size), size
        output, current = advance(rows[first : first + size], current)
        outputs.append(output)
        first += size
    last = _concatenate([current, *reversed(finished)])
    return torch.cat(outputs), packing.restore(last)  # type: ignore[return-value]


def _rows(state: State, first: int, stop: int) -> State:
    return state.map(lambda tensor: tensor[first:stop])


def _concatenate(states: list[State]) -> State:
    if len(states) == 1:
        return states[0]
    columns = zip(*(state.tensors() for state in states), strict=True)
    joined = iter([torch.cat(column) for column in columns])
    return states[0].map(lambda _: next(joined))
