"""What a smoothing promises."""

from abc import ABC, abstractmethod
from typing import Any, ClassVar, NamedTuple

import numpy as np

from elman.config import Config


class Group:
    """The n-grams of some contexts, those of one context side by side.

    Args:
        counts: (N) c(context, w), in double precision.
        starts: (C) where each context begins.
    """

    def __init__(self, counts: np.ndarray, starts: np.ndarray) -> None:
        self.counts = counts
        self._starts = starts
        self._sizes = np.diff(starts, append=len(counts))
        self.totals = self.sums(counts)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return Σ_w of values of n-grams for each context, (C)."""
        return np.add.reduceat(values, self._starts, dtype=np.float64)

    def spread(self, values: np.ndarray) -> np.ndarray:
        """Return the value of its context for each n-gram, (N)."""
        return np.repeat(values, self._sizes)


class Shares(NamedTuple):
    """How the probability of a context is divided.

    Args:
        seen: (N) what each n-gram has by itself.
        left: (C) what each context leaves to the estimate below.
    """

    seen: np.ndarray
    left: np.ndarray


class Smoothing(ABC):
    """One way to divide probability between what was seen and what was not.

        interpolated    p(w | context) = seen + left(context) p_below(w)
        backing off     p(w | context) = seen, or for unseen words left(context) p_below(w) / Σ_unseen p_below

    p_below is the estimate of the context without its first word, and below order 1 it is 1 / V.
    """

    class Config(Config):
        """Options that every smoothing has."""

    interpolated: ClassVar[bool] = True
    """Whether an n-gram that was seen also takes from below."""

    continuation: ClassVar[bool] = False
    """Whether orders below the highest count in how many contexts an n-gram occurs, and not how often."""

    below: ClassVar[str] = "shorter"
    """What is below: the `shorter` context, or the `uniform` distribution."""

    normalized: ClassVar[bool] = True
    """Whether the probabilities of a context sum to 1."""

    def __init__(self, config: Any) -> None:
        self.config = config

    def fit(self, frequencies: np.ndarray) -> Any:
        """Return what one order needs besides its counts.

        Args:
            frequencies: n_r, how many different n-grams of the order have count r, r = 0, 1, ..., 8.
        """
        return None

    def remark(self, fitted: Any) -> str:
        """Return what to say of what `fit` made of an order; empty where there is nothing."""
        return ""

    @abstractmethod
    def shares(self, group: Group, fitted: Any, vocabulary: int) -> Shares:
        """Divide the probability of some contexts.

        Args:
            group: their n-grams.
            fitted: what `fit` made of the order.
            vocabulary: V.
        """
