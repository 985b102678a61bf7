"""How large gradients are, layer by layer and step by step: what vanishes, and where."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import zip_longest
from typing import Any

import torch
from torch import Tensor

from elman.cells.base import Cell, State, Step
from elman.data.records import Batch
from elman.layers.recurrent import RecurrentStack
from elman.layers.stretches import settled
from elman.layers.watching import Watch, Watched, watching
from elman.models.base import BatchLoss
from elman.moment import Moment

_LOW, _HIGH, _STILL = 0.1, 0.9, 1e-3


class GradientWatch:
    """The gradients of one update, as norms.

        weights   ‖∂L/∂θ‖ of each module that has weights
        states    ‖∂L/∂s_t‖ of each layer and time step: what of the loss of this batch reaches s_t, through all later
                  steps and through the layers above
        reach     ‖∂(v·h_T)/∂s_t‖ / ‖v‖ by how far t is before the last step T of a layer, v a fixed direction: the
                  median over sequences. Losses stand at every step and hide how far back one of them is felt; this
                  does not
        gates     of each gate the mean, and the shares below .1 and above .9
        still     the share of units whose h differs by less than .001 over all sequences and steps

    Args:
        network: its recurrent stacks are watched.
    """

    def __init__(self, network: Any) -> None:
        self._network = network
        self._parts: list[dict[str, list[State]]] = []
        self._facts: dict[str, dict[str, Any]] = {}

    def loss(self, batch: Batch, state: State, moment: Moment | None) -> BatchLoss:
        """Return the loss of one part of the batch, and watch what it is made of."""
        with self.watching():
            found: BatchLoss = self._network.loss(batch, state, moment)
        return found

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Within it, the stacks make single steps and keep them; the numbers are the same up to rounding."""
        seen: dict[str, list[State]] = {}
        self._parts.append(seen)
        stacks = {name: module for name, module in self._network.named_modules() if isinstance(module, RecurrentStack)}
        with watching(stacks, lambda name: _States(name, seen, self._facts)):
            yield

    def norms(self) -> dict[str, Any]:
        """Return the norms after the backward pass."""
        return {
            "weights": {name: _norm(gradients) for name, gradients in self._gradients().items()},
            "states": {name: self._in_time(name) for name in self._parts[0]},
            **{what: {name: one[what] for name, one in self._facts.items()} for what in ("reach", "gates", "still")},
        }

    def _in_time(self, name: str) -> list[float]:
        """Return the norm of each time step, over the rows of all parts; those of a table are rows of each part."""
        backwards = ".backward_layers." in name
        parts = [seen[name][::-1] if backwards else seen[name] for seen in self._parts]
        return [
            _norm([t.grad for state in states if state for t in state.tensors() if t.grad is not None])
            for states in zip_longest(*parts)
        ]

    def _gradients(self) -> dict[str, list[Tensor]]:
        found: dict[str, list[Tensor]] = {}
        for path, parameter in self._network.named_parameters():
            if parameter.grad is not None:
                gradient = settled(parameter.grad)._values() if parameter.grad.is_sparse else parameter.grad
                found.setdefault(path.rpartition(".")[0], []).append(gradient)
        return found


class _States(Watch):
    """Keeps the state after each step, whose gradient can be read once the loss went backward.

    Args:
        name: of the stack.
        seen: where the states of each layer go.
        facts: where what is known before that goes, of the first part of a batch.
    """

    def __init__(self, name: str, seen: dict[str, list[State]], facts: dict[str, dict[str, Any]]) -> None:
        self._name = name
        self._seen = seen
        self._facts = facts

    def letters(self, cell: Cell, step: Step, rows: Tensor, before: Any) -> Sequence[str]:
        """Return the parts of the state, and the gates."""
        return (*cell.state_sizes, *cell.opens)

    def see(self, watched: Watched) -> None:
        """Keep the states."""
        name, cell = f"{self._name}.{watched.layer}", watched.cell
        states: list[Any] = [
            cell.state_type(*parts) for parts in zip(*(watched.kept[part] for part in cell.state_sizes), strict=True)
        ]
        if name not in self._facts and states:
            self._facts[name] = {
                "reach": _reach(states, cell.output),
                "gates": {letter: _shares(torch.cat(watched.kept[letter]).detach()) for letter in cell.opens},
                "still": _still(torch.cat([state.h for state in states]).detach()),
            }
        for state in states:
            for tensor in state.tensors():
                tensor.retain_grad()
        self._seen.setdefault(name, []).extend(states)


def _reach(states: Sequence[Any], output: str) -> list[float]:
    """Return how much of a layer's last output hangs on its states, the last one first."""
    last = getattr(states[-1], output)
    if not last.requires_grad:
        return []
    draw = torch.Generator().manual_seed(0)
    direction = torch.randn(last.shape[1], generator=draw).to(last)
    flat = [tensor for state in states for tensor in state.tensors()]
    found = torch.autograd.grad((last @ direction).sum(), flat, retain_graph=True, allow_unused=True)
    parts, rows, norms = len(flat) // len(states), len(last), []
    for t in range(len(states)):
        squares = [one[:rows].square().sum(1) for one in found[t * parts : (t + 1) * parts] if one is not None]
        norms.append(float(torch.stack(squares).sum(0).sqrt().median() / direction.norm()) if squares else 0.0)
    return norms[::-1]


def _shares(gate: Tensor) -> list[float]:
    """Return the mean of a gate, and how often it is below .1 and above .9."""
    low, high = (gate < _LOW).float().mean(), (gate > _HIGH).float().mean()
    return [float(gate.mean()), float(low), float(high)]


def _still(h: Tensor) -> float:
    """Return the share of units that stand still."""
    return float(((h.amax(0) - h.amin(0)) < _STILL).float().mean()) if len(h) > 1 else 0.0


def _norm(gradients: list[Tensor]) -> float:
    if not gradients:
        return 0.0
    return float(torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in gradients])))
