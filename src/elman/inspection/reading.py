"""What the recurrent layers of a network did while it read one input, in float64 and step by step."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from elman.cells.base import Cell, Step
from elman.layers.character_encoder import CharacterEncoder
from elman.layers.recurrent import RecurrentStack
from elman.layers.watching import Watch, Watched, every_letter, watching


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
    """

    name: str
    cell: Cell
    step: Step
    inputs: Tensor
    before: Any
    steps: Mapping[str, Sequence[Tensor]]
    logits: Mapping[str, Tensor]
    backwards: bool

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
        return next((list(one) for one in self.places if len(one) == steps), [str(step + 1) for step in range(steps)])


def stacks_of(network: nn.Module) -> dict[str, RecurrentStack]:
    """Return the recurrent stacks of a network by name, without those that spell words."""
    inside = [name for name, module in network.named_modules() if isinstance(module, CharacterEncoder)]
    return {
        name: module
        for name, module in network.named_modules()
        if isinstance(module, RecurrentStack) and not any(name.startswith(f"{one}.") for one in inside)
    }


class _Everything(Watch):
    """Keeps all quantities of all steps.

    Args:
        stack: the name of the stack; empty where there is one alone.
        layers: where what is seen goes.
        logits: finds z of σ(z).
    """

    def __init__(self, stack: str, layers: list[Layer], logits: "Logits") -> None:
        self._stack = stack
        self._layers = layers
        self._logits = logits

    def letters(self, cell: Cell, step: Step, rows: Tensor, before: Any) -> Sequence[str]:
        """Return all."""
        return every_letter(step, rows, before)

    def see(self, watched: Watched) -> None:
        """Keep them, in the order of places."""
        turn = slice(None, None, -1 if watched.backwards else 1)
        kept = {letter: steps[turn] for letter, steps in watched.kept.items()}
        number = int(watched.layer.rpartition(".")[2]) + 1
        name = f"layer {number}{' backward' if watched.backwards else ''}"
        found = {letter: self._logits.of(kept[letter]) for letter in watched.cell.opens if letter in kept}
        logits = {letter: one for letter, one in found.items() if one is not None}
        self._layers.append(
            Layer(
                f"{self._stack}, {name}" if self._stack else name,
                *(watched.cell, watched.step, watched.rows, watched.before, kept, logits, watched.backwards),
            )
        )


class Logits(TorchFunctionMode):
    """Remembers what went into each sigmoid: 1 - σ(z) of a gate near 1 cannot be had from σ(z)."""

    def __init__(self) -> None:
        super().__init__()
        self._known: dict[int, tuple[Tensor, Tensor]] = {}

    def __torch_function__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Call a function of torch, and remember what a sigmoid was made of."""
        made = function(*args, **(kwargs or {}))
        if function in (torch.Tensor.sigmoid, torch.sigmoid):
            self._known[id(made)] = (made, args[0])
        return made

    def of(self, gates: Sequence[Tensor]) -> Tensor | None:
        """Return z of gates over time; None where one is no sigmoid."""
        found = [self._known.get(id(gate)) for gate in gates]
        return torch.cat([one[1] for one in found if one is not None]).detach() if all(found) and found else None


@contextmanager
def seen(network: nn.Module, layers: list[Layer]) -> Iterator[None]:
    """Within it, all recurrent layers of a network tell what they do.

    Args:
        network: it reads one input at a time.
        layers: where that goes.
    """
    stacks = stacks_of(network)
    logits = Logits()
    with watching(stacks, lambda name: _Everything(name if len(stacks) > 1 else "", layers, logits)), logits:
        yield


@contextmanager
def inputs_of(network: nn.Module, found: list[Tensor], given: Sequence[Tensor] = ()) -> Iterator[None]:
    """Within it, what a recurrent stack reads is kept, cut from what it was made of, or replaced.

    Args:
        network: its stacks, in the order in which they read.
        found: where the inputs go, (B, T, I) each.
        given: what is read in their place, (B, T, I) each; none where they are read as they are.
    """

    def before(stack: nn.Module, args: Any, kwargs: Any) -> Any:
        read = given[len(found)] if given else args[0].detach().requires_grad_(torch.is_grad_enabled())
        found.append(read)
        return (read, *args[1:]), kwargs

    hooks = [stack.register_forward_pre_hook(before, with_kwargs=True) for stack in stacks_of(network).values()]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()
