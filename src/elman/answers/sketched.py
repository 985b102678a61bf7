"""Drawings of a pen in a terminal."""

import numpy as np

from elman.data.drawings import strokes_of

_WIDTH, _HEIGHT = 36, 14
_DOTS = np.array([[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]])
"""What each dot of a character adds to U+2800, which has none."""


def sketched(points: np.ndarray, width: int = _WIDTH, height: int = _HEIGHT) -> str:
    """Return a drawing in characters of 2 x 4 dots, as large as fits.

    >>> sketched(np.array([[0, 0, 0], [2, 0, 0], [0, 2, 1]]), 2, 1)
    '⠉⡇'

    Args:
        points: (dx, dy, up), (T, 3).
        width: characters of a line at most.
        height: lines at most.
    """
    strokes = strokes_of(points)
    every = np.concatenate([np.zeros((0, 2)), *strokes])
    if not len(every) or not np.isfinite(every).all():
        return ""
    low, spread = every.min(0), np.ptp(every, 0)
    scale = min((2 * width - 1) / max(spread[0], 1e-9), (4 * height - 1) / max(spread[1], 1e-9))
    columns, rows = (np.minimum(spread * scale, (2 * width - 1, 4 * height - 1)).round().astype(int)) + 1
    dots = np.zeros((-(-rows // 4) * 4, -(-columns // 2) * 2), bool)
    for stroke in strokes:
        places = (stroke - low) * scale
        for start, stop in zip(places, places[1:] if len(places) > 1 else places, strict=False):
            count = int(np.abs(stop - start).max()) + 2
            line = np.linspace(start, stop, count).round().astype(int)
            dots[line[:, 1], line[:, 0]] = True
    cells = dots.reshape(len(dots) // 4, 4, -1, 2)
    codes = 0x2800 + np.einsum("hiwj,ij->hw", cells.astype(int), _DOTS)
    return "\n".join("".join(map(chr, row)).rstrip("\u2800") for row in codes.tolist())
