"""Which words are near which."""

from collections.abc import Sequence

import numpy as np

_BLOCK = 256


class Neighbours:
    """Words by the angle between their vectors.

        cos(u, v) = u · v / (|u| |v|)

    Args:
        matrix: row i is the vector of word i, (V, D) float32.
    """

    def __init__(self, matrix: np.ndarray) -> None:
        self.matrix = matrix
        norms = np.sqrt(np.einsum("vd,vd->v", matrix, matrix))
        self._norms = np.where(norms > 0, norms, np.inf)  # a vector of zeros is near nothing

    def cosines(self, queries: np.ndarray) -> np.ndarray:
        """Return the cosine of each word to each query, (N, V); 0 for a vector of zeros.

        Args:
            queries: (N, D).
        """
        found = self._lengthened(queries) @ self.matrix.T
        found /= self._norms
        return found

    def nearest(self, query: np.ndarray, k: int, without: Sequence[int] = ()) -> list[tuple[int, float]]:
        """Return the k nearest words with their cosines, the nearest first; of equal ones the first in the table.

        Args:
            query: (D,).
            k: how many, fewer if there are fewer.
            without: words that are passed over.
        """
        cosines = self.matrix @ self._lengthened(query[None])[0]
        cosines /= self._norms
        cosines[list(without)] = -np.inf
        k = min(k, len(cosines) - len(set(without)))
        if k < 1:
            return []
        least = np.partition(cosines, -k)[-k]
        chosen = np.flatnonzero(cosines >= least)
        order = chosen[np.argsort(-cosines[chosen], kind="stable")][:k]
        return [(int(word), float(cosines[word])) for word in order]

    def completed(self, questions: np.ndarray) -> np.ndarray:
        """Return the word that completes each analogy, (N,): a is to b as c is to it.

            argmax_w cos(w, b/|b| - a/|a| + c/|c|),  w not among a, b, c

        Args:
            questions: a, b, c as words, (N, 3).

        Source: Mikolov et al. (2013), Linguistic regularities in continuous space word representations: 3CosAdd.
        """
        found = np.empty(len(questions), np.int64)
        for first in range(0, len(questions), _BLOCK):
            asked = questions[first : first + _BLOCK]
            cosines = self.cosines(self.offset(asked))
            cosines[np.arange(len(asked))[:, None], asked] = -np.inf
            found[first : first + _BLOCK] = cosines.argmax(1)
        return found

    def offset(self, questions: np.ndarray) -> np.ndarray:
        """Return b - a + c of unit vectors, (N, D)."""
        a, b, c = (self.matrix[column] / self._norms[column][:, None] for column in np.asarray(questions).T)
        return b - a + c

    @staticmethod
    def _lengthened(queries: np.ndarray) -> np.ndarray:
        norms = np.linalg.norm(queries, axis=1, keepdims=True)
        return queries / np.where(norms > 0, norms, np.inf)
