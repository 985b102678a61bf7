"""Words and their vectors, by name."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from elman.errors import DataError
from elman.text.blanks import between_blanks
from elman.text.vocabulary import Vocabulary
from elman.vectors.neighbours import Neighbours

_MOST_FREQUENT, _FREQUENT = 100, 1500


class WordVectors(Protocol):
    """What has vectors of words."""

    @property
    def vectors(self) -> np.ndarray:
        """The vector of each word, (V, D)."""

    def vector_of(self, word: str) -> np.ndarray | None:
        """Return the vector of any word (D,), also of one that the training text lacks; None where there is none."""


class Lexicon:
    """The words of a vocabulary, and others that are made of their parts, with their vectors.

    Args:
        vocabulary: the words.
        lowercase: whether words are looked up in lower case.
        learned: has the vectors.
    """

    def __init__(self, vocabulary: Vocabulary, lowercase: bool, learned: WordVectors) -> None:
        self.vocabulary = vocabulary
        self._lowercase, self._learned = lowercase, learned
        self._neighbours: Neighbours | None = None

    @property
    def vectors(self) -> np.ndarray:
        """The vectors of the words of the vocabulary, (V, D)."""
        return self._learned.vectors

    @property
    def neighbours(self) -> Neighbours:
        """Which words of the vocabulary are near which."""
        vectors, found = self.vectors, self._neighbours
        if found is None or found.matrix is not vectors:
            found = self._neighbours = Neighbours(vectors)
        return found

    def id_of(self, word: str) -> int | None:
        """Return the number of a word, None if the vocabulary lacks it."""
        spelled = self._spelled(word)
        return int(self.vocabulary.encode([spelled])[0]) if spelled in self.vocabulary else None

    def vector_of(self, word: str) -> np.ndarray | None:
        """Return the vector of a word, (D,); None where there is none, as of several words with blanks between."""
        number = self.id_of(word)
        if number is not None:
            return self.vectors[number]
        return self._learned.vector_of(self._spelled(word)) if between_blanks(word) == [word] else None

    def nearest(self, word: str, k: int) -> list[tuple[str, float]] | None:
        """Return the k other words nearest to one with their cosines; None if it has no vector."""
        vector = self.vector_of(word)
        return None if vector is None else self._named(self.neighbours.nearest(vector, k, self._ids(word)))

    def completing(self, a: str, b: str, c: str, k: int) -> list[tuple[str, float]]:
        """Return the k other words that are likeliest to be to c what b is to a, with their cosines.

        Raises:
            DataError: one of the three has no vector.
        """
        vectors = []
        for word in (a, b, c):
            vector = self.vector_of(word)
            if vector is None:
                raise DataError(f"{word!r}: not among the {len(self.vocabulary):,} words of this run.")
            vectors.append(vector[None])
        return self._named(self.neighbours.nearest(self.neighbours.offset(*vectors)[0], k, self._ids(a, b, c)))

    def telling(self, count: int) -> list[int]:
        """Return frequent words that say something: the longest vectors behind those of the hundred most frequent."""
        ranks = np.arange(len(self.vectors))[_MOST_FREQUENT:_FREQUENT]
        if len(ranks) < count:
            return list(range(min(count, len(self.vectors))))
        lengths = np.linalg.norm(self.vectors[ranks], axis=1)
        return sorted(ranks[np.argsort(-lengths, kind="stable")[:count]].tolist())

    def _spelled(self, word: str) -> str:
        return word.lower() if self._lowercase else word

    def _ids(self, *words: str) -> list[int]:
        return [number for word in words if (number := self.id_of(word)) is not None]

    def _named(self, found: Sequence[tuple[int, float]]) -> list[tuple[str, float]]:
        return [(self.vocabulary.tokens[word], cosine) for word, cosine in found]
