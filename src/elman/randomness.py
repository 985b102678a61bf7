"""Randomness from counters: a draw depends on (seed, stream, counters) and on nothing that happened before.

A live generator carries hidden state, so a resumed training would have to restore it, and one draw more
anywhere would change every later one. Here each consumer names its stream and its position.
"""

import hashlib


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


def uniform(seed: int, stream: str, *counters: int) -> float:
    """Return one number in [0, 1) for one position of one stream, with all 53 bits of a float64."""
    return (seed_of(seed, stream, *counters) >> 10) / float(1 << 53)
