"""Hard attention that goes on: each token comes from one place, not far behind that of the token before."""

from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

from elman.errors import ConfigError
from elman.layers.feed_forward import FeedForward
from elman.layers.marginal import IMPOSSIBLE, Places, at_first, joined, shifted
from elman.steps.base import BlindDecoder, DecoderConfig

_USUAL = 4


class HardWindowDecoder(BlindDecoder):
    """Layers that never see the source; a step goes on by 0 to w places from that of the step before.

        h_i = RNN(e(y_{i-1}), h_{i-1});    A_i(j', m) = softmax_m(W [h_i; v_j'] + b)_m,    0 <= m <= w, j' + m <= T
        p(t_i | t_1 .. t_{i-1}) = Σ_j p(j at i | t_1 .. t_{i-1}) p(t_i | tanh(W' [h_i; v_j] + b'))

    How far it goes hangs on where it is, and the sum is over all paths (forward algorithm). The first step goes on from
    the first place. Nothing that was looked at goes back into the state, so that the sum is exact. The softmax is
    computed at all places: this is for characters.

    Args:
        input_size: E.
        values_size: D.
        config: the options; w is `window`.

    Raises:
        ConfigError: `monotone`, which it is anyway.

    Source: Wu & Cotterell (2019), Exact hard monotonic attention for character-level transduction, arXiv:1905.06319,
    where it is 1-mono.
    """

    sums_over_places = True
    follows = True

    def __init__(self, input_size: int, values_size: int, config: DecoderConfig) -> None:
        super().__init__(input_size, values_size, config)
        if config.monotone:
            raise ConfigError("model.monotone: decoder hard_window never goes back anyway. Leave it out.")
        self.join = FeedForward(config.hidden_size + values_size, self.output_size, 1)
        self.onward = FeedForward(config.hidden_size + values_size, 1 + (config.window or _USUAL), 1)

    def places(self, read: Int[Tensor, "B U"], outputs: Float[Tensor, "B U H"], memory: Any) -> Places:
        """Return what each place says at each step and how far it goes, given the tokens that were read and h."""
        source = memory.spread()
        logits = joined(self.onward.layers[0], outputs, source.values)
        width = logits.shape[-1]
        there = functional.pad(source.mask, (0, width - 1)).unfold(1, width, 1)  # (B, T, M): is j' + m a place?
        log_weights = torch.log_softmax(logits.masked_fill(~there[:, None], IMPOSSIBLE), -1)
        said = torch.tanh(joined(self.join.layers[0], outputs, source.values))
        return Places(log_weights, said, read, shifted, at_first(source.values))
