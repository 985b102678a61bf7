"""How far one sequence is from another."""

from collections.abc import Hashable, Sequence


def edit_distance(left: Sequence[Hashable], right: Sequence[Hashable]) -> int:
    """Return the least number of substitutions, insertions and deletions that make one sequence the other.

        d_ij = min(d_{i-1,j} + 1, d_{i,j-1} + 1, d_{i-1,j-1} + [left_i ≠ right_j])

    Neighbors of a row differ by 1 at most: a bit for each place says where a row rises and another where it falls, and
    the whole numbers of them say so of the next row.

    >>> edit_distance("kitten", "sitting")
    3

    Source: Wagner & Fischer (1974), The string-to-string correction problem, JACM 21(1); in bits: Myers (1999), A fast
    bit-vector algorithm for approximate string matching based on dynamic programming, JACM 46(3), with the notation of
    Hyyrö (2003), A bit-vector algorithm for computing Levenshtein and Damerau edit distances.
    """
    rows, columns = sorted(_different(left, right), key=len)
    if not rows:
        return len(columns)
    where = places_of(columns)
    whole, last = (1 << len(columns)) - 1, 1 << (len(columns) - 1)
    rises, falls, distance = whole, 0, len(columns)
    for one in rows:
        equal = where.get(one, 0)
        down = equal | falls
        along = (((equal & rises) + rises) ^ rises) | equal
        up, less = falls | (whole & ~(along | rises)), rises & along
        distance += bool(up & last) - bool(less & last)
        up, less = (up << 1) | 1, less << 1
        rises, falls = (less | ~(down | up)) & whole, up & down & whole
    return distance


def places_of(sequence: Sequence[Hashable]) -> dict[Hashable, int]:
    """Return where each different thing of a sequence stands: a bit for each place, the lowest for the first."""
    found: dict[Hashable, int] = {}
    for place, one in enumerate(sequence):
        found[one] = found.get(one, 0) | 1 << place
    return found


def _different(left: Sequence[Hashable], right: Sequence[Hashable]) -> tuple[Sequence[Hashable], Sequence[Hashable]]:
    """Return both without what they begin and end with alike: it is never changed."""
    least = min(len(left), len(right))
    first = next((i for i in range(least) if left[i] != right[i]), least)
    last = next((i for i in range(least - first) if left[-1 - i] != right[-1 - i]), least - first)
    return left[first : len(left) - last], right[first : len(right) - last]
