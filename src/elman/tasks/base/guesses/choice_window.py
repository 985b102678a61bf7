"""The answer of which, with the question, most words stand together in the passage."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from elman.tasks.base.guesses.base import ChoiceGuess


class ChoiceWindow(ChoiceGuess):
    """The window of the passage that has most of an answer and its question.

        S = words of answer and question;    max_i Σ_{k < |S|} [x_{i+k} ∈ S] log(1 + 1 / count(x_{i+k}))

    count(x) is how often the passage has x. Words that mean little stay in: rare ones count more anyhow.

    Source: Richardson et al. (2013), MCTest, EMNLP, algorithm 1.
    """

    title = "sliding window"

    def score(self, passage: Sequence[str], question: Sequence[str], choice: Sequence[str]) -> float:
        """Return the sum of the best window."""
        wanted, count = {*choice, *question}, Counter(passage)
        if not passage:
            return 0.0
        worth = np.array([np.log1p(1 / count[word]) if word in wanted else 0.0 for word in passage])
        sums = np.concatenate([[0.0], np.cumsum(worth)])
        starts = np.arange(len(passage))
        return float((sums[np.minimum(starts + len(wanted), len(passage))] - sums[starts]).max())
