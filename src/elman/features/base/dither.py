"""Noise that is added to samples, so that digital silence has a spectrum."""

from hashlib import blake2b

import numpy as np

from elman.randomness import seed_of

_TOGETHER = 1 << 16
"""Samples that are looked at once."""


class Dither:
    """Normal noise for the frames of one recording, of its own in each frame, as Kaldi adds it.

        x_ti + d n_ti,    n_ti ~ N(0, 1) of the counters (recording, block of frames)

    What the recording is, is what its samples say, wherever they come from: an array and its file have the same noise.

    Args:
        samples: of the recording, (n,).
        amount: d, in units of 16 bits.
    """

    def __init__(self, samples: np.ndarray, amount: float) -> None:
        self._amount, digest = amount, blake2b(digest_size=8)
        for first in range(0, len(samples), _TOGETHER):
            digest.update(np.ascontiguousarray(samples[first : first + _TOGETHER], np.float64).data)
        self._recording = int.from_bytes(digest.digest(), "little")

    def of_block(self, block: int, shape: tuple[int, ...]) -> np.ndarray:
        """Return the noise of a block of frames, (frames, N), float64."""
        draws = np.random.Generator(np.random.PCG64(seed_of(self._recording, "dither", block)))
        return self._amount * draws.standard_normal(shape)
