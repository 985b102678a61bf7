"""n-grams of ids weighted by TF-IDF."""

import math
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple, Self

import numpy as np

from elman.models.base.ngram_counts import NOTHING, NgramCounts, TokenRuns
from elman.regression import Row

Ngram = tuple[int, ...]

EDGE = -2
"""Stands before and behind a part whose beginning and end count: no id of a vocabulary is negative."""


class Tfidf(NamedTuple):
    """The n-grams that were learned, each a column.

        x_g = (1 + log tf_g) · idf_g,  idf_g = 1 + log((1 + N) / (1 + df_g)),  then x / ‖x‖₂

    Args:
        longest: n, ids of the longest n-gram.
        columns: the column of each n-gram.
        idf: of each column.

    Source: TfidfVectorizer(sublinear_tf=True) of scikit-learn.
    """

    longest: int
    columns: dict[Ngram, int]
    idf: np.ndarray

    @classmethod
    def nothing(cls, longest: int) -> Self:
        """Return it before anything is learned."""
        return cls(longest, {}, np.empty(0))

    @classmethod
    def learn(cls, counts: NgramCounts) -> Self:
        """Return the n-grams of training texts."""
        within = np.bincount(counts.columns, minlength=len(counts.ngrams))
        return cls.of_arrays(counts.ngrams, 1 + np.log((1 + counts.size) / (1 + within)))

    @classmethod
    def of_arrays(cls, ngrams: np.ndarray, idf: np.ndarray) -> Self:
        """Return what `ngrams` and `idf` hold."""
        sizes = (ngrams != NOTHING).sum(1).tolist()
        known = [tuple(row[:size]) for row, size in zip(ngrams.tolist(), sizes, strict=True)]
        return cls(ngrams.shape[1], {ngram: column for column, ngram in enumerate(known)}, idf)

    @property
    def ngrams(self) -> np.ndarray:
        """The n-grams, one a row, filled up with -1, (F, n)."""
        rows = np.full((len(self.columns), self.longest), NOTHING, np.int64)
        for row, ngram in zip(rows, self.columns, strict=True):
            row[: len(ngram)] = ngram
        return rows

    def row(self, text: TokenRuns) -> Row:
        """Return the features of any text."""
        known = (self.columns.get(ngram) for ngram in _ngrams(text, self.longest))
        counts = Counter(column for column in known if column is not None)
        found = [_damped(tf) * idf for tf, idf in zip(counts.values(), self.idf[list(counts)].tolist(), strict=True)]
        norm = math.sqrt(sum(value * value for value in found)) or 1.0
        return {column: value / norm for column, value in zip(counts, found, strict=True)}

    def rows(self, counts: NgramCounts) -> list[Row]:
        """Return the features of the texts that it was learned from."""
        logs = 1 + np.log(np.arange(1, 1 + counts.times.max(initial=0)))
        values = logs[counts.times - 1] * self.idf[counts.columns]
        values /= np.sqrt(np.bincount(counts.texts, values * values, counts.size))[counts.texts]
        ends = np.cumsum(np.bincount(counts.texts, minlength=counts.size)).tolist()
        columns, features = counts.columns.tolist(), values.tolist()
        borders = zip([0, *ends], ends, strict=False)
        return [dict(zip(columns[start:end], features[start:end], strict=True)) for start, end in borders]


@cache
def _damped(tf: int) -> float:
    return float(1 + np.log(tf))


def _ngrams(parts: TokenRuns, longest: int) -> Iterable[Ngram]:
    for part in parts:
        for n in range(1, longest + 1):
            yield from zip(*(part[i:] for i in range(n)), strict=False)
