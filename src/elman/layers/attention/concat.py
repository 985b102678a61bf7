"""Concat attention: the additive score under the name that Luong et al. gave it."""

from elman.layers.attention.additive import AdditiveScore


class ConcatScore(AdditiveScore):
    """Scores by one hidden layer over query and key side by side, which is what `additive` is.

        e_j = v · tanh([W, U] [q; v_j]) = v · tanh(W q + U v_j)

    Args:
        query_size: Q.
        value_size: D, which is also A, the width of the layer.

    Source: Luong et al. (2015), Effective approaches to attention-based neural machine translation, arXiv:1508.04025.
    """
