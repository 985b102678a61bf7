"""Noise inside a recurrence, drawn for a whole sequence before its first step."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from torch import Tensor

from elman.cells.base import KEEP_ALL, Cell, Drops
from elman.layers.packing import Packing


class StepMasks(NamedTuple):
    """Factors inside a recurrence: (B, H) for the same at every step, (N, H) for one for each packed row, or None.

    Rows of (B, H) are in the packed order of the batch.

    Args:
        drops: recurrent dropout.
        stays: d of zoneout by the name of a part of the state, s_t = d ⊙ s_{t-1} + (1 - d) ⊙ s̃_t.
    """

    drops: Drops
    stays: Mapping[str, Tensor]

    def reverse(self, packing: Packing) -> "StepMasks":
        """Return the masks as a loop needs them that reads every sequence from its end."""

        def turned(mask: Tensor) -> Tensor:
            return mask if len(mask) == packing.batch_size else packing.reverse(mask)

        drops = Drops(*(None if mask is None else turned(mask) for mask in self.drops))
        return StepMasks(drops, {name: turned(mask) for name, mask in self.stays.items()})


class MaskedRecurrence:
    """A cell whose steps are masked: the definition of what `StepMasks` do. It runs once, from its first step on.

    Args:
        cell: makes the steps.
        masks: of the whole sequence.
        packing: how its rows are packed.
    """

    def __init__(self, cell: Cell, masks: StepMasks, packing: Packing) -> None:
        self._cell = cell
        self._masks = masks
        self._packing = packing
        self._first = 0

    def project(self, inputs: Tensor) -> Tensor:
        """Return what the cell makes of the inputs."""
        return self._cell.project(inputs)

    def recur(self, projected_t: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Return output and state of the next step."""
        rows, drops, stays = len(projected_t), self._masks.drops, self._masks.stays
        if drops is not KEEP_ALL:
            drops = Drops(*(None if mask is None else self._of_step(mask, rows) for mask in drops))
        _, after = self._cell.recur(projected_t, state, drops)
        for name, mask in stays.items():
            d = self._of_step(mask, rows)
            after = after._replace(**{name: d * getattr(state, name) + (1 - d) * getattr(after, name)})
        self._first += rows
        return after.h, after

    def _of_step(self, mask: Tensor, rows: int) -> Tensor:
        # Rows leave a packed batch at its end, so those that are left are the first ones.
        first = 0 if len(mask) == self._packing.batch_size else self._first
        return mask[first : first + rows]
