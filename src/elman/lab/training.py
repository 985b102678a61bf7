"""One recurrent layer and a linear one, trained on data that is drawn anew for each update."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from elman.cells import CELLS
from elman.lab.problems import Drawn, Problem
from elman.lab.starts import one_thread
from elman.lab.underway import underway
from elman.layers.initialization import initialize
from elman.layers.packing import Packing
from elman.layers.unroll import unroll
from elman.randomness import seed_of

_BATCH, _TESTED = 32, 500
TRIED = 10
"""Updates that are timed."""
CLIP = 1.0
"""The largest norm of a gradient."""


class Setting(NamedTuple):
    """How a network is trained.

    Args:
        name: of it.
        cell: its cell.
        units: H.
        rate: of Adam; gradients are clipped at 1, and a batch is 32.
        options: of the cell.
        attends: whether it answers by what it looks at in all states, instead of by the last.
    """

    name: str
    cell: str
    units: int
    rate: float
    options: Mapping[str, Any]
    attends: bool = False


class Learned(NamedTuple):
    """What a training came to.

    Args:
        updates: after which it was tested.
        scores: of those tests.
        network: trained.
        scales: mean time scale 1/(1-f) of an LSTM's units, before and after; empty for other cells.
        probed: scores on what else it was tested, by test.
    """

    updates: list[int]
    scores: list[float]
    network: "Network"
    scales: list[float]
    probed: list[list[float]]


class Network(nn.Module):
    """A recurrent layer and a linear one, over vectors or over embedded words.

        y_t = V h_t + b;    where it attends: α ∝ exp(q · h_t),  y = V Σ_t α_t h_t + b

    Args:
        problem: what it learns.
        setting: how.
    """

    def __init__(self, problem: Problem, setting: Setting) -> None:
        super().__init__()
        kind, width = CELLS.get(setting.cell), problem.embedded or problem.inputs
        self.embedding = nn.Parameter(torch.empty(problem.inputs, width)) if problem.embedded else None
        self.cell = kind(width, setting.units, kind.Config(**setting.options))
        self.weight = nn.Parameter(torch.empty(problem.outputs, setting.units))
        self.bias = nn.Parameter(torch.empty(problem.outputs))
        self.query = nn.Parameter(torch.empty(setting.units)) if setting.attends else None

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Draw the weights around the cell; those of the cell are its own."""
        limit = self.weight.shape[1] ** -0.5 if bound is None else bound
        with torch.no_grad():
            for parameter in (self.weight, self.bias, *([] if self.query is None else [self.query])):
                parameter.uniform_(-limit, limit, generator=generator)
            if self.embedding is not None:
                self.embedding.normal_(generator=generator)

    def read(self, drawn: Drawn) -> tuple[Tensor, Packing]:
        """Return what the cell reads, packed, and how it is packed."""
        x = drawn.x if self.embedding is None else self.embedding[drawn.x]
        packing = Packing(x.shape[0], x.shape[1], drawn.lengths)
        return packing.pack(x), packing

    def forward(self, drawn: Drawn) -> Tensor:
        """Return what is said at each step, (B, T, O), or once behind all of them, (B, 1, O)."""
        rows, packing = self.read(drawn)
        made = unroll(self.cell, rows, packing, self.cell.initial_state(packing.batch_size))
        states = packing.unpack(made.outputs)
        if self.query is not None:
            states = torch.einsum("bt,bth->bh", (states @ self.query).softmax(1), states)[:, None]
        return nn.functional.linear(states, self.weight, self.bias)


def train(
    problem: Problem, setting: Setting, seed: int, updates: int, tests: int = 10, probes: Sequence[Problem] = ()
) -> Learned:
    """Return a trained network and how it came there.

    Args:
        problem: what it learns.
        setting: how.
        seed: of weights and data.
        updates: how many.
        tests: how often it is tested, at equal distances.
        probes: what else it is tested on.
    """
    with one_thread():
        network, step = _started(problem, setting, seed)
        scales = [_scale(network, problem, seed)]
        places = sorted({max(1, round(updates * part / tests)) for part in range(1, tests + 1)})
        scores, probed = [], []
        for update in range(1, updates + 1):
            underway(f"{setting.name}, seed {seed}", update - 1, updates)
            step(update)
            if update in places:
                scores.append(tested(network, problem, seed))
                probed.append([tested(network, probe, seed) for probe in probes])
        scales.append(_scale(network, problem, seed))
    known = [scale for scale in scales if scale is not None]
    return Learned(places, scores, network, known, probed)


def tested(network: Network, problem: Problem, seed: int) -> float:
    """Return the score of a network on data that it never learned from."""
    with torch.no_grad():
        drawn = problem.drawn(torch.Generator().manual_seed(seed_of(seed, "lab.test")), _TESTED)
        return problem.score(network(drawn), drawn)


def affordable(problem: Problem, settings: Sequence[Setting], seeds: int, minutes: float, least: int) -> int:
    """Return how many updates of each network fit into some minutes, from the time that a few of them take."""
    with one_thread():
        seconds = 0.0
        for setting in settings:
            _, step = _started(problem, setting, 0)
            seconds += seconds_of(step)
    return max(least, int(60 * minutes / (seconds * seeds)))


def seconds_of(step: Callable[[int], None]) -> float:
    """Return how long an update takes, the mean of a few behind a first one.

    Args:
        step: makes the update of a number, from 1.
    """
    step(1)
    start = time.perf_counter()
    for update in range(2, 2 + TRIED):
        step(update)
    return (time.perf_counter() - start) / TRIED


def one_pass(units: int) -> Callable[[int], None]:
    """Return a function that reads one sequence of some length with an LSTM, in compiled code where there is some."""
    cell = CELLS.get("lstm")(units, units)

    def run(length: int) -> None:
        with one_thread(), torch.no_grad():
            unroll(cell, torch.zeros(length, units), Packing(1, length), cell.initial_state(1))

    return run


def _started(problem: Problem, setting: Setting, seed: int) -> tuple[Network, Callable[[int], None]]:
    """Return a network as it starts, and a function that makes one update of it."""
    network = Network(problem, setting)
    initialize(network, seed)
    optimizer = torch.optim.Adam(network.parameters(), lr=setting.rate)

    def step(update: int) -> None:
        drawn = problem.drawn(torch.Generator().manual_seed(seed_of(seed, "lab.train", update)), _BATCH)
        optimizer.zero_grad()
        torch.autograd.backward(problem.loss(network(drawn), drawn))
        nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        optimizer.step()

    return network, step


def _scale(network: Network, problem: Problem, seed: int) -> float | None:
    """Return the mean over units of 1/(1-f), f averaged over data first; None for a cell without such a gate."""
    if "f" not in network.cell.traces or "c" not in network.cell.state_sizes:
        return None
    with torch.no_grad():
        drawn = problem.drawn(torch.Generator().manual_seed(seed_of(seed, "lab.scale")), 16)
        rows, packing = network.read(drawn)
        kept = unroll(network.cell, rows, packing, network.cell.initial_state(16), keep=("f",)).kept["f"]
        return float((1 / (1 - torch.cat(kept).double().mean(0))).mean())
