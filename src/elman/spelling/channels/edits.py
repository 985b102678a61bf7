"""One or two edits of letters, of which each is as likely as where it was made: Kernighan, Church & Gale (1990)."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from elman.errors import DataError
from elman.spelling.channels.base import Channel
from elman.spelling.edits import BEFORE, KINDS, Edit, derivations

MOST = 2
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_RATE, _NEAR, _STRENGTH = 0.03, 0.8, 50.0
_CHUNK = 2048


class Tables(NamedTuple):
    """Probabilities of edits, (A, A) each, A the letters; letter 0 stands before a word and for every unlisted letter.

    Args:
        deletion: [a, b], ab is typed a.
        insertion: [a, b], a is typed ab.
        substitution: [a, b], a is typed b.
        transposition: [a, b], ab is typed ba.
    """

    deletion: np.ndarray
    insertion: np.ndarray
    substitution: np.ndarray
    transposition: np.ndarray


class Edits(Channel):
    """How likely a word is typed in some way.

        P(x | x) = 1 - ε;    P(x | w) = Σ over derivations of one or two edits Π P(edit)

    Args:
        letters: the letters that the tables have, in order, from 1.
        tables: probabilities of edits.
        error: ε, how likely a word is mistyped.

    Source: Kernighan, Church & Gale (1990), A spelling correction program based on a noisy channel model, COLING.
    """

    def __init__(self, letters: str, tables: Tables, error: float) -> None:
        self.letters, self.tables, self.error = letters, tables, error
        self._numbers = {letter: number for number, letter in enumerate(letters, start=1)}

    @classmethod
    def assumed(cls, letters: str, keyboard: bool = True, rate: float = _RATE) -> "Edits":
        """Return a model that nobody counted: a quarter each of the rate a letter for the four kinds of edits.

        Args:
            letters: that words have.
            keyboard: most wrong letters are neighbours on an English keyboard, and most added ones besides those the
                letter again; otherwise every letter is as likely.
            rate: of edits a letter.
        """
        size = len(letters) + 1
        flat = np.full((size, size), 1.0 / max(1, size - 1))
        near = _neighbours(letters) if keyboard else flat
        other = _mixed(near, flat)
        added = _mixed(near + np.eye(size) * near.max(1, keepdims=True), flat)
        one = np.ones((size, size))
        tables = Tables(*(rate / 4 * part for part in (one, added, other, one)))
        return cls(letters, tables, 1 - (1 - rate) ** 5)

    @classmethod
    def learned(cls, pairs: Sequence[tuple[str, str]], letters: str, keyboard: bool = True) -> "Edits":
        """Return a model with edits as often as in pairs of what was right and what was typed.

            P(edit) = (count of the edit + m r q) / (count of its letters + m)

        r is how often edits of its kind are made, q how they fall on letters in a model that nobody counted, m is 50.
        Where there are several ways from one word to the other, each is counted as a part.

        Raises:
            DataError: no word was mistyped by one or two edits.
        """
        edits, contexts, wrong = Counter[Edit](), {kind: Counter[str]() for kind in KINDS}, 0
        counted = Counter((right.lower(), typed.lower()) for right, typed in pairs)
        for (right, typed), times in counted.items():
            ways = [] if right == typed else derivations(right, typed, MOST)
            if right != typed and not ways:
                continue
            wrong += times if ways else 0
            for way in ways:
                for edit in way:
                    edits[edit] += times / len(ways)  # type: ignore[assignment]
            _count_letters(right, times, contexts)
        if not wrong:
            raise DataError(
                "--pairs: no word differs from what was typed by one or two letters, expected some to learn from: a "
                "line each, right<TAB>wrong."
            )
        prior = cls.assumed(letters, keyboard)
        tables = (
            _smoothed(kind, table, edits, contexts[kind], prior._numbers)
            for kind, table in zip(KINDS, prior.tables, strict=True)
        )
        return cls(letters, Tables(*tables), min(0.5, wrong / counted.total()))

    def log_probs(self, words: Sequence[str], typed: Sequence[str]) -> np.ndarray:
        """Return log P(typed | word) of pairs, (N); -inf where it takes more than two edits."""
        found = np.empty(len(words))
        order = sorted(range(len(words)), key=lambda number: len(words[number]))
        for start in range(0, len(words), _CHUNK):
            part = order[start : start + _CHUNK]
            found[part] = self._derived([words[one] for one in part], [typed[one] for one in part])
        same = np.fromiter((a == b for a, b in zip(words, typed, strict=True)), bool, len(words))
        with np.errstate(divide="ignore"):
            return np.where(same, np.log1p(-self.error), np.log(found))

    def _derived(self, words: Sequence[str], typed: Sequence[str]) -> np.ndarray:
        """Return the sum over derivations of one or two edits, a row of letters of the words at a time."""
        w, wide = self._matrix(words)
        x, long = self._matrix(typed)
        rows: list[np.ndarray] = []  # of each i, (k, j, N)
        result = np.zeros(len(words))
        for i in range(len(w)):
            row = np.zeros((MOST + 1, len(x), len(words)))
            for j in range(max(0, i - MOST), min(len(x), i + MOST + 1)):
                self._fill(row, rows, w, x, (i, j))
            rows = [*rows[-1:], row]
            ends = np.flatnonzero(wide == i)
            result[ends] = row[1:, long[ends], ends].sum(0)
        return result

    def _fill(
        self, row: np.ndarray, above: Sequence[np.ndarray], w: np.ndarray, x: np.ndarray, place: tuple[int, int]
    ) -> None:
        """Fill one cell of the row i: how likely i letters of the words become j that were typed, by edits made."""
        i, j = place
        if i == j == 0:
            row[0, 0] = 1.0
        a, b, edited = w[i], x[j], row[1:, j]
        if j:
            edited[0] += row[0, j - 1] * self.tables.insertion[a, b]
        if i:
            before = w[i - 1]
            edited += above[-1][:-1, j] * self.tables.deletion[before, a]
            if j:
                same = a == b
                row[:, j] += above[-1][:, j - 1] * same
                edited += above[-1][:-1, j - 1] * (self.tables.substitution[a, b] * ~same)
            if i > 1 and j > 1:
                swapped = (before == b) & (a == x[j - 1]) & (a != b)
                edited += above[-2][:-1, j - 2] * (self.tables.transposition[before, a] * swapped)
        if j:
            edited[1] += row[1, j - 1] * self.tables.insertion[a, b]

    def _matrix(self, words: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Return the letters of words behind what stands before them, (L + 1, N), and their lengths."""
        lengths = np.array([len(word) for word in words], np.int64)
        found = np.zeros((len(words), int(lengths.max(initial=0)) + 1), np.int64)
        places = np.arange(found.shape[1])
        found[(places > 0) & (places <= lengths[:, None])] = [
            self._numbers.get(one, 0) for word in words for one in word
        ]
        return np.ascontiguousarray(found.T), lengths


