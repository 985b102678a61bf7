"""Hard attention: each token comes from one place, and which one is summed over."""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from elman.errors import ConfigError
from elman.layers.attending import Looked
from elman.layers.feed_forward import FeedForward
from elman.layers.marginal import IMPOSSIBLE, Places, joined, moved
from elman.layers.recurrent import StackState
from elman.steps.base import AtOnceDecoder, DecoderConfig, LayersState


class HardDecoder(AtOnceDecoder):
    """Layers that never see the source; each token is written as if one place had been looked at.

        h_i = RNN(e(y_{i-1}), h_{i-1});    a_i = softmax(score(h_i, v_j));    y_ij = tanh(W [h_i; v_j] + b)
        p(t_i | t_1 .. t_{i-1}) = Σ_j a_ij p(t_i | y_ij)

    Nothing that was looked at goes back into the state, so that the sum is exact. With `monotone` a step starts where
    the one before was or behind it, and the sum is over all paths (forward algorithm). The softmax is computed at all
    places: this is for characters.

    Args:
        input_size: E.
        values_size: D.
        config: the options.

    Raises:
        ConfigError: a score whose weights are no probabilities.

    Source: Wu et al. (2018), Hard non-monotonic attention for character-level transduction, arXiv:1808.10024; Wu &
    Cotterell (2019), Exact hard monotonic attention for character-level transduction, arXiv:1905.06319.
    """

    sums_over_places = True

    def __init__(self, input_size: int, values_size: int, config: DecoderConfig) -> None:
        super().__init__(input_size, values_size, config)
        if not self.attention.score.sums_to_one:
            raise ConfigError(
                f"model.attention: decoder hard needs probabilities of places: those of {config.attention} do not sum "
                "to 1. Take another model.attention."
            )
        self.join = FeedForward(config.hidden_size + values_size, self.output_size, 1)

    @property
    def follows(self) -> bool:
        """Whether where a step goes hangs on where the one before was."""
        return bool(self.config.monotone)

    def values(self, input_t: Any, state: Any, memory: Any = None) -> dict[str, Any]:
        """Return the states of the layers, the probability of each place, what they say in the mean, and h."""
        token, *masks = input_t
        below, layers = self.climb(token, masks, state.layers)
        looked = self.attention(below, memory)
        return {"layers": layers, "weights": looked.weights, "context": looked.context, "y": below}

    def at_once(self, rows: Any, packing: Any, state: Any, memory: Any) -> tuple[Tensor, LayersState, Looked]:
        """Return outputs, last state and attention of whole targets."""
        below, states = self.over(rows, packing, state.layers)
        looked = self.attention.every(packing.unpack(below), memory)
        return below, LayersState(StackState(states)), Looked(packing.pack(looked.context), looked.weights)

    def whole(
        self, rows: Any, packing: Any, state: Any, memory: Any, backwards: bool
    ) -> tuple[Tensor, LayersState] | None:
        """Return outputs and last state of whole targets, without looking."""
        return self.whole_layers(rows, packing, state, backwards)

    def places(self, read: Int[Tensor, "B U"], outputs: Float[Tensor, "B U H"], memory: Any) -> Places:
        """Return what each place says at each step, given the tokens that were read and h."""
        source = memory.spread()
        scores = self.attention.score.every(outputs, source.keys)
        log_weights = torch.log_softmax(scores.masked_fill(~source.mask[:, None], IMPOSSIBLE), -1)
        move = moved if self.config.monotone else None
        return Places(log_weights, torch.tanh(joined(self.join.layers[0], outputs, source.values)), read, move)
