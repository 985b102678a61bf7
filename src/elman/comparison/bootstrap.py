"""Whether a difference is more than chance: resampling of stretches of a text."""

import numpy as np

from elman.randomness import seed_of

ROUNDS = 2000
_STRETCHES = 1000
_LEAST = 20


class Resamples:
    """Which stretches of a text make up each of many texts like it.

    A text is cut into stretches of whole lines, which are drawn with replacement: neighboring lines are about the same
    thing, so single lines would vary less than texts do. Every model is measured on the same draws.

    `tell` is whether there are enough stretches to say anything.

    Args:
        lines: how many lines the text has.
        seed: of the draws.

    Source: Koehn (2004), Statistical significance tests for machine translation evaluation, EMNLP (paired bootstrap).
    """

    def __init__(self, lines: int, seed: int = 0) -> None:
        self.stretches = min(lines, _STRETCHES)
        self.tell = self.stretches >= _LEAST
        self._borders = np.arange(self.stretches) * lines // self.stretches
        draws = np.random.default_rng(seed_of(seed, "bootstrap")).integers(0, self.stretches, (ROUNDS, self.stretches))
        self._times = np.stack([np.bincount(draw, minlength=self.stretches) for draw in draws]).astype(np.float64)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return Σ of a value of each line over each of the resampled texts, (R)."""
        with np.errstate(invalid="ignore"):
            return self._times @ np.add.reduceat(values, self._borders)


def interval(values: np.ndarray) -> tuple[float, float]:
    """Return where 95 % of resampled values lie."""
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)


def p_value(differences: np.ndarray) -> float:
    """Return how often chance alone gives a difference of the other sign, two-sided; at least 2 / (R + 1)."""
    other = min(int((differences <= 0).sum()), int((differences >= 0).sum()))
    return min(1.0, 2 * (other + 1) / (len(differences) + 1))
