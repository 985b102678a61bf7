"""Attention behind the recurrence, fed: what was said last, attention included, enters the next step."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from elman.cells.base import State
from elman.layers import feeding
from elman.layers.feed_forward import FeedForward
from elman.layers.recurrent import StackState
from elman.steps.base import DecoderConfig, LookingDecoder


class FedState(NamedTuple("FedState", [("layers", StackState), ("y", Tensor)]), State):
    """The states of the layers, and the last output."""

    __slots__ = ()


class LuongDecoder(LookingDecoder):
    """Layers that read the last output beside the last token: input feeding.

        h_i = RNN([e(y_{i-1}); y~_{i-1}], h_{i-1});    c_i = attention(h_i);
        y~_i = tanh(W [h_i; c_i] + b);    y~_0 = 0

    Args:
        input_size: E.
        values_size: D.
        config: the options.

    Source: Luong et al. (2015), Effective approaches to attention-based neural machine translation, arXiv:1508.04025.
    """

    def __init__(self, input_size: int, values_size: int, config: DecoderConfig) -> None:
        super().__init__(input_size, values_size, config)
        self.join = FeedForward(config.hidden_size + values_size, self.output_size, 1)

    def sizes(self, input_size: int, values_size: int, count: int) -> list[int]:
        """Return E + H for the first layer, H for the others."""
        return [input_size + int(self.config.hidden_size), *[int(self.config.hidden_size)] * (count - 1)]

    def initial_state(self, batch_size: int, memory: Any = None, steps: int | None = None) -> FedState:
        """Return the layers from the end of the source, and an output of zeros."""
        layers = self.layers_from(batch_size, memory)
        return FedState(layers, memory.values.new_zeros(batch_size, self.output_size))

    def values(self, input_t: Any, state: Any, memory: Any = None) -> dict[str, Any]:
        """Return the states of the layers, where they look, what is read there, and the output."""
        token, *masks = input_t
        below, layers = self.climb(torch.cat([token, state.y], -1), masks, state.layers)
        looked = self.attention(below, memory)
        y = self.join(torch.cat([below, looked.context], -1))
        return {"layers": layers, "weights": looked.weights, "context": looked.context, "y": y}

    @property
    def compiled(self) -> bool:
        """Whether there is one layer, and compiled code for that and for the score."""
        return len(self.cells) == 1 and feeding.computes(self._cells[0], self.attention)

    def whole(
        self, rows: Any, packing: Any, state: Any, memory: Any, backwards: bool
    ) -> tuple[Tensor, FedState] | None:
        """Return outputs and last state of whole targets in compiled code, of one layer where there is some."""
        if backwards or not self.compiled:
            return None
        linear: Any = self.join.layers[0]
        join = feeding.Join(linear.weight, linear.bias, state.y)
        made = feeding.run(self._cells[0], self.attention, rows, packing, state.layers[0], memory, join)
        return None if made is None else (made.y, FedState(StackState([made.layer]), made.y_last))
