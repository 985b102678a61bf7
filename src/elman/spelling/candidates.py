"""Words at most two edits from what was typed, without a look at every word."""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

SHORT = 4
"""Letters from which on a word is looked for two edits away; shorter ones are near everything."""


class DeletionIndex:
    """Finds words by what is left of them when letters go.

    Two words are at most k edits apart only if the same letters are left of both after at most k deletions each. A few
    pairs share what is left and are further apart: the error model gives those nothing.

    Args:
        words: to be found, each once.

    Source: W. Garbe (2012), SymSpell, the symmetric delete algorithm.
    """

    def __init__(self, words: Sequence[str]) -> None:
        keys, owners = _hashed(words)
        order = np.argsort(keys, kind="stable")
        self._keys, self._words = keys[order], owners[order]
        self._count = len(words)

    def find(self, typed: Sequence[str], most: int = 2) -> tuple[np.ndarray, np.ndarray]:
        """Return pairs of what was typed and a word that may be near it, as their numbers, (N) each.

        Args:
            typed: words.
            most: edits, 1 or 2; with 1 some that need 2 are among them.
        """
        keys, owners = _hashed(typed, most)
        low, high = (np.searchsorted(self._keys, keys, side) for side in ("left", "right"))
        counts = high - low
        ends = np.cumsum(counts)
        places = np.arange(int(counts.sum())) - np.repeat(ends - counts, counts) + np.repeat(low, counts)
        pairs = np.unique(np.repeat(owners, counts) * max(1, self._count) + self._words[places])
        return pairs // max(1, self._count), pairs % max(1, self._count)


def _hashed(words: Sequence[str], most: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Return a number for each text that is left of a word, and whose it is."""
    keys: list[int] = []
    counts = []
    for word in words:
        left = {hash(one) for one in _left(word, most)}
        keys.extend(left)
        counts.append(len(left))
    return np.array(keys, np.int64), np.repeat(np.arange(len(words)), np.array(counts, np.int64))


def _left(word: str, most: int) -> Iterator[str]:
    """Yield what is left of a word after up to so many deletions, at most one in short words."""
    for count in range(1 + (most if len(word) >= SHORT else 1)):
        if count <= len(word):
            yield from map("".join, combinations(word, len(word) - count))
