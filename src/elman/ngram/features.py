"""Features of histories and the words that followed each, counted template by template."""

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np

from elman.ngram.parallel import in_order
from elman.ngram.skipgrams import ABSENT, Template, keys

NONE = -1
"""Stands for a feature or a link that is not there."""


class Features(NamedTuple):
    """The features of a text, sorted by template and key, and the words that followed each: its links, sorted.

    Args:
        keys: (F) of each feature, ascending within a template.
        begins: (K + 1) where the features of each template begin.
        starts: (F + 1) where the links of each feature begin.
        targets: (L) the word of each link.
        counts: (L) C_ij, how often it followed.
    """

    keys: np.ndarray
    begins: np.ndarray
    starts: np.ndarray
    targets: np.ndarray
    counts: np.ndarray

    @classmethod
    def of(
        cls,
        columns: Sequence[np.ndarray],
        targets: np.ndarray,
        looks: Sequence[Template],
        size: int,
        least: int = 1,
        threads: int = 1,
    ) -> Self:
        """Count the features of a text.

        Args:
            columns: the word 1, 2, .. back from each place.
            targets: the word there, (T).
            looks: the templates.
            size: V.
            least: features that occur less often are left out.
            threads: that count templates side by side.
        """
        bits = np.uint64(max(1, int(size - 1).bit_length()))

        def counted(number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
            return _counted(keys(columns, looks[number], number), targets, bits, least)

        found = list(in_order(counted, range(len(looks)), threads))
        every, sizes, words, counts = (np.concatenate(part) for part in zip(*found, strict=True))
        begins = np.cumsum([0, *(len(part[0]) for part in found)])
        starts = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        return cls(every, begins, starts, words, counts)

    @property
    def totals(self) -> np.ndarray:
        """C_i*, how often each feature was followed by some word, (F)."""
        return summed(self.counts.astype(np.int64), self.starts)


def summed(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Return Σ of the values of each feature, of which none is without links."""
    found: np.ndarray = np.add.reduceat(values, starts[:-1]) if len(values) else np.zeros(0, values.dtype)
    return found


def _counted(
    found: np.ndarray, targets: np.ndarray, bits: np.uint64, least: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the features of one template: keys, how many links each has, their words and counts."""
    there = np.flatnonzero(found != ABSENT)
    order = there[np.argsort(found[there])]
    ordered = found[order]
    firsts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(ordered) else order
    totals = np.diff(firsts, append=len(ordered))
    kept = totals >= least
    number = np.repeat((np.cumsum(kept) - 1).astype(np.uint64), totals)
    often = np.repeat(kept, totals)
    pairs = np.sort(number[often] << bits | targets[order[often]].astype(np.uint64))
    links = np.flatnonzero(np.concatenate([[True], pairs[1:] != pairs[:-1]])) if len(pairs) else pairs.astype(np.int64)
    counts, pairs = np.diff(links, append=len(pairs)).astype(np.uint32), pairs[links]
    sizes = np.bincount((pairs >> bits).astype(np.int64), minlength=int(kept.sum()))
    return ordered[firsts[kept]], sizes, (pairs & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.uint32), counts


def active(
    columns: Sequence[np.ndarray], looks: Sequence[Template], every: np.ndarray, begins: np.ndarray
) -> np.ndarray:
    """Return which feature of each template each history has, (N, K); NONE where it has none that is known.

    Args:
        columns: the word 1, 2, .. back from each place.
        looks: the templates.
        every: keys of features, ascending within a template.
        begins: where those of each template begin.
    """
    found = np.full((len(columns[0]), len(looks)), NONE, np.int64)
    for number, one in enumerate(looks):
        known = every[begins[number] : begins[number + 1]]
        if not len(known):
            continue
        wanted = keys(columns, one, number)
        places = np.searchsorted(known, wanted).clip(max=len(known) - 1)
        found[:, number] = np.where(known[places] == wanted, begins[number] + places, NONE)
    return found


def links_of(features: np.ndarray, words: np.ndarray, starts: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return which link leads from each feature to a word, (N, K); NONE where the word never followed.

    Args:
        features: (N, K), NONE where there is none.
        words: (N).
        starts: (F + 1) where the links of each feature begin.
        targets: (L) the word of each link.
    """
    there = features != NONE
    wanted = np.broadcast_to(words[:, None], features.shape)[there]
    low, stop = starts[features[there]].astype(np.int64), starts[features[there] + 1].astype(np.int64)
    left = stop - low
    while (left > 1).any():  # all searches halve at once
        half = left // 2
        low += np.where(targets[np.minimum(low + half, len(targets) - 1)] <= wanted, half, 0)
        left -= half
    found = np.full(features.shape, NONE, np.int64)
    found[there] = np.where(targets[low] == wanted, low, NONE)
    return found
