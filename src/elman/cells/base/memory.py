"""What a step may look at and never changes."""

from collections.abc import Callable
from typing import Any, TypeVar

from jaxtyping import Int
from torch import Tensor

M = TypeVar("M", bound="Memory")


class Memory:
    """What a step may look at: keys, values and mask of an encoded source, a passage, frames.

    A value like a state, but no step changes it: it is never detached, and no rows of two are mixed. Mixed into a
    NamedTuple (named first) of tensors (N, ...) for N inputs, or None, whose last part is `rows`, (B): the input of
    each row of the state. Many paths of a search look at one input, and only this index says so; None means that row b
    is input b.
    """

    __slots__ = ()

    def select(self: M, rows: Int[Tensor, " R"]) -> M:
        """Return what some rows look at, in that order. No input is copied."""
        parts: Any = self
        return parts._replace(rows=rows if parts.rows is None else parts.rows[rows])

    def spread(self: M) -> M:
        """Return it with an input for each row: itself where row b is input b already, else a copy."""
        parts: Any = self
        if parts.rows is None:
            return self
        return self._map(lambda tensor: tensor[parts.rows])._replace(rows=None)  # type: ignore[attr-defined]

    def first(self: M, count: int) -> M:
        """Return what the first rows look at, as a view."""
        parts: Any = self
        if parts.rows is None:
            return self._map(lambda tensor: tensor[:count])
        return parts._replace(rows=parts.rows[:count])

    def _map(self: M, function: Callable[[Tensor], Tensor]) -> M:
        """Return it with a function applied to each tensor but `rows`."""
        parts: Any = self
        made = (None if part is None else function(part) for part in parts[:-1])
        return parts._make([*made, parts.rows])
