"""A checksum of many numbers that costs as much as reading them."""

import numpy as np

from elman.native import compiled

_PIECE = 1 << 17


def checksum(array: np.ndarray) -> int:
    """Return Σ_i w_i (2 i + 1) mod 2^64 over the 64-bit words of a contiguous array, the last one filled up with 0.

    A change of one word always changes it, since odd numbers have an inverse. It is no protection against intent.
    """
    data = array.reshape(-1).view(np.uint8)
    kernels = compiled()
    if kernels is not None:
        return int(kernels.checksum(data))
    whole = len(data) // 8 * 8
    words = data[:whole].view("<u8")
    rest = int.from_bytes(data[whole:].tobytes(), "little") * (2 * len(words) + 1)
    total = rest & (2**64 - 1)
    for first in range(0, len(words), _PIECE):
        piece = words[first : first + _PIECE]
        odd = np.arange(2 * first + 1, 2 * (first + len(piece)), 2, dtype=np.uint64)
        total = (total + int((piece * odd).sum(dtype=np.uint64))) % 2**64
    return total
