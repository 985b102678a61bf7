"""Parts of words: runs of characters, which words that are written alike share."""

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

_BLOCK = 4096


def runs(word: str, shortest: int, longest: int) -> Iterator[str]:
    """Yield the runs of so many characters of a word in angle brackets, but for the whole of it.

    >>> list(runs("cat", 3, 4))
    ['<ca', '<cat', 'cat', 'cat>', 'at>']

    Source: Bojanowski et al. (2017), Enriching word vectors with subword information, arXiv:1607.04606.
    """
    marked = f"<{word}>"
    for start in range(len(marked)):
        for stop in range(start + shortest, min(start + longest, len(marked)) + 1):
            if stop - start < len(marked):
                yield marked[start:stop]


class Subwords:
    """Which rows of a table the vector of a word is the mean of: its own, and those of its runs of characters.

    Row w belongs to word w of V, row V + r to run r, the most frequent first. Every run that is in two words or more
    has a row of its own; what is in one word only could say nothing that the row of the word does not.

    Args:
        words: V of them.
        counts: how often each occurs, (V,).
        shortest: characters of a run.
        longest: likewise.
    """

    def __init__(self, words: Sequence[str], counts: np.ndarray, shortest: int, longest: int) -> None:
        self.shortest, self.longest = shortest, longest
        self._size = len(words)
        cut = [list(dict.fromkeys(runs(word, shortest, longest))) for word in words]
        spread, uses = Counter[str](), Counter[str]()
        for found, count in zip(cut, np.asarray(counts).tolist(), strict=True):
            for run in found:
                spread[run] += 1
                uses[run] += count
        shared = sorted(
            (run for run, words_with in spread.items() if words_with > 1), key=lambda run: (-uses[run], run)
        )
        self._rows = {run: self._size + number for number, run in enumerate(shared)}
        self.starts, self.parts = self._lists(cut)

    def __len__(self) -> int:
        return len(self._rows)

    def rows(self, word: str) -> list[int]:
        """Return the rows of the runs of any word; none where all of them are new."""
        found = dict.fromkeys(runs(word, self.shortest, self.longest))
        return [self._rows[run] for run in found if run in self._rows]

    def vectors(self, table: np.ndarray) -> np.ndarray:
        """Return the vectors of the V words, (V, D)."""
        found = np.empty((self._size, table.shape[1]), table.dtype)
        for first in range(0, self._size, _BLOCK):  # all rows of all words would be many times the table
            starts = self.starts[first : first + _BLOCK + 1]
            rows = table[self.parts[starts[0] : starts[-1]]]
            sums = np.add.reduceat(rows, starts[:-1] - starts[0], axis=0)
            found[first : first + _BLOCK] = sums / np.diff(starts)[:, None]
        return found

    def _lists(self, cut: Sequence[Sequence[str]]) -> tuple[np.ndarray, np.ndarray]:
        lists = [[word, *(self._rows[run] for run in found if run in self._rows)] for word, found in enumerate(cut)]
        starts = np.cumsum([0, *map(len, lists)], dtype=np.int64)
        return starts, np.array([row for rows in lists for row in rows], np.uint32)
