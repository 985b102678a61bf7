"""Which tokens of a vocabulary are words that can be suggested, in the order of their spelling."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np

_WORD = re.compile(r"['’]?[^\W_](?:.*[^\W_])?['’]?", re.DOTALL)


def is_word(token: str) -> bool:
    """Say whether a token is a word: it has a letter, and begins and ends with letters, digits or apostrophes.

    >>> [is_word(token) for token in ("house", "o'clock", "'s", "e.g", "<unk>", ",", "house,", "1850")]
    [True, True, True, True, False, False, False, False]
    """
    return _WORD.fullmatch(token) is not None and any(map(str.isalpha, token))


class Words:
    """The words of a vocabulary, sorted by their spelling without case; those that differ by case alone are one.

    Args:
        tokens: of the vocabulary, in the order of their ids.
    """

    def __init__(self, tokens: Sequence[str]) -> None:
        found = sorted((token.casefold(), token, number) for number, token in enumerate(tokens) if is_word(token))
        self._tokens, self._ids = tokens, np.array([number for _, _, number in found], np.int64)
        spelled = [folded for folded, _, _ in found]
        starts = [place for place, folded in enumerate(spelled) if not place or folded != spelled[place - 1]]
        self.spelled = [spelled[place] for place in starts]
        self._starts, self._ends = np.array(starts, np.int64), np.array([*starts[1:], len(found)], np.int64)

    def __len__(self) -> int:
        return len(self.spelled)

    def __contains__(self, word: str) -> bool:
        return self.place(word) is not None

    def place(self, word: str) -> int | None:
        """Return where a word stands, whatever its case; None where it is not there."""
        folded = word.casefold()
        place = bisect_left(self.spelled, folded)
        return place if place < len(self) and self.spelled[place] == folded else None

    def beginning(self, letters: str) -> tuple[int, int]:
        """Return where the words begin that begin with some letters, whatever their case, and where they end."""
        folded = letters.casefold()
        first = bisect_left(self.spelled, folded)
        return first, bisect_right(self.spelled, folded, first, key=lambda word: word[: len(folded)])

    def ids(self, place: int) -> np.ndarray:
        """Return the ids of a word, one for each case that it has, by their spelling."""
        return self._ids[self._starts[place] : self._ends[place]]

    def log_probs(self, of_tokens: np.ndarray) -> np.ndarray:
        """Return log p of each word, (W,), by those of the tokens, (V,): cases of one word add up."""
        each = of_tokens[self._ids]
        if len(self._ids) == len(self):
            return each
        return np.logaddexp.reduceat(each, self._starts)

    def shown(self, place: int, of_tokens: np.ndarray) -> str:
        """Return a word in its likeliest case, by log p of the tokens, (V,)."""
        ids = self.ids(place)
        return self._tokens[ids[int(of_tokens[ids].argmax())]]
