"""What the recurrent weights of a model are: radii, singular values, what gates are biased to."""

import math
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import torch
from torch import Tensor

from elman.cells.base import Cell
from elman.data.records import Example
from elman.errors import ConfigError
from elman.inspection.layers_view import LayersView
from elman.inspection.numbers import brief, listed
from elman.inspection.recording import cells_of
from elman.inspection.views.base import Panel, Seen
from elman.pages.spectrum import spectrum
from elman.text.folding import aligned


class WeightsView(LayersView):
    """The blocks of each recurrent matrix, and the bias of the gate that keeps.

        radius    the largest |λ| of the block        σ₁    its largest singular value
        bias      b_ih + b_hh of the gate that keeps, with its time scale 1/(1 - σ(b)) = 1 + e^b

    γ σ₁ < 1, with γ = 1 for tanh and 1/4 for σ, is enough for gradients to vanish, and γ σ₁ > 1 is needed for them to
    explode; neither holds the other way round, and |λ| decides nothing once there is a nonlinearity.
    """

    title = "Weights"
    takes = ("layer",)
    reads = False

    def look(self, lines: Sequence[str]) -> Iterator[Seen]:
        """Refuse inputs.

        Raises:
            ConfigError: always.
        """
        raise ConfigError("the view weights reads no input. Leave it out.")

    def some(self) -> Iterator[Seen]:
        """Yield what the weights are."""
        facts: dict[str, Any] = {}
        rows, panels, said = [], [], []
        for name in self.wanted(cells := cells_of(self.subject.network)):
            facts[name] = found = _facts(cells[name])
            rows += [_row(name, letter, one) for letter, one in found["blocks"].items()]
            said.append(_said(name, cells[name], found))
            panels.append(_panel(name, found))
        heads = ["layer", "block of W_hh", "radius", "σ₁", "smallest σ", "bias: mean", "lowest", "highest"]
        yield Seen("\n".join(aligned([heads, *rows], left=2)), facts, verdict=" ".join(said), panels=panels)

    def seen(self, example: Example) -> Seen:
        """Return the same for any input."""
        return next(self.some())


def _facts(cell: Cell) -> dict[str, Any]:
    """Return the numbers of each block."""
    letters, weight = cell.blocks or tuple(map(str, range(1, cell.gates + 1))), cell.weight_hh.detach()
    biases: Any = [None] * len(letters)
    if cell.bias_ih is not None and cell.bias_hh is not None and len(cell.bias_ih) == len(cell.bias_hh):
        biases = (cell.bias_ih + cell.bias_hh).detach().chunk(len(letters))
    blocks = {}
    every = _at_once(_of_diagonal if weight.dim() == 1 else _of_matrix, weight.chunk(len(letters)))
    for letter, one, bias in zip(letters, every, biases, strict=True):
        if bias is not None:
            one["bias"] = listed(bias)
        blocks[letter] = one
    found: dict[str, Any] = {"blocks": blocks}
    kept = cell.keeps.rpartition(" ")[2]
    if kept and kept in blocks and "bias" in blocks[kept]:
        z = torch.tensor(blocks[kept]["bias"], dtype=torch.float64) * (-1 if cell.keeps.startswith("1") else 1)
        found["keeps"] = {"letter": cell.keeps, "bias": float(z.mean()), "time scale": listed(1 + z.exp())}
    return found


def _at_once(of: Callable[[Tensor], dict[str, Any]], blocks: Sequence[Tensor]) -> list[dict[str, Any]]:
    """Return the numbers of blocks, a thread a block: a decomposition of a few hundred rows gains nothing from two."""
    threads = torch.get_num_threads()
    try:
        with ThreadPoolExecutor(threads, initializer=torch.set_num_threads, initargs=(1,)) as pool:
            return list(pool.map(of, blocks))
    finally:
        torch.set_num_threads(threads)


def _of_matrix(block: Tensor) -> dict[str, Any]:
    """Return eigenvalues, of a square block, and singular values."""
    found: dict[str, Any] = {}
    if block.shape[0] == block.shape[1]:
        values = torch.linalg.eigvals(block)
        found |= {"radius": float(values.abs().max()), "eigenvalues": torch.view_as_real(values).tolist()}
    return {**found, "singular values": listed(torch.linalg.svdvals(block))}


def _of_diagonal(block: Tensor) -> dict[str, Any]:
    """Return the same of a recurrence that is a vector: each unit sees itself alone."""
    values = [[float(one), 0.0] for one in block]
    sizes = block.abs().sort(descending=True).values
    return {"radius": float(sizes[0]), "eigenvalues": values, "singular values": listed(sizes)}


def _row(name: str, letter: str, one: dict[str, Any]) -> list[str]:
    bias = one.get("bias")
    shown = [brief(sum(bias) / len(bias)), brief(min(bias)), brief(max(bias))] if bias else ["-"] * 3
    radius = brief(one["radius"]) if "radius" in one else "-"
    return [name, letter, radius, brief(one["singular values"][0]), brief(one["singular values"][-1]), *shown]


def _panel(name: str, found: dict[str, Any]) -> Panel:
    values = {letter: one["eigenvalues"] for letter, one in found["blocks"].items() if "eigenvalues" in one}
    sizes = {letter: one["singular values"] for letter, one in found["blocks"].items()}
    return Panel(f"{name}: eigenvalues and singular values of W_hh", lambda: spectrum(values, sizes, name))


def _said(name: str, cell: Cell, found: dict[str, Any]) -> str:
    """Return what the weights allow."""
    if "keeps" in found:
        bias = found["keeps"]["bias"]
        steps = 1 + math.exp(bias) if bias < 700 else math.inf
        return (
            f"{name}: by its bias alone the gate that keeps ({cell.keeps}) has {bias:+.2f}, a time scale of "
            f"{brief(steps)} steps; `inspect gates` says what it does on text."
        )
    if not cell.opens:
        largest = next(iter(found["blocks"].values()))["singular values"][0]
        slope = 0.25 if getattr(cell.config, "activation", "") == "sigmoid" else 1.0
        if slope * largest < 1:
            return f"{name}: γσ₁ = {slope * largest:.2f} is below 1: gradients through time vanish, whatever is read."
        return (
            f"{name}: γσ₁ = {slope * largest:.2f} is not below 1: gradients may grow; `inspect jacobian` measures it."
        )
    return f"{name}: no bias says how much is kept."