def _neighbours(letters: str) -> np.ndarray:
    """Return how probable each letter is in place of another if all that are neighbours of that on a keyboard are."""
    at = {key: (x + y / 2, float(y)) for y, row in enumerate(_ROWS) for x, key in enumerate(row)}
    near = np.zeros((len(letters) + 1, len(letters) + 1))
    for i, a in enumerate(letters, start=1):
        for j, b in enumerate(letters, start=1):
            if a != b and a in at and b in at:
                near[i, j] = abs(at[a][0] - at[b][0]) <= 1 and abs(at[a][1] - at[b][1]) <= 1
    return near / np.maximum(1.0, near.sum(1, keepdims=True))


def _mixed(near: np.ndarray, flat: np.ndarray) -> np.ndarray:
    """Return mostly what is near and a little of everything, each row a distribution."""
    total = near.sum(1, keepdims=True)
    return np.where(total > 0, _NEAR * near / np.where(total > 0, total, 1.0) + (1 - _NEAR) * flat, flat)


def _count_letters(word: str, times: int, contexts: dict[str, Counter[str]]) -> None:
    """Count where each kind of edit could have been made in a word."""
    framed = BEFORE + word
    for first, second in zip(framed, word, strict=False):
        contexts["deletion"][first + second] += times
        contexts["substitution"][second] += times
        contexts["transposition"][first + second] += times * (first != BEFORE)
    for letter in framed:
        contexts["insertion"][letter] += times


def _smoothed(
    kind: str, prior: np.ndarray, edits: Counter[Edit], contexts: Counter[str], numbers: dict[str, int]
) -> np.ndarray:
    """Return the probabilities of edits of one kind, those that were counted nearest to their counts."""
    made = sum(times for edit, times in edits.items() if edit.kind == kind)
    rate = max(made, 1) / max(1, contexts.total())
    usual = prior / prior.mean() if kind in ("deletion", "transposition") else prior / prior.sum(1, keepdims=True)
    expected, seen = _STRENGTH * rate * usual, np.full(prior.shape, _STRENGTH)
    for context, times in contexts.items():
        first, last = numbers.get(context[0], 0), numbers.get(context[-1], 0)
        seen[(first, last) if len(context) == 2 else first] += times
    for edit, times in edits.items():
        if edit.kind == kind:
            expected[numbers.get(edit.first, 0), numbers.get(edit.second, 0)] += times
    found: np.ndarray = np.minimum(1.0, expected / seen)
    return found
