"""Piano rolls in a terminal."""

import numpy as np

from elman.data.rolls import LOWEST

_WIDTH = 64
_KEYS = " ▄▀█"
"""What is seen of two keys: neither, the lower, the upper, both."""


def rolled(frames: np.ndarray, given: int = 0, width: int = _WIDTH) -> str:
    """Return a piece in characters: two keys a line, a step a column, and a bar behind the steps that were given.

    >>> frames = np.zeros((3, 88))
    >>> frames[[0, 1, 2, 2], [39, 39, 40, 42]] = 1
    >>> print(rolled(frames, 1))
     62  │ ▄
     60 ▄│▄▀

    Args:
        frames: (T, 88), 1 where a key sounds, else 0.
        given: how many of the steps were there before it was gone on with.
        width: steps beside each other at most; those behind stand below.
    """
    sounding = np.flatnonzero(frames.any(0)) + LOWEST
    if not len(sounding):
        return "silence"
    lowest, highest = sounding[0] // 2 * 2, sounding[-1] // 2 * 2
    padded = np.pad(np.asarray(frames) > 0, ((0, 0), (LOWEST, 1))).astype(int)
    blocks = []
    for first in range(0, len(frames), width):
        some, bar = padded[first : first + width], given - first
        lines = []
        for key in range(highest, lowest - 1, -2):
            cells = "".join(_KEYS[code] for code in some[:, key] + 2 * some[:, key + 1])
            told = f"{cells[:bar]}│{cells[bar:]}" if 0 < bar <= len(cells) else cells
            lines.append(f"{key:>3} {told}".rstrip())
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)
