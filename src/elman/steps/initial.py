"""No context but the first state: all that is known of the source is where the decoder starts."""

from elman.steps.base import BlindDecoder


class InitialDecoder(BlindDecoder):
    """Layers that start from the end of the source and never see it again.

        h_i = RNN(e(y_{i-1}), h_{i-1}), h_0 by `bridge`;    y_i = h_i

    A source of any length has to pass through one vector: what attention is there to mend.

    Source: Sutskever et al. (2014), Sequence to sequence learning with neural networks, arXiv:1409.3215, who reverse
    the source.
    """
