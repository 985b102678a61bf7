"""Keystrokes that suggestions save."""

import numpy as np

from elman.metrics.base import Keystrokes, Metric, ratio


class KeystrokesSaved(Metric):
    """How many of the keys that a text takes letter by letter are saved.

    saved = 1 - keys / characters

    Source: Trnka & McCoy (2008), Evaluating word prediction: framing keystroke savings, ACL.
    """

    lower_is_better = False
    observation = Keystrokes

    def statistics(self, observation: Keystrokes) -> np.ndarray:
        """Return (keys, characters)."""
        return np.array(observation, dtype=np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return what is missing to 1."""
        return 1 - ratio(statistics[0], statistics[1], "characters")
