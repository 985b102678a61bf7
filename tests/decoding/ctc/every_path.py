"""Every path there is: what CTC must sum over."""

import itertools
from functools import cache

import numpy as np


@cache
def labels_of(frames, symbols, blank):
    """Return the paths of so many frames and symbols, by the labels that they give."""
    found = {}
    for path in itertools.product(range(symbols), repeat=frames):
        merged = [one for one, _ in itertools.groupby(path)]
        found.setdefault(tuple(one for one in merged if one != blank), []).append(path)
    return found


def probability(shares, labels, blank):
    """Return the sum over all paths that give some labels.

    Args:
        shares: p of each symbol at each frame, (T, V).
        labels: of the text.
        blank: the symbol that is none.
    """
    paths = labels_of(len(shares), shares.shape[1], blank).get(tuple(labels), [])
    return float(sum(np.prod([shares[t, k] for t, k in enumerate(path)]) for path in paths))


def every_text(symbols, blank, longest):
    """Return every text of at most so many labels."""
    labels = [k for k in range(symbols) if k != blank]
    return [text for size in range(longest + 1) for text in itertools.product(labels, repeat=size)]
