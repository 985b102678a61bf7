"""Noise inside a recurrence, drawn for a whole sequence before its first step."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from torch import Tensor

from elman.cells.base import KEEP_ALL, Drops
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
