"""Stretches of neighboring pieces, whose statistics are kept as one sum each."""

from collections.abc import Iterable

import numpy as np

MOST = 1000


def borders(pieces: int) -> np.ndarray:
    """Return where each stretch of some pieces begins: as many as pieces, or 1,000 about equally long.

    >>> borders(2500)[:5].tolist()
    [0, 2, 5, 7, 10]
    """
    count = min(pieces, MOST)
    return np.arange(count) * pieces // count if count else np.arange(0)


def summed(rows: Iterable[np.ndarray], count: int) -> np.ndarray:
    """Return Σ of the rows of each stretch: of many rows no more than 1,000 are ever kept.

    Args:
        rows: (S,) each.
        count: how many there are.
    """
    found: list[np.ndarray] = []
    begins = set(borders(count).tolist())
    for number, row in enumerate(rows):
        if number in begins:
            found.append(np.array(row, np.float64))
        else:
            found[-1] += row
    return np.stack(found)
