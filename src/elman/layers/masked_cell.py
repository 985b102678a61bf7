"""A cell with noise in its steps."""

from typing import Any

from torch import Tensor

from elman.cells.base import Cell, Drops, State, Step
from elman.layers import sequences
from elman.layers.packing import Packing
from elman.layers.step_masks import StepMasks


class MaskedCell(Step):
    """A cell whose steps are masked: the definition of what `StepMasks` do. It runs once, from its first step on.

    Args:
        cell: makes the steps.
        masks: of the whole sequence.
    """

    def __init__(self, cell: Cell, masks: StepMasks) -> None:
        self._cell = cell
        self._masks = masks
        self._first = 0

    @property
    def output_size(self) -> int:
        """The width of h."""
        return self._cell.output_size

    def initial_state(self, batch_size: int, memory: Any = None, steps: int | None = None) -> State:
        """Return the state that the cell starts from."""
        return self._cell.initial_state(batch_size)

    def project(self, rows: Tensor) -> Tensor:
        """Return what the cell makes of the inputs."""
        return self._cell.project(rows)

    def values(self, input_t: Tensor, state: Any, memory: Any = None) -> dict[str, Tensor]:
        """Return the quantities of the next step."""
        rows, masks = len(input_t), self._masks
        each_step = masks.drops_each_step
        drops = Drops(*(None if mask is None else self._of_step(mask, rows, each_step) for mask in masks.drops))
        values = self._cell.values(input_t, state, drops=drops)
        for name, mask in masks.stays.items():
            d = self._of_step(mask, rows, masks.stays_each_step)
            values[name] = d * getattr(state, name) + (1 - d) * values[name]
        self._first += rows
        return values

    def backwards(self, packing: Packing) -> Step:
        """Return the cell with its masks as a loop needs them that reads every sequence from its end."""
        return MaskedCell(self._cell, self._masks.reverse(packing))

    def whole(
        self, rows: Tensor, packing: Packing, state: Any, memory: Any, backwards: bool
    ) -> tuple[Tensor, Any] | None:
        """Return what compiled code makes, where it knows the cell."""
        return sequences.whole(self._cell, rows, packing, state, self._masks, backwards)

    def _of_step(self, mask: Tensor, rows: int, each_step: bool) -> Tensor:
        # Rows leave a packed batch at its end, so those that are left are the first ones.
        first = self._first if each_step else 0
        return mask[first : first + rows]
