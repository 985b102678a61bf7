"""Attention between the layers: the first looks, the others take what was read; whole targets are read at once."""

from typing import Any

import torch
from torch import Tensor

from elman.errors import ConfigError
from elman.layers.attending import Looked
from elman.layers.feed_forward import FeedForward
from elman.layers.recurrent import StackState
from elman.steps.base import AtOnceDecoder, DecoderConfig, LayersState


class BetweenDecoder(AtOnceDecoder):
    """Layers of which the first never sees what is read of the source, and all others do.

        h1_i = RNN(e(y_{i-1}), h1_{i-1});    c_i = attention(h1_i);
        hl_i = RNN([h(l-1)_i; c_i], hl_{i-1});    y_i = tanh(W [hL_i; c_i] + b)

    What is read reaches the state of a layer, as in fed decoders, and yet nothing goes back to the first layer: over a
    whole target each recurrence runs in compiled code, and all tokens look at the source in one product. The paper asks
    with the first layer of the step before.

    Args:
        input_size: E.
        values_size: D.
        config: the options.

    Raises:
        ConfigError: one layer.

    Source: Wu et al. (2016), Google's neural machine translation system, arXiv:1609.08144; the query of the same step,
    as in its successors.
    """

    def __init__(self, input_size: int, values_size: int, config: DecoderConfig) -> None:
        super().__init__(input_size, values_size, config)
        if len(self.cells) < 2:
            raise ConfigError(
                "model.decoder: between needs two layers of the decoder or more: got 1. Set model.decoder_layers = 2."
            )
        self.join = FeedForward(config.hidden_size + values_size, self.output_size, 1)

    def sizes(self, input_size: int, values_size: int, count: int) -> list[int]:
        """Return E for the first layer, H + D for the others."""
        return [input_size, *[int(self.config.hidden_size) + values_size] * (count - 1)]

    def values(self, input_t: Any, state: Any, memory: Any = None) -> dict[str, Any]:
        """Return where the first layer looks, what is read there, the states of the layers, and the output."""
        token, *masks = input_t
        first, last = self.climb(token, (), state.layers[:1])
        looked = self.attention(first, memory)
        below, others = self.climb(first, masks, state.layers[1:], 1, [looked.context])
        y = self.join(torch.cat([below, looked.context], -1))
        layers = StackState([*last, *others])
        return {"weights": looked.weights, "context": looked.context, "layers": layers, "y": y}

    def at_once(self, rows: Any, packing: Any, state: Any, memory: Any) -> tuple[Tensor, LayersState, Looked]:
        """Return outputs, last state and attention of whole targets: the first layer, all attention, the others."""
        first, last = self.over(rows, packing, state.layers[:1])
        looked = self.attention.every(packing.unpack(first), memory)
        context = packing.pack(looked.context)
        below, others = self.over(first, packing, state.layers[1:], 1, [context])
        y = self.join(torch.cat([below, context], -1))
        return y, LayersState(StackState([*last, *others])), Looked(context, looked.weights)
