"""How many words answers share with those that are right."""

import numpy as np

from elman.metrics.base import Metric, Written, ratio
from elman.text.rules import overlap_f1


class AnswerF1(Metric):
    """The F1 of the words of each text with those of the nearest one that would be right, mean over texts.

        1/N Σ_n max_g 2 c_ng / (|a_n| + |g|),    c words in common;  0 where there is none, of two empty texts too

    Words are compared without case, ASCII punctuation and articles.

    Source: Rajpurkar et al. (2016), arXiv:1606.05250; evaluate-v1.1.py.
    """

    lower_is_better = False
    observation = Written
    unit = "of words"
    signature = "rules:squad-v1.1"

    def statistics(self, observation: Written) -> np.ndarray:
        """Return the sum of F1, and how many texts there are."""
        pairs = list(zip(observation.hypotheses, observation.references, strict=True))
        return np.array([sum(overlap_f1(*pair) for pair in pairs), len(pairs)], np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return the mean."""
        return ratio(statistics[0], statistics[1], "texts")
