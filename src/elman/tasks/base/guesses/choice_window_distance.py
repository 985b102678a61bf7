"""The same less how far the words of an answer stand from those of its question."""

from collections.abc import Sequence

import numpy as np

from elman.tasks.base.guesses.choice_window import ChoiceWindow
from elman.text.function_words import FUNCTION_WORDS


class WindowAndDistance(ChoiceWindow):
    """The best window, less the distance between words of the question and of the answer.

        window - min |i - j| / (|passage| - 1)    over places i of words of the question, j of words of the answer alone

    but for words that mean little; the distance is 1 where the passage has none of the ones or none of the others.

    Source: Richardson et al. (2013), MCTest, EMNLP, algorithm 1 with distance.
    """

    title = "window + distance"

    def score(self, passage: Sequence[str], question: Sequence[str], choice: Sequence[str]) -> float:
        """Return window less distance."""
        return super().score(passage, question, choice) - _distance(passage, question, choice)


def _distance(passage: Sequence[str], question: Sequence[str], choice: Sequence[str]) -> float:
    """Return the distance, 0 to 1."""
    asked = np.flatnonzero([word in {*question} - FUNCTION_WORDS for word in passage])
    answered = np.flatnonzero([word in {*choice} - {*question} - FUNCTION_WORDS for word in passage])
    if not len(asked) or not len(answered):
        return 1.0
    return float(np.abs(asked[:, None] - answered).min()) / (len(passage) - 1)
