"""One recurrent layer and a linear one on data that is drawn anew for each update."""

from collections.abc import Callable

import torch

from elman.cells import CELLS
from elman.lab.starts import one_thread
from elman.layers.packing import Packing
from elman.layers.unroll import unroll


def one_pass(units: int) -> Callable[[int], None]:
    """Return a function that reads one sequence of some length with an LSTM, in compiled code where there is some."""
    cell = CELLS.get("lstm")(units, units)

    def run(length: int) -> None:
        with one_thread(), torch.no_grad():
            unroll(cell, torch.zeros(length, units), Packing(1, length), cell.initial_state(1))

    return run
