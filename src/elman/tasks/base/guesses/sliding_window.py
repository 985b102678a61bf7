"""The number or name around which most words of the question stand."""

from collections.abc import Sequence

import numpy as np

from elman.tasks.base.guesses.base import PieceGuess, candidates

_REACH, _FALL = 15, 0.1


class SlidingWindow(PieceGuess):
    """Of numbers and names, as `FirstMatch` has them, the one around which most words of the question stand.

    Σ_{|d| <= 15} w(x_{i+d}) / (1 + 0.1 |d|)    over words x that the question has, w as of `PassagesCoder`
    """

    title = "sliding window"

    def piece(self, ids: np.ndarray, shapes: np.ndarray, signs: np.ndarray, question: Sequence[str]) -> tuple[int, int]:
        """Return the one with the largest sum."""
        there = np.flatnonzero(signs[:, 2] > 0)
        best, most = (0, 0), -1.0
        for first, last in candidates(shapes, signs, question):
            away = np.where(there < first, first - there, np.maximum(there - last, 0))
            near = away <= _REACH
            value = float((signs[there[near], 2] / (1 + _FALL * away[near])).sum())
            if value > most:
                best, most = (first, last), value
        return best
