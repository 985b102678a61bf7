"""Attention before the recurrence: what is read enters the state."""

from typing import Any

import torch
from torch import Tensor

from elman.layers import feeding
from elman.layers.feed_forward import FeedForward
from elman.layers.recurrent import StackState
from elman.steps.base import DecoderConfig, LayersState, LookingDecoder


class BahdanauDecoder(LookingDecoder):
    """Layers that read the source before each step, with the state before it, and take what was read as input.

        c_i = attention(h_{i-1});    h_i = RNN([e(y_{i-1}); c_i], h_{i-1});    y_i = tanh(W [h_i; e(y_{i-1}); c_i] + b)

    h is that of the last layer. The paper has one layer, reads out from h_{i-1} and takes the larger of each two
    numbers where tanh stands here.

    Args:
        input_size: E.
        values_size: D.
        config: the options.

    Source: Bahdanau et al. (2015), Neural machine translation by jointly learning to align and translate,
    arXiv:1409.0473.
    """

    def __init__(self, input_size: int, values_size: int, config: DecoderConfig) -> None:
        super().__init__(input_size, values_size, config)
        self.join = FeedForward(config.hidden_size + input_size + values_size, self.output_size, 1)

    def sizes(self, input_size: int, values_size: int, count: int) -> list[int]:
        """Return E + D for the first layer, H for the others."""
        return [input_size + values_size, *[int(self.config.hidden_size)] * (count - 1)]

    def values(self, input_t: Any, state: Any, memory: Any = None) -> dict[str, Any]:
        """Return where the layers look, what is read there, their states, and the output."""
        token, *masks = input_t
        looked = self.attention(state.layers[-1].h, memory)
        below, layers = self.climb(torch.cat([token, looked.context], -1), masks, state.layers)
        y = self.join(torch.cat([below, token, looked.context], -1))
        return {"weights": looked.weights, "context": looked.context, "layers": layers, "y": y}

    @property
    def compiled(self) -> bool:
        """Whether there is one layer, and compiled code for that and for the score."""
        return len(self.cells) == 1 and feeding.computes(self._cells[0], self.attention)

    def whole(
        self, rows: Any, packing: Any, state: Any, memory: Any, backwards: bool
    ) -> tuple[Tensor, LayersState] | None:
        """Return outputs and last state of whole targets in compiled code, of one layer where there is some."""
        if backwards or not self.compiled:
            return None
        made = feeding.run(self._cells[0], self.attention, rows, packing, state.layers[0], memory)
        if made is None:
            return None
        return self.join(torch.cat([made.h, rows, made.context], -1)), LayersState(StackState([made.layer]))
