"""Networks of several seeds beside each other in one, which costs hardly more time than one of them alone."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from elman.cells.base import Cell
from elman.lab.problems import Drawn, Problem
from elman.lab.starts import one_thread
from elman.lab.training import CLIP, TRIED, Network, Setting, seconds_of
from elman.layers.initialization import initialize
from elman.layers.packing import Packing
from elman.layers.unroll import unroll


class Lesson(NamedTuple):
    """What networks of several seeds learn from at each update.

    Args:
        problem: what it is of.
        setting: of the networks.
        drawn: an update of it.
    """

    problem: Problem
    setting: Setting
    drawn: Drawn


class Abreast:
    """S networks of H units as one of S H units, whose weights between units of different seeds are 0.

        W_hh = diag(W_hh^1, ..., W_hh^S) for each gate;    said^s = W^s h^s + b^s

    A product of a few units takes as long as one of many: what it costs to start it. Every network learns as it would
    alone, from the same data as the others: its loss, its gradient clipped by its own norm, Adam element by element.

    Args:
        problem: what they learn.
        setting: how.
        seeds: of their weights.
    """

    def __init__(self, problem: Problem, setting: Setting, seeds: Sequence[int]) -> None:
        self.problem, self.count, self.units = problem, len(seeds), setting.units
        self.network = Network(problem, setting)
        alone = []
        for seed in seeds:
            initialize(self.network, seed)
            alone.append({name: one.detach().clone() for name, one in self.network.named_parameters()})
        self.weights = {name: torch.stack([one[name] for one in alone]).requires_grad_() for name in alone[0]}
        self._optimizer = torch.optim.Adam(self.weights.values(), lr=setting.rate)

    def said(self, drawn: Drawn) -> Tensor:
        """Return what each network says at each step, (S, B, T, O)."""
        cell, packing = self._cell(), Packing(drawn.x.shape[0], drawn.x.shape[1], drawn.lengths)
        made = unroll(cell, packing.pack(drawn.x), packing, cell.initial_state(packing.batch_size))
        h = packing.unpack(made.outputs).view(packing.batch_size, packing.steps, self.count, self.units)
        said = torch.einsum("btsh,soh->sbto", h, self.weights["weight"])
        return said + self.weights["bias"][:, None, None]

    def kept(self, drawn: Drawn, letter: str) -> Tensor:
        """Return one quantity of the cell, by its letter, at each step of strings of one length, (S, T, B, H)."""
        cell, packing = self._cell(), Packing(drawn.x.shape[0], drawn.x.shape[1])
        start = cell.initial_state(packing.batch_size)
        steps = unroll(cell, packing.pack(drawn.x), packing, start, keep=(letter,)).kept[letter]
        return torch.stack(steps).view(packing.steps, packing.batch_size, self.count, self.units).movedim(2, 0)

    def update(self, drawn: Drawn) -> None:
        """Let each network learn from sequences, its gradient clipped at 1."""
        self._optimizer.zero_grad()
        losses = torch.stack([self.problem.loss(said, drawn) for said in self.said(drawn)])
        torch.autograd.backward(losses.sum())
        gradients = [value.grad for value in self.weights.values() if value.grad is not None]
        norms = torch.stack([one.flatten(1).square().sum(1) for one in gradients]).sum(0).sqrt()
        for one in gradients:
            one.mul_((CLIP / (norms + 1e-6)).clamp(max=1).view(-1, *[1] * (one.dim() - 1)))
        self._optimizer.step()

    def _cell(self) -> Cell:
        """Return the cell of all units."""
        names = {name: name.removeprefix("cell.") for name in self.weights if name.startswith("cell.")}
        cell = self.network.cell.with_weights(
            **{own: self._joined(own, self.weights[name]) for name, own in names.items()}
        )
        cell.hidden_size = self.count * self.units
        return cell

    def _joined(self, name: str, value: Tensor) -> Tensor:
        """Return a parameter of the cell for all seeds; its rows by gate, then seed, then unit, as a cell has them."""
        if name == "weight_ch":
            return value.transpose(0, 1).flatten(1)
        blocks = value.view(self.count, -1, self.units, *value.shape[2:]).transpose(0, 1)
        if name != "weight_hh":
            return blocks.flatten(0, 2)
        return torch.einsum("gshk,st->gshtk", blocks, torch.eye(self.count).to(blocks)).flatten(3).flatten(0, 2)


def affordable(lessons: Sequence[Lesson], seeds: int, minutes: float) -> int:
    """Return how many updates of each lesson fit into some minutes, from the time that a few of them take."""
    with one_thread():
        seconds = sum(_seconds(lesson, seeds) for lesson in lessons)
    return max(TRIED, int(60 * minutes / seconds))


def _seconds(lesson: Lesson, seeds: int) -> float:
    """Return how long an update of a lesson takes."""
    networks = Abreast(lesson.problem, lesson.setting, range(seeds))
    return seconds_of(lambda _: networks.update(lesson.drawn))
