"""Sorting and counting of numbers."""

import numpy as np

from elman.native import compiled


def sort_places(numbers: np.ndarray, counts: np.ndarray, places: np.ndarray) -> None:
    """Fill in the places of numbers, sorted by the number there and then by themselves.

    Args:
        numbers: (T) uint32.
        counts: how often each number occurs, uint32.
        places: (T) uint32; filled in.
    """
    kernels = compiled()
    if kernels is None:
        places[:] = np.argsort(numbers, kind="stable")
    else:
        kernels.sort_places(numbers, np.cumsum(counts, dtype=np.uint32) - counts, places)


def refine(
    ids: np.ndarray,
    nodes: np.ndarray,
    places: np.ndarray,
    sizes: np.ndarray,
    first: int,
    k: int,
    line_end: int | None,
    made: np.ndarray,
) -> tuple[int, int] | None:
    """Fill in the k-grams at places sorted by their (k - 1)-grams, and return how many places and k-grams they are.

    See `elman.ngram.counts`, which does the same in NumPy. None without compiled code.

    Args:
        ids: the text, (T) uint32.
        nodes: which (k - 1)-gram starts at each place, (T) uint32.
        places: below T, uint32.
        sizes: how many of the places, in turn, share a (k - 1)-gram, uint32.
        first: which (k - 1)-gram the first of them share; the next share the next.
        k: 2 or more.
        line_end: what ends a line, if k-grams stay inside lines.
        made: places, words, contexts, links and counts, (5, at least as many as places) uint32.
    """
    kernels = compiled()
    if kernels is None:
        return None
    places, sizes = np.ascontiguousarray(places, np.uint32), np.ascontiguousarray(sizes, np.uint32)
    end = -1 if line_end is None else line_end
    found: tuple[int, int] = kernels.refine(ids, nodes, places, sizes, first, k, end, made)
    return found


def number(places: np.ndarray, counts: np.ndarray, first: int, nodes: np.ndarray) -> None:
    """Write down which n-gram starts at each place.

    Args:
        places: sorted by their n-grams, uint32.
        counts: how many of them, in turn, share an n-gram, uint32.
        first: the number of the first n-gram.
        nodes: of each place of the text, uint32; filled in.
    """
    kernels = compiled()
    if kernels is None:
        nodes[places] = np.repeat(np.arange(first, first + len(counts), dtype=np.uint32), counts)
    else:
        kernels.number(places, counts, first, nodes)


def tally(numbers: np.ndarray, size: int) -> np.ndarray:
    """Return how often each number below `size` occurs among some of uint32, as uint32."""
    kernels = compiled()
    if kernels is None:
        return np.bincount(numbers, minlength=size).astype(np.uint32)
    counts = np.zeros(size, np.uint32)
    kernels.tally(np.ascontiguousarray(numbers), counts)
    return counts
