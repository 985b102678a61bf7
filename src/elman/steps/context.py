"""One context for all steps and no attention: the end of the source enters each of them."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from elman.cells.base import State
from elman.layers.feed_forward import FeedForward
from elman.layers.recurrent import StackState
from elman.steps.base import Decoder, DecoderConfig


class ContextState(NamedTuple("ContextState", [("layers", StackState), ("context", Tensor)]), State):
    """The states of the layers, and the context, which no step changes."""

    __slots__ = ()


class ContextDecoder(Decoder):
    """Layers that read the end of the source at every step, beside the last token.

        c = tanh(V end + b);    h_i = RNN([e(y_{i-1}); c], h_{i-1});    y_i = tanh(W [h_i; e(y_{i-1}); c] + b)

    With `bridge` zero the input is the only way from source to target, else the first state is another. The paper takes
    the larger of each two numbers where the last tanh stands here.

    Args:
        input_size: E.
        values_size: D.
        config: the options.

    Source: Cho et al. (2014), Learning phrase representations using RNN encoder-decoder for statistical machine
    translation, arXiv:1406.1078.
    """

    def __init__(self, input_size: int, values_size: int, config: DecoderConfig) -> None:
        super().__init__(input_size, values_size, config)
        self.end = FeedForward(values_size, self.output_size, 1)
        self.join = FeedForward(2 * config.hidden_size + input_size, self.output_size, 1)

    def sizes(self, input_size: int, values_size: int, count: int) -> list[int]:
        """Return E + H for the first layer, H for the others."""
        return [input_size + int(self.config.hidden_size), *[int(self.config.hidden_size)] * (count - 1)]

    def initial_state(self, batch_size: int, memory: Any = None, steps: int | None = None) -> ContextState:
        """Return the layers from the end of the source, and the context."""
        return ContextState(self.layers_from(batch_size, memory), self.end(memory.end))

    def values(self, input_t: Any, state: Any, memory: Any = None) -> dict[str, Any]:
        """Return the states of the layers, and the output."""
        token, *masks = input_t
        below, layers = self.climb(torch.cat([token, state.context], -1), masks, state.layers)
        y = self.join(torch.cat([below, token, state.context], -1))
        return {"context": state.context, "layers": layers, "y": y}

    def whole(
        self, rows: Any, packing: Any, state: Any, memory: Any, backwards: bool
    ) -> tuple[Tensor, ContextState] | None:
        """Return outputs and last state of whole targets, layer by layer."""
        if backwards:
            return None
        context = packing.spread(packing.sort(state).context)
        below, states = self.over(torch.cat([rows, context], -1), packing, state.layers)
        return self.join(torch.cat([below, rows, context], -1)), state._replace(layers=StackState(states))
