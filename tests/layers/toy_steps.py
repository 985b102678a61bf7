"""Steps of every kind that the contract has to carry, small enough to count everything out."""

from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from elman.cells import CELLS
from elman.cells.base import HiddenState, LSTMState, Memory, State, Step
from elman.cells.projected_lstm import ProjectedLSTMCell
from elman.decoding.stepper import Stepper
from elman.layers.attention import SCORES
from elman.layers.attention.base import masked_softmax

I, H, D = 3, 4, 2


class Source(NamedTuple("Source", [("values", Tensor), ("mask", Tensor), ("rows", Tensor | None)]), Memory):
    """An encoded text."""

    __slots__ = ()


class DecoderState(NamedTuple("DecoderState", [("cell", LSTMState), ("context", Tensor)]), State):
    """What an attention decoder remembers: a state in a state, and where it looked last."""

    __slots__ = ()


class AttentionDecoder(Step, nn.Module):
    """h_i = LSTM([x_i; c_{i-1}]);  c_i = Σ_j α_ij v_j,  α by additive scores;  y_i = tanh(W [h_i; c_i])."""

    output = "y"
    traces = ("weights",)

    def __init__(self):
        super().__init__()
        self.cell = CELLS.get("lstm")(I + D, H)
        self.score = SCORES.get("additive")(H, D)
        self.join = nn.Linear(H + D, H)

    @property
    def output_size(self):
        return H

    def initial_state(self, batch_size, memory=None, steps=None):
        return DecoderState(self.cell.initial_state(batch_size), memory.values.new_zeros(batch_size, D))

    def values(self, input_t, state, memory=None):
        memory = memory.spread()
        cell = self.cell.values(self.cell.project(torch.cat([input_t, state.context], -1)), state.cell)
        weights = masked_softmax(self.score(cell["h"], self.score.keys(memory.values)), memory.mask)
        context = (weights[..., None] * memory.values).sum(1)
        y = torch.tanh(self.join(torch.cat([cell["h"], context], -1)))
        return {**cell, "cell": state.cell.filled(cell), "weights": weights, "context": context, "y": y}


class TapeState(NamedTuple("TapeState", [("cell", HiddenState), ("tape", Tensor), ("place", Tensor)]), State):
    """What a machine with a memory of its own remembers: its controller, N cells of M numbers, where it read."""

    __slots__ = ()


class TapeMachine(Step, nn.Module):
    """A controller that reads and writes places of a tape, which is part of its state, as a neural Turing machine."""

    traces = ("place",)

    def __init__(self):
        super().__init__()
        self.cell = CELLS.get("gru")(I + 2, H)
        self.heads = nn.Linear(H, 3 + 3 + 2 + 2)

    @property
    def output_size(self):
        return H

    def initial_state(self, batch_size, memory=None, steps=None):
        tape = self.heads.weight.new_zeros(batch_size, 3, 2)
        return TapeState(self.cell.initial_state(batch_size), tape, tape.new_full((batch_size, 3), 1 / 3))

    def values(self, input_t, state, memory=None):
        read = (state.place[..., None] * state.tape).sum(1)
        cell = self.cell.values(self.cell.project(torch.cat([input_t, read], -1)), state.cell)
        reading, writing, erased, added = self.heads(cell["h"]).split([3, 3, 2, 2], -1)
        places = masked_softmax(writing)[..., None]
        tape = state.tape * (1 - places * erased.sigmoid()[:, None]) + places * added[:, None]
        return {"h": cell["h"], "cell": state.cell.filled(cell), "tape": tape, "place": masked_softmax(reading)}


class LayersState(NamedTuple("LayersState", [("first", LSTMState), ("second", LSTMState)]), State):
    """The states of two layers."""

    __slots__ = ()


def projected(inputs, units):
    """Return an LSTM whose h has three numbers."""
    return ProjectedLSTMCell(inputs, units, ProjectedLSTMCell.Config(projection=3))


class Layers(Step, nn.Module):
    """Two layers, the second with a projection."""

    def __init__(self):
        super().__init__()
        self.first, self.second = CELLS.get("lstm")(I, H), projected(H, 5)

    @property
    def output_size(self):
        return self.second.output_size

    def initial_state(self, batch_size, memory=None, steps=None):
        return LayersState(self.first.initial_state(batch_size), self.second.initial_state(batch_size))

    def values(self, input_t, state, memory=None):
        first = self.first.values(self.first.project(input_t), state.first)
        second = self.second.values(self.second.project(first["h"]), state.second)
        return {"first": state.first.filled(first), "second": state.second.filled(second), "h": second["h"]}


class Chosen(Step, nn.Module):
    """A recurrence that reads a vector and an id, as copying does: inputs are a tuple."""

    def __init__(self):
        super().__init__()
        self.cell, self.table = CELLS.get("elman")(I, H), nn.Parameter(torch.randn(5, I))

    @property
    def output_size(self):
        return H

    def initial_state(self, batch_size, memory=None, steps=None):
        return self.cell.initial_state(batch_size)

    def values(self, input_t, state, memory=None):
        vector, number = input_t
        return self.cell.values(self.cell.project(vector + self.table[number]), state)


STEPS = {
    "attention": AttentionDecoder,
    "tape": TapeMachine,
    "projected": lambda: projected(I, H),
    "layers": Layers,
    "lstm": lambda: CELLS.get("lstm")(I, H),
}


def make(name):
    """Return a step with random weights, in float64."""
    step = STEPS[name]()
    for parameter in step.parameters():
        parameter.data = torch.randn_like(parameter) * 0.7
    return step


def source(batch_size, seed=0):
    """Return what every step may look at; only the attention decoder does."""
    draw = torch.Generator().manual_seed(seed)
    lengths = torch.tensor([3, 1, 2, 3, 0, 2])[:batch_size]
    mask = torch.arange(3) < lengths[:, None]
    return Source(torch.randn(batch_size, 3, D, generator=draw, dtype=torch.float64), mask, None)


class StepStepper(Stepper):
    """A step between an embedding and a softmax, as decoders are: what search, sampling and scoring see."""

    def __init__(self, step, size, start, end, memory):
        self.step, self.size, self.start, self.end, self.memory = step, size, start, end, memory
        draw = torch.Generator().manual_seed(5)
        self.table = torch.randn(size, I, generator=draw)
        self.weight = torch.randn(step.output_size, size, generator=draw) * 2

    def begin(self, inputs):
        memory = self.memory.select(torch.from_numpy(inputs))
        return self.step.initial_state(len(inputs), memory), memory

    @torch.no_grad()
    def advance(self, ids, state):
        output, after = self.step.recur(self.step.project(self.table[torch.from_numpy(ids)]), *state)
        return torch.log_softmax(output @ self.weight, -1).numpy(), (after, state[1])

    def select(self, state, rows):
        return tuple(part.select(torch.from_numpy(rows)) for part in state)

    def join(self, states):
        inputs = torch.cat([memory.rows for _, memory in states])
        return State.join([state for state, _ in states]), self.memory.select(inputs)

    def looked(self, state):
        return None if not isinstance(self.step, AttentionDecoder) else np.ones((len(state[0].context), 3))
