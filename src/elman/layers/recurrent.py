"""A stack of recurrent layers."""

import math
from collections.abc import Iterator
from typing import Annotated, Any, Literal, NamedTuple

import torch
from jaxtyping import Bool, Float
from pydantic import Field, model_validator
from torch import Tensor, nn

from elman.cells import CELLS
from elman.cells.base import Cell, State
from elman.config import Config, name_among, options_among
from elman.data.records import Padded
from elman.layers.connections import Connection, Kind
from elman.layers.dropout import dropout, sequence_dropout
from elman.layers.packing import Packing
from elman.layers.penalties import Penalty, penalties, penalty_terms
from elman.layers.regularization import Regularization, regularized
from elman.layers.self_attention import SelfAttention
from elman.layers.unroll import unroll
from elman.layers.watching import Watch, Watched
from elman.moment import Noise


class CellConfig(Config):
    """Options of layers of cells, whatever stands around them."""

    cell: Annotated[str, name_among(CELLS)] = Field(
        "lstm", description="The recurrent cell; `elman describe cells` lists them."
    )
    cell_options: Annotated[dict[str, Any], options_among(CELLS, "cell")] = Field(
        {}, description="Options of the cell, such as {activation = 'relu'}."
    )
    hidden_size: int = Field(384, ge=1, le=65536, description="H, units of a layer and direction.")
    num_layers: int = Field(1, ge=1, le=64, description="L, recurrent layers.")

    def narrower(self, share: float) -> str:
        """Return the width with which weights are at most so large a share of these; empty where there is none."""
        hidden = math.floor(self.hidden_size * share)
        return f"--hidden {hidden}" if hidden else ""

    def make_cell(self, input_size: int, hidden_size: int) -> Cell:
        """Return a cell of the kind that is asked for."""
        kind = CELLS.get(self.cell)
        return kind(input_size, hidden_size, kind.Config(**self.cell_options))


class RecurrentConfig(CellConfig):
    """Options of a recurrent stack, for every model that has one."""

    bidirectional: bool = Field(False, description="Read the sequence from both ends; a language model refuses it.")
    merge: Literal["concat", "sum"] = Field("concat", description="How the outputs of two directions become one.")
    connections: Kind = Field("plain", description="How a layer's input goes past it: see docs/equations.md.")
    self_attention_heads: int = Field(
        0, ge=0, le=64, description="Heads of self-attention after the stack, 0 is none; a language model refuses it."
    )
    initial_state: Literal["zero", "learned"] = Field(
        "zero",
        description="The state before the first step; with task.carry_state that is once an epoch and at fresh starts.",
    )
    dropout: float = Field(0.2, ge=0, lt=1, description="Probability of dropping an output of a layer.")
    regularization: Regularization = Field(Regularization(), description="More noise, and penalties.")

    @model_validator(mode="after")
    def _memory_to_keep(self) -> "RecurrentConfig":
        if self.regularization.zoneout_memory is not None and len(CELLS.get(self.cell).state_type._fields) < 2:  # type: ignore[attr-defined]
            raise ValueError(f"regularization.zoneout_memory: the state of {self.cell} is h alone. Leave it out.")
        return self


class StackState(tuple[State, ...], State):
    """The states of the layers, first layer first; of each layer forward, then backward."""

    __slots__ = ()

    @classmethod
    def _make(cls, parts: object) -> "StackState":
        return cls(parts)  # type: ignore[arg-type]


class StackOutput(NamedTuple):
    """What a stack gives back.

    Args:
        hidden: what the last connection gives, (B, T, O); padding is 0.
        state: after each row's last real step.
        penalties: named terms of the loss that are not about targets, empty outside training.
    """

    hidden: Float[Tensor, "B T O"]
    state: StackState
    penalties: dict[str, Penalty]


