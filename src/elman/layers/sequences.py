"""Whole sequences of a cell at once: in compiled code, in torch's operator, where one of them makes just its step."""

from typing import Any

import torch
from torch import Tensor

from elman.cells.base import Cell
from elman.layers import fused, torch_operator
from elman.layers.packing import Packing
from elman.layers.step_masks import StepMasks
from elman.native import kernel_mode


def whole(
    cell: Cell, rows: Tensor, packing: Packing, state: Any, masks: StepMasks | None, backwards: bool
) -> tuple[Tensor, Any] | None:
    """Return outputs and last state of a packed batch, or None where only the loop can make them.

    Args:
        cell: makes the steps.
        rows: packed inputs.
        packing: how they are packed.
        state: before the first step that is read.
        masks: noise inside the steps.
        backwards: read every sequence from its end.
    """
    if packing.steps == 1 and torch.is_grad_enabled():
        return None  # in evaluation a row has the same bits alone, step by step, and among longer ones
    if fused.computes(cell) and fused.fits(cell, rows, state):
        return fused.run(cell, rows, packing, state, masks, backwards)
    if masks is not None or not _has_operator(cell):
        return None
    if not backwards:
        return torch_operator.run(cell, rows, packing, state)
    output, last = torch_operator.run(cell, packing.reverse(rows), packing, state)
    return packing.reverse(output), last


def step(cell: Cell, x: Tensor, state: Any) -> tuple[Tensor, Any]:
    """Return output and state of one step, given x_t: where nothing is learned, in compiled code.

    There a row has the same bits alone and among others. A cell that is watched leaves its steps to who watches.
    """
    if cell.watch is not None:
        return cell.watch(cell, x, state)
    able = not torch.is_grad_enabled() and len(x) > 0 and not torch.compiler.is_exporting()
    if able and fused.computes(cell) and fused.fits(cell, x, state):
        return fused.run(cell, x, Packing(len(x), 1), state, None, False)
    return cell.recur(cell.project(x), state)


def _has_operator(cell: Cell) -> bool:
    return kernel_mode() != "reference" and cell.torch_operator() is not None and cell.is_of("torch_operator")
