"""Cells of two units with known weights, and all that they compute."""

from collections.abc import Sequence

import torch

from elman.cells import CELLS
from elman.cells.base import Cell
from elman.randomness import seed_of

_LSTM = {
    "weight_ih": [0.5, -0.2, 0.3, 0.4, 1.0, -0.6, -0.3, 0.7],
    "weight_hh": [[0.2, -0.4], [0.5, 0.1], [-0.3, 0.6], [0.2, 0.4], [0.9, -0.7], [0.3, 0.8], [0.1, 0.2], [-0.5, 0.3]],
    "bias_ih": [0.0, 0.1, 1.0, 1.0, 0.0, -0.1, 0.2, 0.0],
    "bias_hh": [0.0] * 8,
}
_GRU = {
    "weight_ih": [0.5, -0.2, 0.3, 0.4, 1.0, -0.6],
    "weight_hh": [[0.2, -0.4], [0.5, 0.1], [-0.3, 0.6], [0.2, 0.4], [0.9, -0.7], [0.3, 0.8]],
    "bias_ih": [0.0, 0.1, 1.0, 1.0, 0.0, -0.1],
    "bias_hh": [0.0, 0.0, 0.0, 0.0, 0.2, -0.3],
}
_KNOWN = {"lstm": _LSTM, "gru": _GRU}
_START = {"h": [0.1, -0.3], "c": [0.4, -0.8]}
UNITS = 2


def traced(name: str, inputs: Sequence[float], seed: int) -> tuple[Cell, list[dict[str, list[float]]]]:
    """Return a cell and what it computes at each step, by letter, from h = (.1, -.3) and c = (.4, -.8).

    Args:
        name: of the cell.
        inputs: one number a step.
        seed: of the weights, where they are not those of the other experiments.

    Raises:
        ConfigError: there is no such cell.
    """
    cell = CELLS.get(name)(1, UNITS).double()
    cell.reset_parameters(torch.Generator().manual_seed(seed_of(seed, "lab.steps", len(inputs))))
    with torch.no_grad():
        for part, numbers in _KNOWN.get(name, {}).items():
            parameter = getattr(cell, part)
            parameter.copy_(torch.tensor(numbers, dtype=torch.float64).view_as(parameter))
        sizes = cell.state_sizes
        state = cell.state_type._make(  # type: ignore[attr-defined]
            torch.tensor([_START[letter][: sizes[letter]]], dtype=torch.float64) for letter in sizes
        )
        found = []
        for x in inputs:
            values = cell.values(cell.project(torch.tensor([[x]], dtype=torch.float64)), state)
            state = state.filled(values)
            found.append({letter: one[0].tolist() for letter, one in values.items()})
    return cell, found


def weights_of(cell: Cell) -> dict[str, list[float]]:
    """Return the weights by their names."""
    return {name: parameter.tolist() for name, parameter in cell.named_parameters()}
