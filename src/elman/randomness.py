"""Randomness from counters: a draw depends on (seed, stream, counters) and on nothing that happened before.

A live generator carries hidden state, so a resumed training would have to restore it, and one draw more
anywhere would change every later one. Here each consumer names its stream and its position.
"""

import hashlib

import numpy as np

BLOCK = 256
"""Numbers that one generator of a stream makes."""


def seed_of(seed: int, stream: str, *counters: int) -> int:
    """Return a 63-bit seed for one position of one stream.

        seed' = BLAKE2b(seed | stream | counters), its first 8 bytes without the top bit

    Args:
        seed: the seed of the run.
        stream: who draws, such as `init` or `noise`.
        counters: where in the stream, such as epoch and step.
    """
    text = "|".join([str(seed), stream, *map(str, counters)])
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1


def uniforms(seed: int, stream: str, count: int, first: int = 0) -> np.ndarray:
    """Return numbers in [0, 1), float64, for `count` positions of one stream from `first` on.

    Blocks of 256 come from one generator each, PCG64 seeded by (seed, stream, block), so that many cost little.
    """
    blocks = range(first // BLOCK, (first + count - 1) // BLOCK + 1)
    draws = [np.random.Generator(np.random.PCG64(seed_of(seed, stream, block))).random(BLOCK) for block in blocks]
    start = first % BLOCK
    return np.concatenate([*draws, np.empty(0)])[start : start + count]
