"""No context but the first state: all that is known of the source is where the decoder starts."""

from typing import Any

from torch import Tensor

from elman.layers.recurrent import StackState
from elman.steps.base import Decoder, LayersState


class InitialDecoder(Decoder):
    """Layers that start from the end of the source and never see it again.

        h_i = RNN(e(y_{i-1}), h_{i-1}), h_0 by `bridge`;    y_i = h_i

    A source of any length has to pass through one vector: what attention is there to mend.

    Source: Sutskever et al. (2014), Sequence to sequence learning with neural networks, arXiv:1409.3215, who reverse
    the source.
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
        if backwards:
            return None
        below, states = self.over(rows, packing, state.layers)
        return below, LayersState(StackState(states))
