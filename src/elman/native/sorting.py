"""Sorting of packed numbers."""

import numpy as np

from elman.native import kernel_mode, module


def sort_bits(numbers: np.ndarray, low: int, high: int) -> None:
    """Sort 64-bit numbers in place, by their bits from `low` to below `high`. What is equal there stays in order.

    Without compiled code whole numbers are compared, so the bits below `low` must rise from the start, as places do,
    and those above `high` be 0.
    """
    kernels = None if kernel_mode() == "reference" else module()
    if kernels is None:
        numbers.sort()
    else:
        kernels.sort_bits(numbers, low, high)
