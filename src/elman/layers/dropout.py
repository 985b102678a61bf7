"""Dropout whose randomness comes from the step's noise."""

from jaxtyping import Float
from torch import Tensor

from elman.layers.packing import Packing
from elman.moment import Noise


def dropout(x: Float[Tensor, "..."], probability: float, noise: Noise | None) -> Float[Tensor, "..."]:
    """Return x ⊙ m with m = 1 / (1 - p) with probability 1 - p, else 0; E[x ⊙ m] = x.

    Args:
        x: any tensor.
        probability: p, 0 to below 1.
        noise: the noise of the training step; None outside training, when x is returned as it is.

    Source: Srivastava et al. (2014), JMLR 15.
    """
    if noise is None or probability == 0.0:
        return x
    return x * noise.keep_mask(x, 1.0 - probability)


def sequence_dropout(
    rows: Float[Tensor, "N H"], packing: Packing, probability: float, noise: Noise | None
) -> Float[Tensor, "N H"]:
    """Return packed rows with one mask (B, H) for all steps of a sequence.

        x_t ⊙ m,    the same m for every t

    Source: Gal & Ghahramani (2016), A theoretically grounded application of dropout in RNNs, arXiv:1512.05287.
    """
    if noise is None or probability == 0.0:
        return rows
    mask = noise.keep_mask(rows.new_empty(packing.batch_size, rows.shape[-1]), 1.0 - probability)
    return rows * packing.spread(mask)
