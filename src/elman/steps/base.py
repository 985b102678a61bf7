"""What decoders share: layers of cells over the tokens of a target, which start from the end of a source."""

import copy
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, NamedTuple

import torch
from jaxtyping import Float
from pydantic import Field, field_validator
from torch import Tensor, nn

from elman.cells.base import Cell, State, Step
from elman.config import known_name
from elman.data.records import Padded
from elman.layers import fused, sequences
from elman.layers.attending import Attention, Looked
from elman.layers.attention import SCORES
from elman.layers.bridge import Bridge
from elman.layers.recurrent import RecurrentConfig, StackState
from elman.layers.source import Source, real
from elman.layers.unroll import unroll
from elman.moment import Noise

DEFAULT_SCORE = "general"


class DecoderConfig(RecurrentConfig):
    """Options of a decoder, for every model that has one; its cells are those of the encoder."""

    decoder: str = Field("unfed", description="Where what is read of the source goes; `elman describe decoders`.")
    attention: str = Field(
        "", description="How places of the source are scored, general if nothing is said; `elman describe attention`."
    )
    decoder_layers: int = Field(0, ge=0, le=64, description="Layers of the decoder; 0 is as many as the encoder has.")
    bridge: Literal["zero", "last", "projected"] = Field(
        "projected", description="What the decoder starts from: 0, the encoder's end, or tanh(W end + b) of it."
    )
    window: int = Field(
        0, ge=0, le=64, description="w, how many places decoder hard_window goes on by at most at a step; 0 is 4."
    )
    gate: bool = Field(
        False, description="What is read of the source passes a gate σ(w q + b) of the query (Xu et al., 2015)."
    )
    monotone: bool = Field(False, description="Decoder hard never looks behind the place of the token before.")

    @field_validator("attention")
    @classmethod
    def _known_attention(cls, attention: str) -> str:
        return known_name(SCORES, attention) if attention else attention


class LayersState(NamedTuple("LayersState", [("layers", StackState)]), State):
    """The states of layers."""

    __slots__ = ()


class Decoder(Step, nn.Module):
    """A recurrence over the tokens of a target that starts from the end of a source.

    Dropout between its layers is drawn at once for a whole target; a step gets its part of the masks beside its input.

    Args:
        input_size: E, numbers of the vector of a token.
        values_size: D, numbers of a place of the source.
        config: the options.
    """

    output = "y"

    sums_over_places: ClassVar[bool] = False
    """Whether what it gives is joined with each place of the source, `places`, and summed over."""

    def __init__(self, input_size: int, values_size: int, config: DecoderConfig) -> None:
        super().__init__()
        self.config = config
        count = config.decoder_layers or config.num_layers
        sizes = self.sizes(input_size, values_size, count)
        self.cells = nn.ModuleList(config.make_cell(size, config.hidden_size) for size in sizes)
        self.bridges = nn.ModuleList(Bridge(config.bridge, values_size, cell) for cell in self._cells)
        self._masks: tuple[Tensor, ...] = ()

    def sizes(self, input_size: int, values_size: int, count: int) -> list[int]:
        """Return how many numbers each layer reads: a token the first, what comes from below the others."""
        return [input_size, *[self.output_size] * (count - 1)]

    @property
    def output_size(self) -> int:
        """H."""
        return int(self.config.hidden_size)

    @property
    def compiled(self) -> bool:
        """Whether the recurrence of a whole target runs in compiled code, where the weights are."""
        return all(fused.computes(cell) for cell in self._cells)

    def source(self, values: Padded, last: Tensor) -> Source:
        """Return what the steps start from, and look at.

        Args:
            values: what the encoder gives, (N, T, D).
            last: of each of its directions where that ends, (N, D).
        """
        return Source(values.values, self.keys(values.values), real(values), last, None)

    def keys(self, values: Tensor) -> Tensor:
        """Return what the steps take of each place of a source, once for all: nothing more, where nobody looks."""
        return values

    def initial_state(self, batch_size: int, memory: Any = None, steps: int | None = None) -> Any:
        """Return the state before the first step, from the end of the source."""
        return LayersState(self.layers_from(batch_size, memory))

    def layers_from(self, batch_size: int, memory: Any) -> StackState:
        """Return the states of the layers before the first step."""
        return StackState(
            bridge(cell.initial_state(batch_size), memory.end)
            for cell, bridge in zip(self._cells, self.bridges, strict=True)
        )

    def under(self, noise: Noise | None, packing: Any) -> "Decoder":
        """Return the decoder with the masks of its dropout between layers drawn."""
        if noise is None or self.config.dropout == 0:
            return self
        other, rows = copy.copy(self), sum(packing.batch_sizes)
        like = next(self.parameters()).new_empty(rows, self.config.hidden_size)
        other._masks = tuple(noise.keep_mask(like, 1 - self.config.dropout) for _ in range(len(self.cells) - 1))
        return other

    def project(self, rows: Any) -> Any:
        """Return inputs with the masks of the steps beside them."""
        return (rows, *self._masks)

    def climb(
        self,
        below: Float[Tensor, "B _"],
        masks: Sequence[Tensor],
        states: Sequence[Any],
        first: int = 0,
        beside: Sequence[Tensor] = (),
    ) -> tuple[Tensor, StackState]:
        """Return what the last layer gives in one step, and the states of the layers from `first` on.

        Args:
            below: what the first of them reads.
            masks: of the outputs of all layers of the decoder but the last, or none.
            states: of these layers before the step.
            first: the layer.
            beside: what each of them reads beside what comes from below.
        """
        after = []
        for layer, before in enumerate(states, first):
            below = _masked(below, masks, layer)
            below, state = sequences.step(self._cells[layer], _joined(below, beside), before)
            after.append(state)
        return below, StackState(after)

    def over(
        self, rows: Tensor, packing: Any, states: Sequence[Any], first: int = 0, beside: Sequence[Tensor] = ()
    ) -> tuple[Tensor, list[Any]]:
        """Return what the last layer gives over whole targets, and the last states of the layers from `first` on.

        Args:
            rows: packed, what the first of them reads, (N, _).
            packing: how they are packed.
            states: of these layers before the first step.
            first: the layer.
            beside: packed rows that each of them reads beside what comes from below.
        """
        after = []
        for layer, before in enumerate(states, first):
            rows = _joined(_masked(rows, self._masks, layer), beside)
            made = unroll(self._cells[layer], rows, packing, before)
            rows = made.outputs
            after.append(made.state)
        return rows, after

    @property
    def _cells(self) -> list[Cell]:
        return list(self.cells)  # type: ignore[arg-type]

    def whole_layers(self, rows: Any, packing: Any, state: Any, backwards: bool) -> tuple[Tensor, LayersState] | None:
        """Return outputs and last state of layers that need no source to run over whole targets."""
        if backwards:
            return None
        below, states = self.over(rows, packing, state.layers)
        return below, LayersState(StackState(states))


