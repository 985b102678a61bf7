"""Attention behind the recurrence: what is read reaches the output alone, so that whole targets are read at once."""

from typing import Any

import torch
from torch import Tensor

from elman.layers.attending import Looked
from elman.layers.feed_forward import FeedForward
from elman.layers.recurrent import StackState
from elman.steps.base import AtOnceDecoder, DecoderConfig, LayersState


class UnfedDecoder(AtOnceDecoder):
    """Layers that never see what is read of the source; their output is joined with it.

        h_i = RNN(e(y_{i-1}), h_{i-1});    c_i = attention(h_i);    y_i = tanh(W [h_i; c_i] + b)

    Nothing of the source enters the state, so that the recurrences of a whole target run in compiled code, and all its
    tokens look at the source in one product.

    Args:
        input_size: E.
        values_size: D.
        config: the options.

    Source: Luong et al. (2015), arXiv:1508.04025, without input feeding.
    """

    def __init__(self, input_size: int, values_size: int, config: DecoderConfig) -> None:
        super().__init__(input_size, values_size, config)
        self.join = FeedForward(config.hidden_size + values_size, self.output_size, 1)

    def values(self, input_t: Any, state: Any, memory: Any = None) -> dict[str, Any]:
        """Return the states of the layers, where they look, what is read there, and the output."""
        token, *masks = input_t
        below, layers = self.climb(token, masks, state.layers)
        looked = self.attention(below, memory)
        y = self.join(torch.cat([below, looked.context], -1))
        return {"layers": layers, "weights": looked.weights, "context": looked.context, "y": y}

    def at_once(self, rows: Any, packing: Any, state: Any, memory: Any) -> tuple[Tensor, LayersState, Looked]:
        """Return outputs, last state and attention of whole targets: layer by layer, then all attention at once."""
        below, states = self.over(rows, packing, state.layers)
        looked = self.attention.every(packing.unpack(below), memory)
        context = packing.pack(looked.context)
        y = self.join(torch.cat([below, context], -1))
        return y, LayersState(StackState(states)), Looked(context, looked.weights)
