"""Keys a character."""

import numpy as np

from elman.metrics.base import Keystrokes, Metric, ratio


class KeysPerCharacter(Metric):
    """How many keys a character of a text takes.

    KSPC = keys / characters

    Source: MacKenzie (2002), KSPC (keystrokes per character) as a characteristic of text entry techniques.
    """

    lower_is_better = True
    observation = Keystrokes

    def statistics(self, observation: Keystrokes) -> np.ndarray:
        """Return (keys, characters)."""
        return np.array(observation, dtype=np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return the quotient."""
        return ratio(statistics[0], statistics[1], "characters")
