"""Rows of different lengths as one time-major run of real rows, and back."""

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor

from elman.cells.base import Memory, State
from elman.errors import ShapeError


class Packing:
    """Where the real entries of a padded (B, T, ...) batch stand once padding is left out.

    Sequences are sorted by falling length; packed rows are those of step 0, then of step 1, and so on. Step t has
    `batch_sizes[t]` rows, which are always the first ones of the sorted batch, so a finished sequence costs nothing
    and a sequence of length 0 is legal.

    Args:
        batch_size: B.
        steps: T.
        lengths: (B,) real steps of each sequence; None when all have T.

    Raises:
        ShapeError: a length outside 0..T.
    """

    def __init__(self, batch_size: int, steps: int, lengths: Int[Tensor, " B"] | None = None) -> None:
        self.batch_size = batch_size
        self.steps = steps
        self.order: Tensor | None = None
        self.batch_sizes = [batch_size] * steps
        if lengths is None or bool((lengths == steps).all()):
            return
        if int(lengths.min()) < 0 or int(lengths.max()) > steps:
            raise ShapeError(
                f"lengths: got {int(lengths.min())}..{int(lengths.max())}, expected 0..{steps} for {steps} steps."
            )
        self.order = torch.argsort(lengths, descending=True, stable=True)
        real = torch.arange(steps, device=lengths.device)[:, None] < lengths[self.order]
        self.batch_sizes = [size for size in real.sum(1).tolist() if size]
        self._inverse = torch.argsort(self.order)
        step, row = real.nonzero(as_tuple=True)
        self._index = self.order[row] * steps + step

    def pack(self, padded: Shaped[Tensor, "B T ..."]) -> Shaped[Tensor, "N ..."]:
        """Return the real rows, time-major."""
        if self.order is None:
            return padded.transpose(0, 1).flatten(0, 1)
        return padded.flatten(0, 1)[self._index]

    def unpack(self, rows: Float[Tensor, "N ..."]) -> Float[Tensor, "B T ..."]:
        """Return the padded batch; padding is 0."""
        shape = rows.shape[1:]
        if self.order is None:
            return rows.view(self.steps, self.batch_size, *shape).transpose(0, 1)
        padded = rows.new_zeros(self.batch_size * self.steps, *shape)
        return padded.index_copy(0, self._index, rows).view(self.batch_size, self.steps, *shape)

    def reverse(self, rows: Shaped[Tensor, "N ..."]) -> Shaped[Tensor, "N ..."]:
        """Return the rows with every sequence read from its last real step to its first; twice changes nothing."""
        if self.order is None:
            return rows.view(self.steps, self.batch_size, *rows.shape[1:]).flip(0).flatten(0, 1)
        place, step = self._places(rows.device)
        lengths = torch.bincount(place, minlength=self.batch_size)
        first = torch.tensor([0, *self.batch_sizes], device=rows.device).cumsum(0)
        return rows[first[lengths[place] - 1 - step] + place]

    def spread(self, values: Float[Tensor, "B ..."]) -> Float[Tensor, "N ..."]:
        """Return, for each packed row, the value of its place in the sorted batch: the same at every step."""
        if self.order is None:
            return values.expand(self.steps, *values.shape).flatten(0, 1)
        return values[self._places(values.device)[0]]

    def pairs(self, rows: Float[Tensor, "N ..."]) -> tuple[Float[Tensor, "M ..."], Float[Tensor, "M ..."]]:
        """Return the rows that have a next step, and those next steps, in the same order."""
        if not self.batch_sizes:
            return rows, rows
        first, earlier = 0, []
        for size, following in zip(self.batch_sizes, self.batch_sizes[1:], strict=False):
            earlier.append(rows[first : first + following])
            first += size
        return torch.cat([rows[:0], *earlier]), rows[self.batch_sizes[0] :]

    def _places(self, device: torch.device) -> tuple[Tensor, Tensor]:
        """Return the place in the sorted batch and the step of each packed row."""
        sizes = torch.tensor(self.batch_sizes, dtype=torch.long, device=device)
        step = torch.repeat_interleave(torch.arange(len(sizes), device=device), sizes)
        first = (sizes.cumsum(0) - sizes)[step]
        return torch.arange(len(step), device=device) - first, step

    def sort(self, state: State) -> State:
        """Return a state with its rows in the packed order.

        Raises:
            ShapeError: it has another number of rows than the batch.
        """
        rows = len(next(state.tensors(), torch.empty(self.batch_size)))
        if rows != self.batch_size:
            raise ShapeError(f"state: got {rows} rows, expected {self.batch_size}: one for each sequence.")
        return state if self.order is None else state.select(self.order)

    def restore(self, state: State) -> State:
        """Undo `sort`."""
        return state if self.order is None else state.select(self._inverse)

    def sort_memory(self, memory: Memory | None) -> Memory | None:
        """Return a memory with an input for each row, in the packed order: what the first rows look at comes first."""
        if memory is None:
            return None
        return (memory if self.order is None else memory.select(self.order)).spread()