class RecurrentStack(nn.Module):
    """Layers of recurrence: what layer l gives is the input of layer l + 1.

        x^(l+1)_t = join(x^(l)_t, drop(h^(l)_t)),    h^(l) = RNN^(l)(x^(l)),    join by `connections`
        bidirectional: h_t = [→h_t; ←h_t] or →h_t + ←h_t, each direction with weights of its own

    Dropout acts on what goes up, never on what goes on in time (Zaremba et al., 2014); `regularization` has the rest.

    Args:
        input_size: I, features of an input.
        config: the options.
        last_size: units of the last layer, if they are not `hidden_size`.
    """

    def __init__(self, input_size: int, config: RecurrentConfig, last_size: int | None = None) -> None:
        super().__init__()
        self.config = config
        joined = 2 if config.bidirectional and config.merge == "concat" else 1
        sizes = [config.hidden_size] * (config.num_layers - 1) + [last_size or config.hidden_size]
        layers, backward, connections = [], [], []
        width = input_size
        for size in sizes:
            layers.append(config.make_cell(width, size))
            if config.bidirectional:
                backward.append(config.make_cell(width, size))
            connections.append(Connection(config.connections, width, joined * layers[-1].output_size))
            width = connections[-1].size
        self.layers = nn.ModuleList(layers)
        self.backward_layers = nn.ModuleList(backward)
        self.connections = nn.ModuleList(connections)
        self.output_size = width
        self._made_size = joined * layers[-1].output_size
        heads = config.self_attention_heads
        self.attention = SelfAttention(width, heads) if heads else None
        learned = self._zeros(1).tensors() if config.initial_state == "learned" else ()
        self.watch: Watch | None = None
        self.initial = nn.ParameterList(nn.Parameter(tensor) for tensor in learned)

    def __repr__(self) -> str:
        """Say what the layers are, which options differ from the usual, and how many weights there are."""
        cells = [f"{type(cell).__name__}({cell.input_size}, {cell.hidden_size})" for cell in self.layers]
        said = {"cell", "cell_options", "hidden_size", "num_layers", "regularization", "name"}
        set_ = self.config.model_dump(include=set(RecurrentConfig.model_fields) - said, exclude_defaults=True)
        options = "".join(f", {name}={value!r}" for name, value in set_.items())
        weights = sum(parameter.numel() for parameter in self.parameters())
        return f"{type(self).__name__}({' -> '.join(cells)}{options}: {weights:,} weights)"

    def reset_parameters(self, generator: torch.Generator, bound: float | None = None) -> None:
        """Start a learned state at zero; the cells draw their weights by themselves."""
        with torch.no_grad():
            for parameter in self.initial:
                parameter.zero_()

    def initial_state(self, batch_size: int) -> StackState:
        """Return the state before the first step: zeros, or what was learned."""
        zeros = self._zeros(batch_size)
        if not len(self.initial):
            return zeros
        learned = iter(self.initial)
        return zeros.map(lambda zero: next(learned).expand_as(zero))

    def forward(
        self,
        inputs: Float[Tensor, "B T I"],
        state: StackState,
        mask: Bool[Tensor, "B T"] | None = None,
        noise: Noise | None = None,
    ) -> StackOutput:
        """Return outputs, state and penalties.

        Args:
            inputs: padded at the end of rows, where `mask` is False.
            state: the state before the first step.
            mask: True = real; None when nothing is padded.
            noise: the noise of a training step, or None.
        """
        rates, between = self.config.regularization, self.config.dropout
        packing = Packing(inputs.shape[0], inputs.shape[1], None if mask is None else mask.sum(1))
        rows = self._drop(packing.pack(inputs), packing, rates.input_dropout, noise)
        before, after = iter(state), []
        for layer, connection in enumerate(self.connections):
            last = layer == len(self.layers) - 1
            made, states = self._layer(layer, rows, packing, before, noise)
            rate = rates.output_dropout if last and rates.output_dropout is not None else between
            dropped = self._drop(made, packing, rate, noise)
            rows = connection(rows, dropped)
            after += states
        charged = penalties(rates, made, dropped, packing) if noise is not None else {}
        hidden = packing.unpack(rows)
        if self.attention is not None:
            hidden = self.attention(hidden, mask)
        return StackOutput(hidden, StackState(after), charged)

    def penalty_terms(self, field: Padded) -> dict[str, int]:
        """Return how many terms each penalty is a mean of, where the stack reads such a field in training."""
        return penalty_terms(self.config.regularization, field, self._made_size)

    def _layer(
        self, layer: int, rows: Tensor, packing: Packing, before: Iterator[State], noise: Noise | None
    ) -> tuple[Tensor, list[State]]:
        made, state = self._direction("layers", layer, rows, packing, next(before), noise)
        if not self.config.bidirectional:
            return made, [state]
        other, last = self._direction("backward_layers", layer, rows, packing, next(before), noise)
        joined = torch.cat([made, other], dim=-1) if self.config.merge == "concat" else made + other
        return joined, [state, last]

    def _direction(
        self, name: str, layer: int, rows: Tensor, packing: Packing, before: State, noise: Noise | None
    ) -> tuple[Tensor, State]:
        cell = self._cell(getattr(self, name), layer)
        step = regularized(cell, self.config.regularization, noise, packing)
        keep = self.watch.letters(cell, step, rows, before) if self.watch else ()
        made = unroll(step, rows, packing, before, backwards=name == "backward_layers", keep=keep)
        if self.watch:
            self.watch.see(Watched(f"{name}.{layer}", cell, step, rows, packing, before, made.kept))
        return made.outputs, made.state

    def _drop(self, rows: Tensor, packing: Packing, rate: float, noise: Noise | None) -> Tensor:
        if self.config.regularization.variational:
            return sequence_dropout(rows, packing, rate, noise)
        return dropout(rows, rate, noise)

    def _zeros(self, batch_size: int) -> StackState:
        zeros = []
        for layer in range(len(self.layers)):
            for cells in (self.layers, self.backward_layers):
                if len(cells):
                    zeros.append(self._cell(cells, layer).initial_state(batch_size))
        return StackState(zeros)

    @staticmethod
    def _cell(cells: nn.ModuleList, layer: int) -> Cell:
        return cells[layer]  # type: ignore[return-value]
