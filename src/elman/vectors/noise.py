"""Which words meet by chance: the noise of negative sampling, and the words that are left out of the text."""

from typing import NamedTuple

import numpy as np

_ALL = 2**32


class AliasTable(NamedTuple):
    """A distribution over V words that is drawn from in constant time.

    A slot is drawn evenly; its word is the slot itself if 32 random bits are at most `limits`, else its alias.

    Args:
        limits: (V,) uint32.
        aliases: (V,) uint32.

    Source: Walker (1977), An efficient method for generating discrete random variables with general distributions.
    """

    limits: np.ndarray
    aliases: np.ndarray

    @classmethod
    def of(cls, shares: np.ndarray) -> "AliasTable":
        """Return the table of a distribution, exact to 2^-32 a slot.

        Args:
            shares: of each word, (V,); they sum to 1.
        """
        scaled = np.asarray(shares, np.float64) * len(shares)
        limits = np.full(len(shares), _ALL - 1, np.uint32)
        aliases = np.arange(len(shares), dtype=np.uint32)
        heights = scaled.tolist()
        poor = [i for i, height in enumerate(heights) if height < 1]
        rich = [i for i, height in enumerate(heights) if height >= 1]
        while poor and rich:
            low, high = poor.pop(), rich[-1]
            limits[low] = max(0, min(_ALL - 1, round(heights[low] * _ALL) - 1))
            aliases[low] = high
            heights[high] -= 1 - heights[low]
            if heights[high] < 1:
                poor.append(rich.pop())
        return cls(limits, aliases)

    def shares(self) -> np.ndarray:
        """Return the distribution that the table stands for, (V,)."""
        own = (self.limits.astype(np.float64) + 1) / _ALL
        found = own + np.bincount(self.aliases, 1 - own, len(own))
        return found / len(own)


def noise_shares(counts: np.ndarray, power: float) -> np.ndarray:
    """Return how likely each word is drawn as noise, (V,).

        P(w) = c(w)^α / Σ_v c(v)^α

    Args:
        counts: c, how often each word occurs, (V,).
        power: α; 1 is the unigram distribution, 0 the uniform one.

    Source: Mikolov et al. (2013), Distributed representations of words and phrases, arXiv:1310.4546, with α = 3/4.
    """
    raised = np.asarray(counts, np.float64) ** power
    return raised / raised.sum()


def keep_shares(counts: np.ndarray, threshold: float) -> np.ndarray:
    """Return how likely each occurrence of a word stays in the text, (V,).

        keep(w) = min(1, sqrt(t / f(w)) + t / f(w)),    f(w) = c(w) / Σ_v c(v)

    Args:
        counts: c, how often each word occurs, (V,).
        threshold: t; 0 keeps everything.

    Source: word2vec.c, which differs from the 1 - sqrt(t / f) of Mikolov et al. (2013) in the second term.
    """
    counts = np.asarray(counts, np.float64)
    if not threshold:
        return np.ones(len(counts))
    ratio = threshold * counts.sum() / np.maximum(counts, 1)
    return np.minimum(1, np.sqrt(ratio) + ratio)


def keep_limits(shares: np.ndarray) -> np.ndarray:
    """Return probabilities as limits of 32 random bits, (V,) uint32; the largest limit always holds."""
    return np.clip(np.rint(shares * _ALL) - 1, 0, _ALL - 1).astype(np.uint32)
