"""Which words are near which."""

from collections.abc import Sequence

import numpy as np

from elman.errors import TrainingError

_COSINES = 1 << 24


class Neighbours:
    """Words by the angle between their vectors.

        cos(u, v) = u · v / (|u| |v|)

    Args:
        matrix: row i is the vector of word i, (V, D) float32.

    Raises:
        TrainingError: a vector has no length.
    """

    def __init__(self, matrix: np.ndarray) -> None:
        self.matrix = matrix
        norms = np.sqrt(np.einsum("vd,vd->v", matrix, matrix))
        if not np.isfinite(norms).all():
            raise TrainingError("The vectors are no numbers, or too large: training went astray. Train them anew.")
        self._norms = np.where(norms > 0, norms, np.inf)  # a vector of zeros is near nothing

    def cosines(self, queries: np.ndarray) -> np.ndarray:
        """Return the cosine of each word to each query, (N, V); 0 for a vector of zeros.

        Args:
            queries: (N, D).
        """
        found = self._unit(queries) @ self.matrix.T
        found /= self._norms
        return found

    def nearest(self, query: np.ndarray, k: int, without: Sequence[int] = ()) -> list[tuple[int, float]]:
        """Return the k nearest words with their cosines, the nearest first; of equal ones the first in the table.

        Args:
            query: (D,).
            k: how many, fewer if there are fewer.
            without: words that are passed over.
        """
        cosines = self.matrix @ self._unit(query[None])[0]
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
        together = max(1, _COSINES // len(self.matrix))
        for first in range(0, len(questions), together):
            asked = questions[first : first + together]
            cosines = self.cosines(self.offset(*(self.matrix[column] for column in asked.T)))
            cosines[np.arange(len(asked))[:, None], asked] = -np.inf
            found[first : first + together] = cosines.argmax(1)
        return found

    def offset(self, a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
        """Return b - a + c, each made as long as 1, (N, D)."""
        return self._unit(b) - self._unit(a) + self._unit(c)

    @staticmethod
    def _unit(queries: np.ndarray) -> np.ndarray:
        norms = np.linalg.norm(queries, axis=1, keepdims=True)
        return queries / np.where(norms > 0, norms, np.inf)
