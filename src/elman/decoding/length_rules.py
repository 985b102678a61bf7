"""How the score of a path depends on its length, so that short ones do not always win."""

from typing import NamedTuple, Protocol

import numpy as np


class LengthRule(Protocol):
    """From the log-probability of a path to its score. The length counts the end."""

    def score(self, log_probs: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return the score of finished paths: Σ log p, and how many tokens that is."""

    def bound(self, log_probs: np.ndarray, most: np.ndarray) -> np.ndarray:
        """Return what no path can exceed that goes on from log p <= 0 and ends with at most so many tokens."""


class SumOfLogs(NamedTuple):
    """f = Σ log p: the likeliest path, which is a short one."""

    def score(self, log_probs: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return Σ log p."""
        return log_probs

    def bound(self, log_probs: np.ndarray, most: np.ndarray) -> np.ndarray:
        """Return Σ log p, which only falls."""
        return log_probs


class Average(NamedTuple):
    """f = Σ log p / L^α.

    Args:
        alpha: α, at least 0; 1 is the mean of the logs.
    """

    alpha: float = 1.0

    def score(self, log_probs: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return Σ log p / L^α."""
        return log_probs / lengths**self.alpha

    def bound(self, log_probs: np.ndarray, most: np.ndarray) -> np.ndarray:
        """Return the score of a path that becomes as long as it may, at no cost."""
        return self.score(log_probs, most)


class LengthPenalty(NamedTuple):
    """f = Σ log p / ((5 + L) / 6)^α.

    Args:
        alpha: α, at least 0.

    Source: Wu et al. (2016), Google's neural machine translation system, arXiv:1609.08144, equation 14.
    """

    alpha: float = 0.6

    def score(self, log_probs: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return Σ log p / ((5 + L) / 6)^α."""
        return log_probs / ((5 + lengths) / 6) ** self.alpha

    def bound(self, log_probs: np.ndarray, most: np.ndarray) -> np.ndarray:
        """Return the score of a path that becomes as long as it may, at no cost."""
        return self.score(log_probs, most)


class WordReward(NamedTuple):
    """f = Σ log p + r min(L, L*).

    Args:
        reward: r, at least 0.
        enough: L*, beyond which a token earns nothing; None where every one does.

    Source: He et al. (2016), Improved neural machine translation with SMT features, AAAI; bounded: Huang et al. (2017),
    When to finish? Optimal beam search for neural text generation, EMNLP.
    """

    reward: float
    enough: int | None = None

    def score(self, log_probs: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Return Σ log p + r min(L, L*)."""
        return log_probs + self.reward * (lengths if self.enough is None else np.minimum(lengths, self.enough))

    def bound(self, log_probs: np.ndarray, most: np.ndarray) -> np.ndarray:
        """Return the score of a path that becomes as long as it may, at no cost."""
        return self.score(log_probs, most)
