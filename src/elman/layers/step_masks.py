"""Noise inside a recurrence, drawn for a whole sequence before its first step."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from torch import Tensor

from elman.cells.base import KEEP_ALL, Cell, Drops
from elman.layers.packing import Packing


class StepMasks(NamedTuple):
    """Factors inside a recurrence: (B, H) for the same at every step, (N, H) for one for each packed row, or None.

    Rows of (B, H) are in the packed order of the batch.

    Args:
        drops: recurrent dropout.
        drops_each_step: whether these are (N, H).
        stays: d of zoneout by the name of a part of the state, s_t = d ⊙ s_{t-1} + (1 - d) ⊙ s̃_t.
        stays_each_step: whether these are (N, H).
    """

    drops: Drops = KEEP_ALL
    drops_each_step: bool = True
    stays: Mapping[str, Tensor] = MappingProxyType({})
    stays_each_step: bool = True

    def reverse(self, packing: Packing) -> "StepMasks":
        """Return the masks as a loop needs them that reads every sequence from its end."""
        drops, stays = self.drops, self.stays
        if self.drops_each_step:
            drops = Drops(*(None if mask is None else packing.reverse(mask) for mask in drops))
        if self.stays_each_step:
            stays = {name: packing.reverse(mask) for name, mask in stays.items()}
        return self._replace(drops=drops, stays=stays)


class MaskedRecurrence:
    """A cell whose steps are masked: the definition of what `StepMasks` do. It runs once, from its first step on.

    Args:
        cell: makes the steps.
        masks: of the whole sequence.
    """

    def __init__(self, cell: Cell, masks: StepMasks) -> None:
        self._cell = cell
        self._masks = masks
        self._first = 0

    def project(self, inputs: Tensor) -> Tensor:
        """Return what the cell makes of the inputs."""
        return self._cell.project(inputs)

    def recur(self, projected_t: Tensor, state: Any) -> tuple[Tensor, Any]:
        """Return output and state of the next step."""
        rows, masks = len(projected_t), self._masks
        each_step = masks.drops_each_step
        drops = Drops(*(None if mask is None else self._of_step(mask, rows, each_step) for mask in masks.drops))
        _, after = self._cell.recur(projected_t, state, drops)
        for name, mask in masks.stays.items():
            d = self._of_step(mask, rows, masks.stays_each_step)
            after = after._replace(**{name: d * getattr(state, name) + (1 - d) * getattr(after, name)})
        self._first += rows
        return after.h, after

    def _of_step(self, mask: Tensor, rows: int, each_step: bool) -> Tensor:
        # Rows leave a packed batch at its end, so those that are left are the first ones.
        first = self._first if each_step else 0
        return mask[first : first + rows]


def masked(cell: Cell, masks: StepMasks | None, packing: Packing, backwards: bool) -> Cell | MaskedRecurrence:
    """Return a cell with its masks as a loop takes it, which reads packed rows from their first step on."""
    if masks is None:
        return cell
    return MaskedRecurrence(cell, masks.reverse(packing) if backwards else masks)
