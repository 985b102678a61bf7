"""Attention behind the recurrence: what is read reaches the output alone, so that whole targets are read at once."""

from typing import Any

import torch
from torch import Tensor

from elman.layers.feed_forward import FeedForward
from elman.layers.recurrent import StackState
from elman.steps.base import DecoderConfig, LayersState, LookingDecoder


class UnfedDecoder(LookingDecoder):
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

    def whole(
        self, rows: Any, packing: Any, state: Any, memory: Any, backwards: bool
    ) -> tuple[Tensor, LayersState] | None:
        """Return outputs and last state of whole targets: layer by layer, then all attention at once."""
        if backwards:
            return None
        below, states = self.over(rows, packing, state.layers)
        looked = self.attention.every(packing.unpack(below), memory)
        return self.join(torch.cat([below, packing.pack(looked.context)], -1)), LayersState(StackState(states))
