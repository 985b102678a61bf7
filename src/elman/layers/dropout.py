"""Dropout whose randomness comes from the step's noise."""

from jaxtyping import Float
from torch import Tensor

from elman.noise import Noise


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
