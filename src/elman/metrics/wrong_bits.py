"""Wrong bits a sequence."""

import numpy as np

from elman.metrics.base import Metric, WrongBits, ratio


class WrongBitsMetric(Metric):
    """Bits of a sequence that are wrong, of those that are asked, each taken as the likelier of 0 and 1.

        wrong bits = Σ wrong / sequences

    Source: Graves et al. (2014), arXiv:1410.5401, whose curves are of bits a sequence.
    """

    lower_is_better = True
    observation = WrongBits

    def statistics(self, observation: WrongBits) -> np.ndarray:
        """Return wrong bits and sequences."""
        return np.array(observation, np.float64)

    def value(self, statistics: np.ndarray) -> float:
        """Return wrong bits a sequence."""
        return ratio(statistics[0], statistics[1], "sequences")
