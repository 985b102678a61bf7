"""How far one sequence is from another."""

from collections.abc import Hashable, Sequence

import numpy as np


def edit_distance(left: Sequence[Hashable], right: Sequence[Hashable]) -> int:
    """Return the least number of substitutions, insertions and deletions that make one sequence the other.

        d_ij = min(d_{i-1,j} + 1, d_{i,j-1} + 1, d_{i-1,j-1} + [left_i ≠ right_j])

    A row at a time: what comes from the left is the least d_ik - k of all k ≤ j, and j more.

    >>> edit_distance("kitten", "sitting")
    3

    Source: Wagner & Fischer (1974), The string-to-string correction problem, JACM 21(1).
    """
    number: dict[Hashable, int] = {}
    rows, columns = ([number.setdefault(one, len(number)) for one in side] for side in _different(left, right))
    wanted, places = np.array(columns, np.int64), np.arange(len(columns) + 1)
    above, row = places.copy(), np.empty_like(places)
    for i, one in enumerate(rows, 1):
        row[0] = i
        np.minimum(above[1:] + 1, above[:-1] + (wanted != one), out=row[1:])
        above = np.minimum.accumulate(row - places) + places
    return int(above[-1])


def _different(left: Sequence[Hashable], right: Sequence[Hashable]) -> tuple[Sequence[Hashable], Sequence[Hashable]]:
    """Return both without what they begin and end with alike: it is never changed."""
    least = min(len(left), len(right))
    first = next((i for i in range(least) if left[i] != right[i]), least)
    last = next((i for i in range(least - first) if left[-1 - i] != right[-1 - i]), least - first)
    return left[first : len(left) - last], right[first : len(right) - last]
