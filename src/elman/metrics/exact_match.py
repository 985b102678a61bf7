"""How many answers are exactly right."""

import numpy as np

from elman.metrics.base import Metric, Written, ratio
from elman.text.rules import exactly_matches


class ExactMatch(Metric):
    """How many texts equal one that would be right, without case, ASCII punctuation, articles and double blanks.

    Source: Rajpurkar et al. (2016), arXiv:1606.05250; evaluate-v1.1.py.
    """

    lower_is_better = False
    observation = Written
    unit = "of texts"
    signature = "rules:squad-v1.1"

    def statistics(self, observation: Written) -> np.ndarray:
        """Return how many are right, and how many there are."""
        pairs = list(zip(observation.hypotheses, observation.references, strict=True))
        return np.array([sum(exactly_matches(*pair) for pair in pairs), len(pairs)], np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return the share that is right."""
        return ratio(statistics[0], statistics[1], "texts")
