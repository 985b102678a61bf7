"""What a decoder looks at: an encoded source."""

from typing import NamedTuple

import torch
from torch import Tensor

from elman.cells.base import Memory
from elman.data.records import Padded


class Source(
    NamedTuple(
        "Source",
        [("values", Tensor), ("keys", Tensor), ("mask", Tensor), ("last", Tensor), ("rows", Tensor | None)],
    ),
    Memory,
):
    """An encoded source.

    Args:
        values: what the encoder gives at each place, (N, T, D).
        keys: what a score of attention takes of each place, (N, T, K).
        mask: which places are real, (N, T).
        last: the outputs of the encoder's last layer at the end of each of its directions, (N, D).
        rows: the source of each row of the state; None where row b has source b.
    """

    __slots__ = ()

    @property
    def end(self) -> Tensor:
        """`last` for each row of the state, (B, D)."""
        return self.last if self.rows is None else self.last[self.rows]


class CountedSource(Source):
    """A source whose keys say in their last number how far each place is from the number of the step."""

    __slots__ = ()


def real(values: Padded) -> Tensor:
    """Return which places of some sources are real, (N, T)."""
    mask: Tensor | None = values.mask
    return values.values.new_ones(values.values.shape[:2], dtype=torch.bool) if mask is None else mask


def end_of(values: Padded, both: bool) -> Tensor:
    """Return what the encoder gives where each of its directions ends, (N, D); 0 for a source of no place.

    Args:
        values: what it gives at each place, (N, T, D).
        both: whether the first half of D was read forwards and the second backwards.
    """
    hidden, lengths = values.values, values.lengths
    width = hidden.shape[2]
    last = hidden[:, -1] if lengths is None else hidden[torch.arange(len(hidden)), (lengths - 1).clamp(min=0)]
    return torch.cat([last[:, : width // 2], hidden[:, 0, width // 2 :]], -1) if both else last