class BlindDecoder(Decoder):
    """A decoder whose layers hear nothing of the source but where they start.

    h_i = RNN(e(y_{i-1}), h_{i-1});    y_i = h_i
    """

    def values(self, input_t: Any, state: Any, memory: Any = None) -> dict[str, Any]:
        """Return the states of the layers, and the output, which is the state of the last."""
        token, *masks = input_t
        below, layers = self.climb(token, masks, state.layers)
        return {"layers": layers, "y": below}

    def whole(
        self, rows: Any, packing: Any, state: Any, memory: Any, backwards: bool
    ) -> tuple[Tensor, LayersState] | None:
        """Return outputs and last state of whole targets, layer by layer."""
        return self.whole_layers(rows, packing, state, backwards)


class LookingDecoder(Decoder):
    """A decoder that looks at the places of the source.

    Args:
        input_size: E.
        values_size: D.
        config: the options.
    """

    traces = ("weights",)

    def __init__(self, input_size: int, values_size: int, config: DecoderConfig) -> None:
        super().__init__(input_size, values_size, config)
        self.attention = Attention(config.attention or DEFAULT_SCORE, config.hidden_size, values_size, config.gate)

    def keys(self, values: Tensor) -> Tensor:
        """Return what the score takes of each place."""
        return self.attention.score.keys(values)


class AtOnceDecoder(LookingDecoder):
    """A decoder whose layers run over whole targets, and all of whose tokens look at the source at once."""

    @abstractmethod
    def at_once(self, rows: Any, packing: Any, state: Any, memory: Any) -> tuple[Tensor, LayersState, Looked]:
        """Return outputs, the last state, and what was looked at, context packed and weights padded.

        Arguments are those of `whole`.
        """

    def whole(
        self, rows: Any, packing: Any, state: Any, memory: Any, backwards: bool
    ) -> tuple[Tensor, LayersState] | None:
        """Return outputs and last state of whole targets."""
        return None if backwards else self.at_once(rows, packing, state, memory)[:2]

    def traced(
        self, rows: Any, packing: Any, state: Any, memory: Any, keep: Sequence[str]
    ) -> tuple[Tensor, LayersState, Mapping[str, Tensor]] | None:
        """Return them with where each token looked and what it read there, if nothing else is wanted."""
        if not set(keep) <= set(Looked._fields):
            return None
        y, last, looked = self.at_once(rows, packing, state, memory)
        return y, last, {"context": looked.context, "weights": packing.pack(looked.weights)}


def _masked(below: Tensor, masks: Sequence[Tensor], layer: int) -> Tensor:
    """Return what a layer reads from below, under the mask of the layer there."""
    return below * masks[layer - 1] if layer and masks else below


def _joined(below: Tensor, beside: Sequence[Tensor]) -> Tensor:
    return torch.cat([below, *beside], -1) if beside else below
