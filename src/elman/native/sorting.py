"""Sorting of packed numbers."""

import numpy as np

from elman.native import compiled


def sort_bits(numbers: np.ndarray, low: int, high: int) -> None:
    """Sort 64-bit numbers in place, by their bits from `low` to below `high`. What is equal there stays in order.

    Without compiled code whole numbers are compared, so the bits below `low` must rise from the start, as places do,
    and those above `high` be 0.
    """
    kernels = compiled()
    if kernels is None:
        numbers.sort()
    else:
        kernels.sort_bits(numbers, low, high)


def refine(
    ids: np.ndarray, nodes: np.ndarray, places: np.ndarray, k: int, line_end: int | None
) -> tuple[np.ndarray, ...] | None:
    """Return places, words, contexts, links and counts of the k-grams at places sorted by their (k - 1)-grams.

    See `elman.ngram.counts`, which does the same in NumPy. None without compiled code, and where node, word and place
    do not fit into one number.

    Args:
        ids: the text, (T) uint32.
        nodes: which (k - 1)-gram starts at each place, (T) uint32.
        places: below T, uint32.
        k: 2 or more.
        line_end: what ends a line, if k-grams stay inside lines.
    """
    kernels = compiled()
    if kernels is None:
        return None
    places = np.ascontiguousarray(places, np.uint32)
    found: tuple[np.ndarray, ...] | None = kernels.refine(ids, nodes, places, k, -1 if line_end is None else line_end)
    return found
