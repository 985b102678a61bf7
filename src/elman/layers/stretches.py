"""The gradient of a long table of numbers of which stretches were looked at, without sorting every number."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor


class Looks(NamedTuple):
    """Stretches of a table that were looked at, and where each lies among all numbers that were, one behind the other.

    Args:
        cells: the numbers that were looked at, rising, (U,).
        starts: where each stretch begins among them, (L,).
        widths: how long each stretch is, (L,).
    """

    cells: Int[Tensor, " U"]
    starts: Int[Tensor, " L"]
    widths: Int[Tensor, " L"]

    @classmethod
    def of(cls, places: Sequence[Int[Tensor, "_ _"]], widths: Sequence[int], like: Tensor) -> "Looks":
        """Return the looks at stretches; those that overlap are joined.

        Only where stretches begin is sorted, some thousands where they have a million numbers.

        Args:
            places: where stretches of one width begin in the table.
            widths: the width of each of `places`.
            like: of the type and device of places.
        """
        first = torch.cat([one.flatten() for one in places] or [like.new_empty(0)])
        counts = torch.tensor([one.numel() for one in places], dtype=torch.int64, device=first.device)
        wide = torch.tensor(list(widths), dtype=torch.int64, device=first.device).repeat_interleave(counts)
        if not len(first):
            return cls(first, first, wide)
        order = torch.argsort(first, stable=True)
        begin, reach = first[order], (first + wide)[order].cummax(0).values
        apart = torch.ones_like(begin, dtype=torch.bool)
        apart[1:] = begin[1:] > reach[:-1]
        joined = apart.cumsum(0) - 1
        opened, closed = begin[apart], reach[torch.cat([apart[1:], apart[:1]])]
        lengths = closed - opened
        shift = lengths.cumsum(0) - lengths - opened
        cells = torch.arange(int(lengths.sum()), device=first.device) - shift.repeat_interleave(lengths)
        starts = torch.empty_like(first)
        starts[order] = begin + shift[joined]
        return cls(cells, starts, wide)

    def summed(self, values: Float[Tensor, " N"], table: Float[Tensor, " S"], sparse: bool) -> Tensor:
        """Return the sum of what reached each number of the table, added in the order of the looks.

        Args:
            values: of the numbers of each stretch, one stretch behind the other.
            table: that was looked at.
            sparse: whether the result holds only what was looked at, each number once, or all of the table.
        """
        ends = self.widths.cumsum(0)
        inside = torch.arange(len(values), device=values.device)
        inside += (self.starts - ends + self.widths).repeat_interleave(self.widths)
        found = values.new_zeros(len(self.cells)).index_add_(0, inside, values)
        if sparse:
            return _sparse(self.cells[None], found, table.shape)
        return torch.zeros_like(table).index_copy_(0, self.cells, found)


def scaled(gradient: Tensor, factor: Tensor) -> Tensor:
    """Return a gradient times a number; one that holds each number once goes on doing so."""
    if not gradient.is_sparse:
        return gradient * factor
    return _sparse(gradient._indices(), gradient._values() * factor, gradient.shape)


def settled(gradient: Tensor) -> Tensor:
    """Return a sparse gradient that holds each row once, in rising order; it is sorted only where it does not.

    What torch hands on has forgotten that it was so.
    """
    [rows] = gradient._indices()
    if not gradient.is_coalesced() and bool((rows[1:] > rows[:-1]).all()):
        gradient._coalesced_(True)
    return gradient.coalesce()


def _sparse(cells: Tensor, values: Tensor, shape: torch.Size) -> Tensor:
    return torch.sparse_coo_tensor(cells, values, shape, check_invariants=False, is_coalesced=True)
