"""The first number or name behind a word that passage and question share."""

from collections.abc import Sequence

import numpy as np

from elman.tasks.base.guesses.base import PieceGuess, candidates


class FirstMatch(PieceGuess):
    """The first number or name of a passage behind the first word that it shares with the question.

    A number where the question asks how many or when, else a run of capitalised words that the question has not. Where
    none stands behind it, the first one of all.
    """

    title = "first match"

    def piece(self, ids: np.ndarray, shapes: np.ndarray, signs: np.ndarray, question: Sequence[str]) -> tuple[int, int]:
        """Return the first that fits, behind the first word that is shared."""
        shared = np.flatnonzero(signs[:, 2] > 0)
        behind = int(shared[0]) if len(shared) else 0
        every = list(candidates(shapes, signs, question))
        return next((piece for piece in every if piece[0] >= behind), next(iter(every), (0, 0)))
