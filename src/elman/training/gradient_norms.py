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


class GradientWatch:
    """The gradients of one update, as norms.

        weights   ‖∂L/∂θ‖ of each module that has weights
        states    ‖∂L/∂s_t‖ of each layer and time step: what of the loss of this batch reaches s_t, through all later
                  steps and through the layers above

    Args:
        network: its recurrent stacks are watched.
    """

    def __init__(self, network: Any) -> None:
        self._network = network
        self._parts: list[dict[str, list[State]]] = []

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
        with watching(stacks, lambda name: _States(name, seen)):
            yield

    def norms(self) -> dict[str, Any]:
        """Return the norms after the backward pass."""
        return {
            "weights": {name: _norm(gradients) for name, gradients in self._gradients().items()},
            "states": {name: self._in_time(name) for name in self._parts[0]},
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
    """

    def __init__(self, name: str, seen: dict[str, list[State]]) -> None:
        self._name = name
        self._seen = seen

    def letters(self, cell: Cell, step: Step, rows: Tensor, before: Any) -> Sequence[str]:
        """Return the parts of the state."""
        return tuple(cell.state_sizes)

    def see(self, watched: Watched) -> None:
        """Keep the states."""
        states = self._seen.setdefault(f"{self._name}.{watched.layer}", [])
        for parts in zip(*watched.kept.values(), strict=True):
            for tensor in parts:
                tensor.retain_grad()
            states.append(watched.cell.state_type(*parts))


def _norm(gradients: list[Tensor]) -> float:
    if not gradients:
        return 0.0
    return float(torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in gradients])))
