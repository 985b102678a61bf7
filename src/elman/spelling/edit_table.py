"""Numbers for the substrings of many words at once, and a table of pairs of them."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

BEGIN, MIDDLE, END = range(3)
"""Where a part of a word stands; what is the whole of it is its begin."""
_BITS = 22
_SPREAD = np.uint64(0x9E3779B97F4A7C15)


def place_of(start: int, stop: int, length: int) -> int:
    """Return where a part of a word of so many letters stands."""
    return BEGIN if start == 0 else END if stop == length else MIDDLE


class EditTable:
    """Log-probabilities of parts of words that are typed as others, looked up for many words side by side.

    Args:
        edits: log P by part, what is typed for it, and where the part stands.
        numbers: of the letters, from 1; all others are 0.
        longest: letters of a part.
    """

    def __init__(self, edits: Mapping[tuple[str, str, int], float], numbers: Mapping[str, int], longest: int) -> None:
        self._numbers, self._longest = numbers, longest
        self._base = max(numbers.values(), default=0) + 2
        alphas = np.array([3 * self._code(alpha) + place for alpha, _, place in edits], np.int64)
        betas = np.array([self._code(beta) for _, beta, _ in edits], np.int64)
        self._alphas, self._betas = np.unique(alphas), np.unique(betas)
        keys = self._pair(_find(self._alphas, alphas), _find(self._betas, betas))
        order = np.argsort(keys)
        self._keys, self._logs = keys[order], np.array(list(edits.values()))[order]
        self._filled = np.zeros(1 << _BITS, bool)
        self._filled[_spread(keys)] = True
        self._single = np.full((3, self._base, self._base), -np.inf)
        for (alpha, beta, place), log in edits.items():
            if len(alpha) <= 1 and len(beta) <= 1:
                self._single[place, self._code(alpha), self._code(beta)] = log

    def matrix(self, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return the numbers of the letters of words, (L, N) with 0 behind them, and their lengths, (N,)."""
        lengths = np.array([len(word) for word in words], np.int64)
        found = np.zeros((len(words), int(lengths.max(initial=0))), np.int64)
        found[np.arange(found.shape[1]) < lengths[:, None]] = [
            self._numbers.get(letter, 0) for word in words for letter in word
        ]
        return np.ascontiguousarray(found.T), lengths

    def parts(self, letters: np.ndarray, lengths: np.ndarray) -> list[np.ndarray]:
        """Return numbers for the parts of words that the table has, 0 for others: by letters, (end, N)."""
        found = []
        for size, codes in enumerate(self._codes(letters)):
            ends = np.arange(size, len(letters) + 1)[:, None]
            places = np.where(ends == size, BEGIN, np.where(ends == lengths, END, MIDDLE))
            found.append(self._padded(_find(self._alphas, 3 * codes + places), size))
        return found

    def typed(self, letters: np.ndarray) -> list[np.ndarray]:
        """Return numbers for the parts of what was typed that the table has, 0 for others: by letters, (end, N)."""
        return [self._padded(_find(self._betas, codes), size) for size, codes in enumerate(self._codes(letters))]

    def log_probs(self, parts: np.ndarray, typed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return which parts are typed as others by an edit of the table, and its log P, (M) each."""
        keys = self._pair(parts, typed)
        there = np.flatnonzero(self._filled[_spread(keys)])
        at = np.minimum(np.searchsorted(self._keys, keys[there]), len(self._keys) - 1)
        right = self._keys[at] == keys[there]
        return there[right], self._logs[at[right]]

    def single(self, letters: np.ndarray | int, typed: np.ndarray | int, places: np.ndarray) -> np.ndarray:
        """Return log P of letters that were typed as others, (N), each its number and 1, and 0 for none."""
        found: np.ndarray = self._single[places, letters, typed]
        return found

    def _pair(self, parts: np.ndarray, typed: np.ndarray) -> np.ndarray:
        return parts * (len(self._betas) + 1) + typed

    def _code(self, text: str) -> int:
        """Return a number for a text, another for each; that of a text of k letters is below base to the k."""
        code = 0
        for letter in text:
            code = code * self._base + self._numbers.get(letter, 0) + 1
        return code

    def _codes(self, letters: np.ndarray) -> Iterable[np.ndarray]:
        """Yield the numbers of parts of no letter, of one and so on: (L + 1 - letters, N), by where they end."""
        codes = np.zeros((len(letters) + 1, letters.shape[1]), np.int64)
        yield codes
        for size in range(1, min(self._longest, len(letters)) + 1):
            codes = codes[:-1] * self._base + letters[size - 1 :] + 1
            yield codes

    @staticmethod
    def _padded(numbers: np.ndarray, size: int) -> np.ndarray:
        return np.concatenate([np.zeros((size, numbers.shape[1]), np.int64), numbers])


def _find(known: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Return the places of codes among known ones, from 1; 0 where there are none."""
    if not len(known):
        return np.zeros(codes.shape, np.int64)
    at = np.minimum(np.searchsorted(known, codes), len(known) - 1)
    return np.where(known[at] == codes, at + 1, 0)


def _spread(keys: np.ndarray) -> np.ndarray:
    return (keys.astype(np.uint64) * _SPREAD) >> np.uint64(64 - _BITS)
