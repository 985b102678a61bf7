"""How large gradients are, layer by layer and step by step: what vanishes, and where."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from elman.cells.base import State
from elman.layers.recurrent import RecurrentStack


class GradientWatch:
    """The gradients of one update, as norms.

        weights   ‖∂L/∂θ‖ of each module that has weights
        states    ‖∂L/∂s_t‖ of each layer and time step: what of the loss of this batch reaches s_t, through all later
                  steps and through the layers above

    Args:
        network: its recurrent stacks are watched.
    """

    def __init__(self, network: nn.Module) -> None:
        self._network = network
        self._seen: dict[str, list[State]] = {}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Within it, the stacks make single steps and keep them; the numbers are the same up to rounding."""
        stacks = [
            (name, module) for name, module in self._network.named_modules() if isinstance(module, RecurrentStack)
        ]
        for name, stack in stacks:
            stack.watch = lambda layer, name=name: self._seen.setdefault(f"{name}.{layer}", [])
        try:
            yield
        finally:
            for _, stack in stacks:
                stack.watch = None

    def norms(self) -> dict[str, Any]:
        """Return the norms after the backward pass."""
        return {
            "weights": {name: _norm(gradients) for name, gradients in self._gradients().items()},
            "states": {
                name: [
                    _norm([t.grad for t in state.tensors() if t.grad is not None]) for state in _in_time(name, states)
                ]
                for name, states in self._seen.items()
            },
        }

    def _gradients(self) -> dict[str, list[Tensor]]:
        found: dict[str, list[Tensor]] = {}
        for path, parameter in self._network.named_parameters():
            if parameter.grad is not None:
                gradient = parameter.grad.coalesce().values() if parameter.grad.is_sparse else parameter.grad
                found.setdefault(path.rpartition(".")[0], []).append(gradient)
        return found


def _in_time(name: str, states: list[State]) -> list[State]:
    return states[::-1] if ".backward_layers." in name else states


def _norm(gradients: list[Tensor]) -> float:
    if not gradients:
        return 0.0
    return float(torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in gradients])))
