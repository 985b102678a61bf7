"""Forward and backward of one layer against torch's modules."""

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence

from elman.benchmark.timing import Row, in_turn
from elman.cells import CELLS
from elman.cells.base import Cell
from elman.cells.projected_lstm import ProjectedLSTMCell
from elman.layers.packing import Packing
from elman.layers.regularization import Regularization, regularized
from elman.layers.unroll import loop, unroll
from elman.moment import Noise

SHAPES = ((35, 20, 200), (35, 20, 650), (64, 64, 256), (64, 64, 512))
"""Steps, batch, hidden."""
VARIANT_SHAPE = (35, 20, 200)
PROJECTED = ((35, 20, 512, 128), (35, 20, 1024, 256), (64, 64, 512, 128))
"""Steps, batch, hidden, and how wide h is."""
THEIRS = {"lstm": nn.LSTM, "gru": nn.GRU, "elman": nn.RNN}
VARIANTS: dict[str, tuple[str, dict[str, Any]]] = {
    "peephole": ("peephole_lstm", {}),
    "coupled": ("coupled_lstm", {}),
    "variational dropout": ("lstm", {"hidden_dropout": 0.3, "candidate_dropout": 0.3, "variational": True}),
    "recurrent dropout": ("lstm", {"candidate_dropout": 0.3}),
    "zoneout": ("lstm", {"zoneout": 0.1, "zoneout_memory": 0.1}),
    "layer norm": ("layer_norm_lstm", {}),
}


def padded(repeats: int) -> Iterator[Row]:
    """Yield rows for batches without padding."""
    for name, module in THEIRS.items():
        for steps, batch, hidden in SHAPES:
            theirs = module(hidden, hidden)
            cell = _cell(name, hidden)
            x, gradient = torch.randn(steps, batch, hidden), torch.randn(steps, batch, hidden)
            works = [
                _torch_step(theirs, x, gradient),
                _our_step(cell, x.transpose(0, 1), None, gradient),
            ]
            operations = 12.0 * steps * batch * hidden * hidden * cell.gates
            shape, against = f"{name} {steps}x{batch}x{hidden}", f"nn.{module.__name__}"
            as_torch, ours = in_turn(works, repeats)
            yield Row("training, padded", shape, against, as_torch, ours, operations)


def ragged(repeats: int) -> Iterator[Row]:
    """Yield rows for lengths drawn from T/3..T, against torch's packed sequences and against padding."""
    generator = torch.Generator().manual_seed(0)
    for steps, batch, hidden in SHAPES:
        lengths = torch.randint(steps // 3, steps + 1, (batch,), generator=generator).sort(descending=True).values
        lengths[0] = steps
        theirs, cell = nn.LSTM(hidden, hidden), _cell("lstm", hidden)
        x = torch.randn(steps, batch, hidden)
        rows = int(lengths.sum())
        gradient = torch.randn(rows, hidden)
        works = [
            _torch_step(theirs, x, gradient, lengths),
            _torch_step(theirs, x, torch.randn_like(x)),
            _our_step(cell, x.transpose(0, 1), lengths, gradient),
        ]
        as_packed, as_padded, ours = in_turn(works, repeats)
        operations = 48.0 * rows * hidden * hidden
        shape = f"lstm {steps}x{batch}x{hidden}"
        yield Row("training, ragged", shape, "packed nn.LSTM", as_packed, ours, operations)
        yield Row("training, ragged, against padding", shape, "padded nn.LSTM", as_padded, ours, operations)


def variants(repeats: int) -> Iterator[Row]:
    """Yield rows for kinds of LSTM that torch does not have, against our plain one."""
    steps, batch, hidden = VARIANT_SHAPE
    x, gradient = torch.randn(batch, steps, hidden), torch.randn(steps, batch, hidden)
    plain = _our_step(_cell("lstm", hidden), x, None, gradient)
    for name, (kind, rates) in VARIANTS.items():
        work = _our_step(_cell(kind, hidden), x, None, gradient, Regularization(**rates))
        theirs, ours = in_turn([plain, work], repeats)
        yield Row("training, kinds of LSTM", f"{name} {steps}x{batch}x{hidden}", "our plain lstm", theirs, ours)


def projected(repeats: int) -> Iterator[Row]:
    """Yield rows for the LSTM whose h is narrower than its memory, against torch's and against our own step."""
    warnings.filterwarnings("ignore", "LSTM with projections is not supported with oneDNN")  # torch is slow there
    for steps, batch, hidden, width in PROJECTED:
        theirs = nn.LSTM(width, hidden, proj_size=width)
        cell = ProjectedLSTMCell(width, hidden, ProjectedLSTMCell.Config(projection=width))
        x, gradient = torch.randn(steps, batch, width), torch.randn(steps, batch, width)
        works = [
            _torch_step(theirs, x, gradient),
            _our_loop(cell, x.transpose(0, 1), gradient),
            _our_step(cell, x.transpose(0, 1), None, gradient),
        ]
        operations = 6.0 * steps * batch * hidden * width * (2 * cell.gates + 1)
        shape = f"lstm {steps}x{batch}x{hidden} to {width}"
        as_torch, by_step, ours = in_turn(works, repeats)
        yield Row("training, projected", shape, "nn.LSTM(proj_size)", as_torch, ours, operations)
        yield Row("training, projected, against its step", shape, "our step", by_step, ours, operations)


def _cell(name: str, hidden: int) -> Cell:
    return CELLS.get(name)(hidden, hidden)


def _torch_step(module: nn.Module, x: Tensor, gradient: Tensor, lengths: Tensor | None = None) -> Callable[[], None]:
    inputs = x.clone().requires_grad_(True)

    def work() -> None:
        module.zero_grad()
        inputs.grad = None
        output, _ = module(inputs if lengths is None else pack_padded_sequence(inputs, lengths))
        torch.autograd.backward(output if lengths is None else output.data, gradient)

    return work


def _our_loop(cell: Cell, x: Tensor, gradient: Tensor) -> Callable[[], None]:
    """Return a training step of the definition, step by step in Python."""
    inputs, state = x.clone().requires_grad_(True), cell.initial_state(len(x))

    def work() -> None:
        cell.zero_grad()
        inputs.grad = None
        packing = Packing(len(x), x.shape[1])
        output = loop(cell, packing.pack(inputs), packing, state).outputs
        torch.autograd.backward(output, gradient.reshape(-1, cell.output_size))

    return work


def _our_step(
    cell: Cell, x: Tensor, lengths: Tensor | None, gradient: Tensor, rates: Regularization | None = None
) -> Callable[[], None]:
    """Return a training step on a padded batch (B, T, I), packing included, as it is for torch's packed sequences."""
    inputs, state = x.clone().requires_grad_(True), cell.initial_state(len(x))
    flat, rates = gradient.reshape(-1, cell.output_size), rates or Regularization()

    def work() -> None:
        cell.zero_grad()
        inputs.grad = None
        packing = Packing(len(x), x.shape[1], lengths)
        output = unroll(regularized(cell, rates, Noise(0, 0), packing), packing.pack(inputs), packing, state).outputs
        torch.autograd.backward(output, flat)

    return work
