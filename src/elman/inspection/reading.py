"""What the recurrent layers of a network did while it read one input, in float64 and step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from elman.cells.base import Cell, Step


@dataclass(frozen=True, eq=False)
class Layer:
    """What one layer did in one direction. Step t stands at place t of what was read, whichever way it was read.

    Args:
        name: such as `layer 1` or `layer 2 backward`.
        cell: the recurrence.
        step: the cell with what evaluation leaves of its noise.
        inputs: x_t, (T, I).
        before: the state before the first step that was read.
        steps: by letter, each quantity of each step, (1, N).
        logits: by the letter of a gate, z of σ(z) at each step, (T, N), where the cell computes it so.
        backwards: whether it was read from the end.
        text: which of the texts or series it read, from 0, where those are told apart.
    """

    name: str
    cell: Cell
    step: Step
    inputs: Tensor
    before: Any
    steps: Mapping[str, Sequence[Tensor]]
    logits: Mapping[str, Tensor]
    backwards: bool
    text: int = 0

    def over_time(self, letter: str) -> Tensor:
        """Return a quantity over time, (T, N)."""
        return torch.cat(list(self.steps[letter]))

    @property
    def parts(self) -> tuple[str, ...]:
        """The letters of the state."""
        return tuple(self.cell.state_sizes)

    @property
    def gates(self) -> tuple[str, ...]:
        """The letters of its gates."""
        return tuple(letter for letter in self.cell.opens if letter in self.steps)

    def states(self) -> list[Any]:
        """Return the state after each step, by place."""
        return [self.cell.state_type(*parts) for parts in zip(*(self.steps[part] for part in self.parts), strict=True)]


@dataclass(frozen=True, eq=False)
class Reading:
    """What a network did with one input.

    Args:
        places: what stands at each place of each text or series that was read.
        layers: what each layer did, those of the first text before those of the second.
        inputs: x_t of the first layer for each stack that read something, (1, T, I).
        hidden: what the head sees, (1, P, H); None where nobody asks.
    """

    places: Sequence[Sequence[str]]
    layers: Sequence[Layer]
    inputs: Sequence[Tensor]
    hidden: Any = None

    def places_of(self, layer: Layer) -> list[str]:
        """Return what stands at the steps of a layer; numbers where several places are one step."""
        steps = len(layer.inputs)
        every = [*self.places[layer.text : layer.text + 1], *self.places]  # a stack may read what another has read
        return next((list(one) for one in every if len(one) == steps), [str(step + 1) for step in range(steps)])
