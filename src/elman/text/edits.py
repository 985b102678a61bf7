"""How far one sequence is from another."""

from collections.abc import Sequence


def edit_distance(left: Sequence[object], right: Sequence[object]) -> int:
    """Return the least number of substitutions, insertions and deletions that make one sequence the other.

    >>> edit_distance("kitten", "sitting")
    3
    """
    above = list(range(len(right) + 1))
    for i, one in enumerate(left, 1):
        row = [i]
        for j, other in enumerate(right, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (one != other)))
        above = row
    return above[-1]
