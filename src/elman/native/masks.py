"""Masks of dropout in compiled code, on NumPy arrays: the numbers that torch draws for the same seed."""

import math

import numpy as np

from elman.errors import ShapeError
from elman.native.recurrences import compiled


def fill(mask: np.ndarray, seed: int, keep: float, value: float) -> None:
    """Fill an array with a value, each place with a probability, and with 0 elsewhere.

    Place i is kept where number i of mt19937, made of 53 bits, is below `keep`: so `torch.Tensor.bernoulli_` draws with
    a generator of this seed.

    Args:
        mask: contiguous, float32 or float64.
        seed: of the generator, of which the lower 32 bits count.
        keep: the probability.
        value: of what is kept.

    Raises:
        KernelError: there is no compiled code.
        ShapeError: a mask of another type, or one that does not lie together.
    """
    if mask.dtype not in (np.float32, np.float64) or not mask.flags.c_contiguous:
        raise ShapeError(f"mask: got {mask.dtype}, expected float32 or float64, contiguous.")
    compiled().keep_mask(mask, seed & 0xFFFFFFFF, math.ceil(math.ldexp(keep, 53)), value)
