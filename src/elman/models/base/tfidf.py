"""n-grams of ids weighted by TF-IDF."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

import numpy as np

from elman.regression import Row

Ngram = tuple[int, ...]
Parts = Sequence[Sequence[int]]
"""What n-grams lie within: a text, or each of its words."""

EDGE = -2
"""Stands before and behind a part whose beginning and end count: no id of a vocabulary is negative."""
_NOTHING = -1


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
    def learn(cls, texts: Sequence[Parts], longest: int, least: int) -> Self:
        """Return the n-grams of training texts.

        Args:
            texts: the parts of each.
            longest: n.
            least: how often an n-gram must occur.
        """
        counts = Counter(ngram for text in texts for ngram in _ngrams(text, longest))
        within = Counter(ngram for text in texts for ngram in set(_ngrams(text, longest)))
        known = sorted(ngram for ngram, count in counts.items() if count >= least)
        idf = np.array([1 + np.log((1 + len(texts)) / (1 + within[ngram])) for ngram in known])
        return cls(longest, {ngram: column for column, ngram in enumerate(known)}, idf)

    @classmethod
    def of_arrays(cls, ngrams: np.ndarray, idf: np.ndarray) -> Self:
        """Return what `ngrams` and `idf` hold."""
        known = [tuple(row[row != _NOTHING].tolist()) for row in ngrams]
        return cls(ngrams.shape[1], {ngram: column for column, ngram in enumerate(known)}, idf)

    @property
    def ngrams(self) -> np.ndarray:
        """The n-grams, one a row, filled up with -1, (F, n)."""
        rows = np.full((len(self.columns), self.longest), _NOTHING, np.int64)
        for row, ngram in zip(rows, self.columns, strict=True):
            row[: len(ngram)] = ngram
        return rows

    def row(self, text: Parts) -> Row:
        """Return the features of a text."""
        known = (self.columns.get(ngram) for ngram in _ngrams(text, self.longest))
        counts = Counter(column for column in known if column is not None)
        found = {column: (1 + np.log(count)) * float(self.idf[column]) for column, count in counts.items()}
        norm = float(np.sqrt(sum(value * value for value in found.values()))) or 1.0
        return {column: value / norm for column, value in found.items()}


def ngrams_in(texts: Sequence[Parts], longest: int) -> tuple[int, int]:
    """Return how many different n-grams texts have, and how many in all."""
    different: set[Ngram] = set()
    total = 0
    for text in texts:
        found = list(_ngrams(text, longest))
        different.update(found)
        total += len(found)
    return len(different), total


def _ngrams(parts: Parts, longest: int) -> Iterable[Ngram]:
    for part in parts:
        for n in range(1, longest + 1):
            yield from zip(*(part[i:] for i in range(n)), strict=False)
