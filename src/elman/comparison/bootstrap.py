"""Whether a difference is more than chance: resampling of the pieces of some data."""

import numpy as np

from elman.evaluation.stretches import borders
from elman.randomness import seed_of

ROUNDS = 2000
LEAST = 20


class Resamples:
    """Which stretches of some data make up each of many data like it.

    The lines of a text, or sentences, texts or pairs, are put into stretches, which are drawn with replacement:
    neighbors are about the same thing, so single ones would vary less than data do. Every model is measured on the same
    draws.

    `tell` is whether there are enough stretches to say anything.

    Args:
        pieces: how many lines, sentences, texts or pairs there are, or stretches of them.
        seed: of the draws.

    Source: Koehn (2004), Statistical significance tests for machine translation evaluation, EMNLP (paired bootstrap).
    """

    def __init__(self, pieces: int, seed: int = 0) -> None:
        self._borders = borders(pieces)
        self.stretches = len(self._borders)
        self.tell = self.stretches >= LEAST
        draws = np.random.default_rng(seed_of(seed, "bootstrap")).integers(0, self.stretches, (ROUNDS, self.stretches))
        self._times = np.stack([np.bincount(draw, minlength=self.stretches) for draw in draws]).astype(np.float64)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return Σ of what each piece has over each of the resampled data: (N) gives (R), and (N, S) gives (R, S)."""
        with np.errstate(invalid="ignore"):
            return self._times @ np.add.reduceat(values, self._borders)


def interval(values: np.ndarray) -> tuple[float, float]:
    """Return where 95 % of resampled values lie."""
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def p_value(differences: np.ndarray) -> float:
    """Return how often chance alone gives a difference of the other sign, two-sided; at least 2 / (R + 1).

    Raises:
        ValueError: a difference is not a number, and would count for neither side.
    """
    if np.isnan(differences).any():
        raise ValueError("differences: got some that are not numbers")
    other = min(int((differences <= 0).sum()), int((differences >= 0).sum()))
    return min(1.0, 2 * (other + 1) / (len(differences) + 1))
