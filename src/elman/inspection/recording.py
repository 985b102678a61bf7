"""Recording what the recurrent layers of a network do, whether they run in stacks or step by step."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import count
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from elman.cells.base import Cell, Step
from elman.inspection.reading import Layer
from elman.layers.character_encoder import CharacterEncoder
from elman.layers.recurrent import RecurrentStack
from elman.layers.watching import Watch, Watched, every_letter, watching
from elman.machines.base import Machine


def stacks_of(network: nn.Module) -> dict[str, RecurrentStack]:
    """Return the recurrent stacks of a network by name, without those that spell words."""
    return {name: module for name, module in _outside(network, CharacterEncoder) if isinstance(module, RecurrentStack)}


def single_cells(network: nn.Module) -> dict[str, list[Cell]]:
    """Return the cells of a network that are in no stack, by what holds them, such as a decoder.

    Machines make the steps of their controllers in their own way.
    """
    found: dict[str, list[Cell]] = {}
    for name, module in _outside(network, CharacterEncoder, RecurrentStack, Machine):
        if isinstance(module, Cell):
            found.setdefault(name.partition(".")[0], []).append(module)
    return found


def cells_of(network: Any) -> dict[str, Cell]:
    """Return the recurrent layers of a network by the names that views give them."""
    found: dict[str, Any] = {}
    for name, stack in stacks_of(network).items():
        for way, cells in (("", stack.layers), (" backward", stack.backward_layers)):
            for number, cell in enumerate(cells, 1):
                found[f"{_prefix(network, name)}layer {number}{way}"] = cell
    for holder, singles in single_cells(network).items():
        found |= {_single_name(holder, number): cell for number, cell in enumerate(singles, 1)}
    return found


def _outside(network: nn.Module, *kinds: type) -> Iterator[tuple[str, nn.Module]]:
    """Yield the modules of a network that are not in others of some kinds, by name."""
    inside = tuple(f"{name}." for name, module in network.named_modules() if name and isinstance(module, kinds))
    return ((name, module) for name, module in network.named_modules() if not name.startswith(inside))


def _prefix(network: nn.Module, stack: str) -> str:
    """Return what stands before the numbers of the layers of a stack, where it is not the only thing with layers."""
    if len(stacks_of(network)) > 1:
        return f"{stack}, "
    return f"{stack.partition('.')[0]}, " if single_cells(network) else ""


def _single_name(holder: str, number: int) -> str:
    return f"{holder}, layer {number}"


class _Everything(Watch):
    """Keeps all quantities of all steps.

    Args:
        prefix: what stands before the number of a layer.
        layers: where what is seen goes.
        logits: finds z of σ(z).
        texts: numbers what stacks read, one after the other.
    """

    def __init__(self, prefix: str, layers: list[Layer], logits: "Logits", texts: Iterator[int]) -> None:
        self._prefix = prefix
        self._layers = layers
        self._logits = logits
        self._texts, self._text = texts, 0
        self._read = 0

    def letters(self, cell: Cell, step: Step, rows: Tensor, before: Any) -> Sequence[str]:
        """Return all."""
        return every_letter(step, rows, before)

    def see(self, watched: Watched) -> None:
        """Keep them, in the order of places."""
        turn = slice(None, None, -1 if watched.backwards else 1)
        kept = {letter: steps[turn] for letter, steps in watched.kept.items()}
        number = int(watched.layer.rpartition(".")[2]) + 1
        if number == 1 and not watched.backwards:
            self._text = next(self._texts)
            self._read += 1
        again = f"text {self._read}, " if self._read > 1 else ""
        name = f"{self._prefix}{again}layer {number}{' backward' if watched.backwards else ''}"
        logits = self._logits.of_gates(watched.cell, kept)
        cell, step, rows, before = watched.cell, watched.step, watched.rows, watched.before
        self._layers.append(Layer(name, cell, step, rows, before, kept, logits, watched.backwards, self._text))


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

    def of_gates(self, cell: Cell, kept: Mapping[str, Sequence[Tensor]]) -> dict[str, Tensor]:
        """Return z over time by the letter of each gate of a cell that is a sigmoid."""
        found = {letter: self.of(kept[letter]) for letter in cell.opens if letter in kept}
        return {letter: one for letter, one in found.items() if one is not None}

    def of(self, gates: Sequence[Tensor]) -> Tensor | None:
        """Return z of gates over time; None where one is no sigmoid."""
        found = [self._known.get(id(gate)) for gate in gates]
        return torch.cat([one[1] for one in found if one is not None]).detach() if all(found) and found else None


class _Steps:
    """Makes the steps of cells that are in no stack, and keeps all their quantities.

    Args:
        holder: what holds them.
        cells: the layers, the lowest first.
        layers: where what is seen goes.
        logits: finds z of σ(z).
        texts: numbers what is read, one after the other.
    """

    def __init__(
        self, holder: str, cells: Sequence[Cell], layers: list[Layer], logits: "Logits", texts: Iterator[int]
    ) -> None:
        self._holder, self._cells, self._layers = holder, cells, layers
        self._logits, self._texts = logits, texts
        self._first: tuple[int, int] | None = None
        self._made: dict[int, tuple[Any, list[Tensor], dict[str, list[Tensor]]]] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Within it, the cells are watched; then what they did is among the layers, where they came to make steps."""
        for number, cell in enumerate(self._cells, 1):
            cell.watch = partial(self._step, number)
        try:
            yield
        finally:
            for cell in self._cells:
                cell.watch = None
        if self._first is not None:
            place, text = self._first
            self._layers[place:place] = self._seen(text)

    def _step(self, number: int, cell: Cell, x: Tensor, before: Any) -> tuple[Tensor, Any]:
        """Return output and state of a step, and keep what they were made of."""
        self._first = self._first or (len(self._layers), next(self._texts))
        if number not in self._made:
            self._made[number] = before, [], {letter: [] for letter in every_letter(cell, x, before)}
        _, inputs, kept = self._made[number]
        values = cell.values(cell.project(x), before)
        inputs.append(x)
        for letter, quantities in kept.items():
            quantities.append(values[letter])
        return values[cell.output], before.filled(values)

    def _seen(self, text: int) -> Iterator[Layer]:
        for number, (before, inputs, kept) in sorted(self._made.items()):
            cell, name = self._cells[number - 1], _single_name(self._holder, number)
            logits = self._logits.of_gates(cell, kept)
            yield Layer(name, cell, cell, torch.cat(inputs), before, kept, logits, False, text)


@contextmanager
def seen(network: nn.Module, layers: list[Layer]) -> Iterator[None]:
    """Within it, all recurrent layers of a network tell what they do.

    Args:
        network: it reads one input at a time.
        layers: where that goes.
    """
    logits, texts = Logits(), count()
    with ExitStack() as watched:
        for holder, cells in single_cells(network).items():
            watched.enter_context(_Steps(holder, cells, layers, logits, texts).watching())
        stacks = stacks_of(network)
        watched.enter_context(watching(stacks, lambda name: _Everything(_prefix(network, name), layers, logits, texts)))
        watched.enter_context(logits)
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
