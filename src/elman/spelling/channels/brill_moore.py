"""Strings of letters that are typed as others, by where they stand in a word: Brill & Moore (2000)."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from elman.errors import DataError
from elman.spelling.channels.base import Channel
from elman.spelling.channels.edits import Edits
from elman.spelling.edit_counts import EditCounts
from elman.spelling.edit_table import BEGIN, END, MIDDLE, EditTable, place_of
from elman.text.edits import edit_distance

LONGEST, AROUND = 3, 2
_STRENGTH, _FEWEST, _CHUNK = 5.0, 2, 1024
_STRENGTH_OF_LETTERS = 300.0
"""m of edits that are assumed: one in a thousand letters is typed as some other, which fewer letters cannot tell."""
_UNDONE = 40

Edit = tuple[str, str, int]


class BrillMoore(Channel):
    """How likely a word is typed in some way, by strings of letters that are typed as others.

        P(x | x) = 1 - ε;    P(x | w) = max over partitions w = α_1 .. α_k, x = β_1 .. β_k of Π P(α_i → β_i | place_i)

    The place of α is the begin, the middle or the end of the word. Single letters are typed as they are or as others,
    longer strings only as others; both sides may be empty.

    Args:
        letters: that are told apart.
        edits: P(α → β | place), α ≠ β.
        same: P(a → a | place) of letters; what is not listed is always typed as it is.
        error: ε, how likely a word is mistyped.
        often: how often each edit was made, for those that are worth undoing.

    Source: Brill & Moore (2000), An improved error model for noisy channel spelling correction, ACL, sections 3 and 4.
    """

    looks_far = True

    def __init__(
        self,
        letters: str,
        edits: Mapping[Edit, float],
        same: Mapping[tuple[str, int], float],
        error: float,
        often: Mapping[Edit, float] = {},
    ) -> None:
        # Letters that only edits have are told apart too.
        others = {letter for alpha, beta, _ in edits for letter in alpha + beta}.difference(letters)
        letters = "".join([letters, *sorted(others)])
        self.letters, self.edits, self.same, self.error = letters, edits, same, error
        self._longest = max((len(side) for edit in edits for side in edit[:2]), default=1)
        numbers = {letter: number for number, letter in enumerate(letters, start=1)}
        self._table = EditTable({edit: np.log(p) for edit, p in edits.items()}, numbers, self._longest)
        self._same = np.zeros((len(letters) + 1, 3))
        for (letter, place), p in same.items():
            self._same[numbers.get(letter, 0), place] = np.log(p)
        self._undoing = _undoing(often)

    @classmethod
    def learned(cls, pairs: Sequence[tuple[str, str]], letters: str, keyboard: bool = True) -> "BrillMoore":
        """Return a model with edits as often as in pairs of what was right and what was typed.

            P(α → β) = (c(α → β) + m q(α → β)) / (c(α) + m)
            P(α → β | place) = (c(α → β, place) + m P(α → β)) / (c(α, place) + m)

        What is counted: `EditCounts`. q is what `Edits` assumes of single letters and of two that are swapped, as often
        as edits are made, else 0; m is 300 for these and 5 for others. Longer strings count if they were seen twice.

        Raises:
            DataError: no word was mistyped, or none is like what was meant.
        """
        counts = EditCounts.of(pairs, LONGEST, AROUND)
        if not counts.wrong:
            raise DataError(
                "--pairs: no word differs from what was typed by less than half of its letters, expected some to learn "
                "from: a line each, right<TAB>wrong."
            )
        edits = dict(_smoothed(counts, _assumed(letters, keyboard, counts)))
        return cls(letters, edits, _same(letters, counts), counts.error, counts.edits_at)

    def log_probs(self, words: Sequence[str], typed: Sequence[str]) -> np.ndarray:
        """Return log P(typed | word) of pairs, (N), in nats."""
        found = np.empty(len(words))
        order = sorted(range(len(words)), key=lambda number: (len(words[number]), len(typed[number])))
        for start in range(0, len(words), _CHUNK):
            part = order[start : start + _CHUNK]
            found[part] = self._best([words[one] for one in part], [typed[one] for one in part])
        same = np.fromiter((a == b for a, b in zip(words, typed, strict=True)), bool, len(words))
        return np.where(same, np.log1p(-self.error), found)

    def undone(self, typed: str) -> list[tuple[str, float]]:
        """Return what may have been typed but for the most frequent edits of more than a letter, with log P of each."""
        ways: dict[str, tuple[float, float]] = {}
        for start in range(len(typed)):
            for stop in range(start + 1, min(len(typed), start + self._longest) + 1):
                for alpha, place, times in self._undoing.get(typed[start:stop], ()):
                    before = typed[:start] + alpha + typed[stop:]
                    if place == place_of(start, start + len(alpha), len(before)):
                        log = float(np.log(self.edits[alpha, typed[start:stop], place]))
                        ways[before] = max((times, log), ways.get(before, (0.0, log)))
        best = sorted(ways, key=lambda before: (-ways[before][0], before))[:_UNDONE]
        return [(before, ways[before][1]) for before in best]

    def _best(self, words: Sequence[str], typed: Sequence[str]) -> np.ndarray:
        """Return the log-probability of the best partition, from those of beginnings of both: (i, j, N)."""
        (w, wide), (x, long) = self._table.matrix(words), self._table.matrix(typed)
        alphas, betas = self._table.parts(w, wide), self._table.typed(x)
        alike = _equal(words, typed, w.shape[0], x.shape[0])
        best = np.full((len(w) + 1, len(x) + 1, len(words)), -np.inf)
        best[0, 0] = 0.0
        for i in range(len(w) + 1):
            if i:
                self._letter(best[i], best[i - 1], w[i - 1], x, alike[i - 1], _places(i - 1, i, wide))
            for k in range(1, min(i, len(alphas) - 1) + 1):
                for m in range(0 if k > 1 else 2, len(betas)):
                    self._part(best[i, m:], best[i - k], alphas[k][i], betas[m][m:])
            gap = _places(i, i, wide)
            for j in range(1, len(x) + 1):
                np.maximum(best[i, j], best[i, j - 1] + self._table.single(0, x[j - 1] + 1, gap), out=best[i, j])
                for m in range(2, min(j, len(betas) - 1) + 1):
                    self._part(best[i, j : j + 1], best[i, j - m :], alphas[0][i], betas[m][j : j + 1])
        found: np.ndarray = best[wide, long, np.arange(len(words))]
        return found

    def _letter(
        self, row: np.ndarray, above: np.ndarray, letter: np.ndarray, x: np.ndarray, alike: np.ndarray, here: np.ndarray
    ) -> None:
        """Let a letter of each word be left out, be typed as it is or as another: (j, N)."""
        np.maximum(row, above + self._table.single(letter + 1, 0, here), out=row)
        logs = np.where(alike, self._same[letter, here], self._table.single(letter + 1, x + 1, here))
        np.maximum(row[1:], above[:-1] + logs, out=row[1:])

    def _part(self, row: np.ndarray, before: np.ndarray, alpha: np.ndarray, betas: np.ndarray) -> None:
        """Let a part of each word be typed as others, where there is such an edit: (j, N)."""
        there, logs = self._table.log_probs(np.broadcast_to(alpha, betas.shape).ravel(), betas.ravel())
        flat = row.reshape(-1)
        flat[there] = np.maximum(flat[there], before.reshape(-1)[there] + logs)


def _equal(words: Sequence[str], typed: Sequence[str], wide: int, long: int) -> np.ndarray:
    """Return whether letters are the same, (i, j, N), those that no table tells apart too."""
    left, right = (np.array([one.ljust(size, "\0") for one in side]) for side, size in ((words, wide), (typed, long)))
    a, b = (side.view(np.uint32).reshape(len(words), -1).T for side in (left, right))
    same: np.ndarray = a[:, None] == b
    return same


def _places(start: int, stop: int, lengths: np.ndarray) -> np.ndarray:
    """Return where a part of words of some lengths stands, (N)."""
    return np.full(len(lengths), BEGIN) if start == 0 else np.where(lengths == stop, END, MIDDLE)


def _assumed(letters: str, keyboard: bool, counts: EditCounts) -> Iterator[tuple[str, str, float]]:
    """Yield what single letters and pairs of letters are typed as where nobody counted it, and how likely that is."""
    tables = Edits.assumed(letters, keyboard, counts.rate).tables
    added = tables.insertion.mean(0)
    for b, typed in enumerate(letters, start=1):
        yield "", typed, float(added[b])
        yield typed, "", float(tables.deletion[b, b])
        for a, letter in enumerate(letters, start=1):
            if a != b:
                yield letter, typed, float(tables.substitution[a, b])
                yield letter + typed, typed + letter, float(tables.transposition[a, b])


def _smoothed(counts: EditCounts, assumed: Iterator[tuple[str, str, float]]) -> Iterator[tuple[Edit, float]]:
    """Yield edits and their probabilities."""
    prior = {(alpha, beta): q for alpha, beta, q in assumed}
    seen = {pair for pair, times in counts.edits.items() if times >= _FEWEST or pair in prior}
    for alpha, beta in sorted(prior.keys() | seen):
        q, m = prior.get((alpha, beta), 0.0), _STRENGTH_OF_LETTERS if (alpha, beta) in prior else _STRENGTH
        anywhere = (counts.edits[alpha, beta] + m * q) / (counts.parts[alpha] + m)
        for place in range(3):
            made = counts.edits_at[alpha, beta, place] + m * anywhere
            if made:
                yield (alpha, beta, place), min(1.0, made / (counts.parts_at[alpha, place] + m))


def _same(letters: str, counts: EditCounts) -> dict[tuple[str, int], float]:
    """Return how likely each letter is typed as it is."""
    right = 1.0 - counts.rate
    return {
        (letter, place): (counts.parts_at[letter, place] - counts.lost_at[letter, place] + _STRENGTH * right)
        / (counts.parts_at[letter, place] + _STRENGTH)
        for letter in letters
        for place in range(3)
    }


def _undoing(often: Mapping[Edit, float]) -> dict[str, list[tuple[str, int, float]]]:
    """Return by what was typed what it may stand for, where that takes more than one edit of letters."""
    found: dict[str, list[tuple[str, int, float]]] = {}
    for (alpha, beta, place), times in often.items():
        if beta and times >= _FEWEST and edit_distance(alpha, beta) > 1:
            found.setdefault(beta, []).append((alpha, place, times))
    return found
