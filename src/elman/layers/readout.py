"""Layers after the recurrence: deeper from state to output, not from state to state."""

from elman.layers.feed_forward import FeedForward


class Readout(FeedForward):
    """A feed-forward network on each output of the recurrence, before the head.

        y_0 = h_t;    y_k = tanh(W_k y_{k-1} + b_k)

    Other than a stacked recurrence it has no memory: y at one step depends on h of that step alone.

    Args:
        size: width of h and of every layer.
        layers: how many; with 0 it does nothing.
        dropout: probability of dropping an output of a layer, with a mask of its own for each place.

    Source: Pascanu et al. (2014), How to construct deep recurrent neural networks, arXiv:1312.6026 (deep output).
    """

    def __init__(self, size: int, layers: int, dropout: float = 0.0) -> None:
        super().__init__(size, size, layers, dropout, input_dropout=0.0)  # what the stack gives is dropped already
