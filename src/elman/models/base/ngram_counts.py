"""How often each n-gram of ids is in each of some texts."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple, Self

import numpy as np

TokenRuns = Sequence[Sequence[int]]
"""What n-grams lie within: a text, or each of its words."""

NOTHING = -1
"""Fills up n-grams that are shorter than the longest."""


class NgramCounts(NamedTuple):
    """The n-grams of texts, all cut once: tf is `times`, and df how many pairs an n-gram has.

    Args:
        size: N, how many texts.
        ngrams: the different ones, one a row, filled up with -1, sorted as tuples are, (G, n).
        texts: of each pair of a text and an n-gram that it has, the text, ascending, (M,).
        columns: of each, the n-gram, ascending within a text, (M,).
        times: of each, how often the text has it, (M,).
    """

    size: int
    ngrams: np.ndarray
    texts: np.ndarray
    columns: np.ndarray
    times: np.ndarray

    @classmethod
    def of(cls, texts: Sequence[TokenRuns], longest: int) -> Self:
        """Return those of texts.

        An n-gram is its first n - 1 ids, which have a number already, and one more: no tuple is built.

        Args:
            texts: the parts of each.
            longest: n.
        """
        lengths = np.array([len(part) for parts in texts for part in parts], np.int64)
        ids = np.fromiter(chain.from_iterable(chain.from_iterable(texts)), np.int64, int(lengths.sum()))
        text_of = np.repeat(np.repeat(np.arange(len(texts)), [len(parts) for parts in texts]), lengths)
        behind = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(ids))  # ids from here to the end of the part
        different, own = np.unique(ids, return_inverse=True)
        starts, numbers = np.arange(len(ids)), np.zeros(len(ids), np.int64)
        rows, pairs, size = [], [], 0
        for n in range(1, longest + 1):
            kept = behind[starts] >= n
            starts, numbers = starts[kept], numbers[kept]
            codes = numbers * len(different) + own[starts + n - 1]
            _, first, numbers = np.unique(codes, return_index=True, return_inverse=True)
            found = np.full((len(first), longest), NOTHING, np.int64)
            found[:, :n] = ids[starts[first][:, None] + np.arange(n)]
            rows.append(found)
            pairs.append(_pairs(text_of[starts], numbers, size))
            size += len(first)
        if not size:
            nothing = np.empty(0, np.int64)
            return cls(len(texts), np.empty((0, longest), np.int64), nothing, nothing, nothing)
        ngrams, place = _sorted(np.concatenate(rows))
        owners, columns, times = (np.concatenate(some) for some in zip(*pairs, strict=True))
        columns = place[columns]
        order = np.lexsort((columns, owners))
        return cls(len(texts), ngrams, owners[order], columns[order], times[order])

    def frequent(self, least: int) -> Self:
        """Return those of the n-grams that occur so often in all texts together."""
        kept = np.bincount(self.columns, self.times, len(self.ngrams)) >= least
        pairs = kept[self.columns]
        columns = (np.cumsum(kept) - 1)[self.columns[pairs]]
        return self._replace(
            ngrams=self.ngrams[kept], texts=self.texts[pairs], columns=columns, times=self.times[pairs]
        )


def _pairs(texts: np.ndarray, numbers: np.ndarray, first: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the different pairs of a text and an n-gram, n-grams counted from `first` on, and how often each is."""
    size = 1 + numbers.max(initial=0)
    codes, times = np.unique(texts * size + numbers, return_counts=True)
    return codes // size, first + codes % size, times


def _sorted(ngrams: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return n-grams in the order of tuples, where one stands before all that begin with it, and where each went."""
    below = np.where(ngrams == NOTHING, ngrams.min() - 1, ngrams)
    order = np.lexsort(below.T[::-1])
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return ngrams[order], place
