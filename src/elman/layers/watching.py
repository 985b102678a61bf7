"""What looks at the steps of recurrent layers while a network reads."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from torch import Tensor, nn

from elman.cells.base import Cell, Step
from elman.layers.packing import Packing


class Watched(NamedTuple):
    """The steps of one layer in one direction.

    Args:
        layer: its name in the stack, such as `layers.0`.
        cell: what made them.
        step: the cell with what evaluation leaves of its noise.
        rows: packed inputs.
        packing: how they are packed.
        before: the state before the first step that was read.
        kept: by letter, what each step gave, in the order in which the steps were made.
    """

    layer: str
    cell: Cell
    step: Step
    rows: Tensor
    packing: Packing
    before: Any
    kept: Mapping[str, list[Tensor]]

    @property
    def backwards(self) -> bool:
        """Whether sequences were read from their end."""
        return self.layer.startswith("backward")


class Watch(ABC):
    """Is shown every step of a stack, which then makes single steps: the numbers are the same up to rounding."""

    @abstractmethod
    def letters(self, cell: Cell, step: Step, rows: Tensor, before: Any) -> Sequence[str]:
        """Return which quantities of each step are wanted."""

    @abstractmethod
    def see(self, watched: Watched) -> None:
        """Be shown what a layer did."""


def every_letter(step: Step, rows: Tensor, before: Any) -> tuple[str, ...]:
    """Return the letters of all quantities of a step."""
    return tuple(step.values(step.project(rows[:0]), before.map(lambda part: part[:0])))


@contextmanager
def watching(stacks: Mapping[str, nn.Module], watch: Callable[[str], Watch]) -> Iterator[None]:
    """Within it, stacks are watched.

    Args:
        stacks: by name.
        watch: makes what watches the stack of a name.
    """
    for name, stack in stacks.items():
        stack.watch = watch(name)  # type: ignore[assignment]
    try:
        yield
    finally:
        for stack in stacks.values():
            stack.watch = None  # type: ignore[assignment]
