"""What a recurrence remembers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

import torch
from jaxtyping import Bool, Int
from torch import Tensor

S = TypeVar("S", bound="State")


class State:
    """What a recurrence remembers: a tuple of (B, ...) tensors, or of such states.

    A value: methods return new states and change nothing. Mixed into a NamedTuple (named first), which names the parts.
    """

    __slots__ = ()

    def map(self: S, function: Callable[[Tensor], Tensor]) -> S:
        """Return the state with a function applied to each tensor."""
        parts: Any = self
        return parts._make(part.map(function) if isinstance(part, State) else function(part) for part in parts)

    def select(self: S, rows: Int[Tensor, " N"]) -> S:
        """Return the state of some rows, in that order; search uses it."""
        return self.map(lambda tensor: tensor[rows])

    def where(self: S, mask: Bool[Tensor, " B"], other: S) -> S:
        """Return this state in the rows where the mask is True, and `other` elsewhere."""
        others = iter(list(other.tensors()))
        return self.map(lambda tensor: torch.where(_as_column(mask, tensor), tensor, next(others)))

    def detach(self: S) -> S:
        """Return the state without its history: truncated backpropagation cuts the gradient here."""
        return self.map(Tensor.detach)

    def tensors(self) -> Iterator[Tensor]:
        """Yield the tensors of the state, depth first, in order."""
        parts: Any = self
        for part in parts:
            if isinstance(part, State):
                yield from part.tensors()
            else:
                yield part

    def filled(self: S, values: Mapping[str, Any]) -> S:
        """Return the state whose parts are the quantities that have their names."""
        parts: Any = self
        return parts._make(values[name] for name in parts._fields)

    @classmethod
    def join(cls: type[S], states: Sequence[S]) -> S:
        """Return the rows of several states of one kind as one state, the first state's rows first."""
        if len(states) == 1:
            return states[0]
        columns = zip(*(state.tensors() for state in states), strict=True)
        joined = iter([torch.cat(column) for column in columns])
        return states[0].map(lambda _: next(joined))


class HiddenState(NamedTuple("HiddenState", [("h", Tensor)]), State):
    """The state of a recurrence that remembers its last output only."""

    __slots__ = ()


class LSTMState(NamedTuple("LSTMState", [("h", Tensor), ("c", Tensor)]), State):
    """The state of a recurrence with a memory of its own: output h and memory cell c."""

    __slots__ = ()


def _as_column(mask: Tensor, like: Tensor) -> Tensor:
    return mask.view(-1, *[1] * (like.dim() - 1))
