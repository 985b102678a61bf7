"""Words that share pairs of letters with what was typed: far ones that no few edits reach."""

from collections.abc import Sequence

import numpy as np


class PairIndex:
    """Finds words by the pairs of adjacent letters in them, their begin and end as letters too.

        likeness = 2 [pairs that both have] / ([pairs of one] + [pairs of the other])

    Args:
        words: to be found.

    Source: Angell, Freund & Willett (1983), Automatic spelling correction using a trigram similarity measure,
    Information Processing & Management 19(4); Dice's coefficient, of pairs instead of triples.
    """

    def __init__(self, words: Sequence[str]) -> None:
        every = [_pairs(word) for word in words]
        self._counts = np.array([len(pairs) for pairs in every], np.int64)
        owners: dict[str, list[int]] = {}
        for number, pairs in enumerate(every):
            for pair in pairs:
                owners.setdefault(pair, []).append(number)
        self._owners = {pair: np.array(numbers, np.int64) for pair, numbers in owners.items()}

    def find(self, typed: str, most: int) -> np.ndarray:
        """Return the numbers of the words that are most like what was typed, the most alike first."""
        pairs = _pairs(typed)
        lists = [self._owners[pair] for pair in sorted(pairs) if pair in self._owners]
        if not lists:
            return np.zeros(0, np.int64)
        numbers, shared = np.unique(np.concatenate(lists), return_counts=True)
        likeness = 2 * shared / (len(pairs) + self._counts[numbers])
        return numbers[np.argsort(-likeness, kind="stable")[:most]]


def _pairs(word: str) -> set[str]:
    framed = f"\0{word}\1"
    return {framed[n : n + 2] for n in range(len(framed) - 1)}
