"""Where lines of files side by side begin to be shifted against each other: one is missing, or too many."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_ALIKE = 0.5  # with this correlation of lengths, the line that is found is hardly ever more than 20 lines off
_SURE = 3.0  # standard deviations of the correlation of lines that have nothing to do with each other


def shift(lengths: Sequence[Sequence[int]]) -> str:
    """Return what to say of the line from which on two files no longer fit; nothing where it cannot be told.

    With a and b the lengths of lines, r their ratio in all and d how many lines one has more, it is the k for which

        Σ_{i<k} |a_i - r b_i| + Σ_{i>=k} |a_{i+d} - r b_i|

    is least: what is translated is about as long. Where lengths are not alike even then, they tell nothing.

    Args:
        lengths: of the lines of each file, in characters.
    """
    first = np.array(lengths[0], float)
    other = next((np.array(one, float) for one in lengths[1:] if len(one) != len(first)), None)
    if other is None or min(len(first), len(other)) < 2 or not other.sum():
        return ""
    longer, shorter = (first, other) if len(first) > len(other) else (other, first)
    more, ratio = len(longer) - len(shorter), longer.mean() / max(1.0, shorter.mean())
    before = np.abs(longer[: len(shorter)] - ratio * shorter)
    behind = np.abs(longer[more:] - ratio * shorter)
    costs = np.concatenate([[0], np.cumsum(before)]) + np.concatenate([np.cumsum(behind[::-1])[::-1], [0]])
    place = int(costs.argmin())
    if not _are_alike(np.delete(longer, slice(place, place + more)), shorter):
        return ""
    return f"; by their lengths, they no longer fit from about line {place + 1:,} on"


def _are_alike(some: NDArray[np.float64], others: NDArray[np.float64]) -> bool:
    """Say whether lengths side by side go with each other: lines that are all as long, or of any length, do not."""
    if not some.std() or not others.std():
        return False
    correlation = float(np.corrcoef(some, others)[0, 1])
    return correlation >= _ALIKE and correlation * len(some) ** 0.5 >= _SURE
