"""Networks as they start, and how much of a gradient is left at each lag before anything is learned."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

from elman.cells import CELLS
from elman.cells.base import Cell
from elman.errors import ConfigError, did_you_mean, quoted
from elman.layers.packing import Packing
from elman.layers.unroll import loop
from elman.randomness import seed_of

Make = Callable[[int, int], Cell]
"""(units, seed) -> a cell in float64."""


def networks(cells: Sequence[str], forget_biases: Sequence[float]) -> list[tuple[str, Make]]:
    """Return names and makers of the networks that are compared.

    Raises:
        ConfigError: a cell that is none of them.
    """
    known = {"elman", "gru", "lstm"}
    for name in cells:
        if name not in known:
            raise ConfigError(f"lab.cells: got {quoted(name)}. {did_you_mean(name, known)}")
    found: list[tuple[str, Make]] = []
    if "elman" in cells:
        found += [
            ("tanh, torch's start", lambda n, seed: _cell("elman", n, seed)),
            ("tanh, radius 1", lambda n, seed: _scaled(n, seed, 1.0)),
            ("tanh, orthogonal", _orthogonal),
            ("tanh, radius 1.5", lambda n, seed: _scaled(n, seed, 1.5)),
        ]
    if "gru" in cells:
        found.append(("GRU", lambda n, seed: _cell("gru", n, seed)))
    if "lstm" in cells:
        found += [(f"LSTM, b_f = {bias:g}", _lstm(bias)) for bias in forget_biases]
    return found


def shares(make: Make, units: int, batch: int, length: int, seed: int) -> list[float]:
    """Return ‖∂L/∂s_t‖ / ‖∂L/∂s_T‖ by lag, 0 to T: the norm of each example by itself, then their mean."""
    with one_thread():
        return _shares(make(units, seed), batch, length, seed)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute with one thread, which small products are fastest with, and give the others back."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _shares(cell: Cell, batch: int, length: int, seed: int) -> list[float]:
    units = cell.hidden_size
    draw = torch.Generator().manual_seed(seed_of(seed, "lab.steps127"))
    rows = torch.randn(length * batch, units, generator=draw, dtype=torch.float64)
    v = torch.randn(units, generator=draw, dtype=torch.float64)
    letter = "c" if "c" in cell.state_sizes else "h"
    start = cell.initial_state(batch).map(lambda one: one.requires_grad_())
    kept = loop(cell, rows, Packing(batch, length), start, keep=(letter,)).kept[letter]
    states: list[Tensor] = [getattr(start, letter), *kept]
    gradients = torch.autograd.grad((states[-1] @ v).sum(), states)
    norms = torch.stack([one.norm(dim=1) for one in gradients])
    return (norms / norms[-1]).mean(1).flip(0).tolist()


def _cell(name: str, units: int, seed: int, **options: float) -> Cell:
    kind = CELLS.get(name)
    cell = kind(units, units, kind.Config(**options)).double()
    cell.reset_parameters(torch.Generator().manual_seed(seed_of(seed, f"lab.start.{name}")))
    return cell


def _lstm(bias: float) -> Make:
    return lambda units, seed: _cell("lstm", units, seed, forget_bias=bias)


def _scaled(units: int, seed: int, radius: float) -> Cell:
    cell = _cell("elman", units, seed)
    with torch.no_grad():
        cell.weight_hh.mul_(radius / torch.linalg.eigvals(cell.weight_hh).abs().max())
    return cell


def _orthogonal(units: int, seed: int) -> Cell:
    cell = _cell("elman", units, seed)
    with torch.no_grad():
        cell.weight_hh.copy_(torch.linalg.qr(cell.weight_hh).Q)
    return cell
