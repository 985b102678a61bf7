"""The only loop over time."""

from typing import Any, TypeVar

import torch
from jaxtyping import Float
from torch import Tensor

from elman.cells.base import Cell, Recurrence, State, Step
from elman.layers import fused
from elman.layers.packing import Packing

S = TypeVar("S", bound=State)


def unroll(
    step: Step | Recurrence, rows: Float[Tensor, "N I"], packing: Packing, state: S
) -> tuple[Float[Tensor, "N O"], S]:
    """Run a step over every time step of a packed batch.

    A cell whose whole sequence torch can compute runs there; everything else, and every single step, runs in `loop`.
    Both give the same numbers.

    Args:
        step: a cell, a recurrence made of one, or any other step.
        rows: packed inputs, time-major.
        packing: how they are packed.
        state: the state before step 0, rows in the order of the batch.

    Returns:
        packed outputs, and for each row of the batch the state after its last real step.
    """
    if not packing.batch_sizes:
        return rows.new_zeros(0, next(state.tensors()).shape[-1]), state
    if isinstance(step, Cell) and fused.runs(step, packing):
        return fused.run(step, rows, packing, state)
    return loop(step, rows, packing, state)


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
