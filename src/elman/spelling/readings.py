"""What may have been meant by a word, or by two with a blank between: whatever stands around it."""

import copy
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from elman.spelling.candidates import DeletionIndex
from elman.spelling.channels.base import Channel
from elman.spelling.channels.edits import Edits
from elman.spelling.cutting import Piece, cased
from elman.spelling.lattice import Choices
from elman.spelling.letter_pairs import PairIndex
from elman.spelling.outcome import Options
from elman.text.vocabulary import Vocabulary

_THINNED, _FAR = 3, 5
"""Times as many words as are looked at in the end go to a channel that takes long: near ones, and far ones besides."""
_SPLITS, _LETTER = 2, 1e-3
"""Splits that are looked at, and how frequent a word of one letter has to be to be part of one."""


class Reading(NamedTuple):
    """What may have been meant.

    Args:
        text: how it is written.
        ids: its one or two tokens.
        score: log P(typed | meant), nats, the threshold not in it.
        span: how many words were typed, 1 or 2.
    """

    text: str
    ids: tuple[int, ...]
    score: float
    span: int = 1


class Readings:
    """Finds what may have been meant by words.

    Args:
        vocabulary: the words that there are.
        marks: tokens that are no words.
    """

    def __init__(self, vocabulary: Vocabulary, marks: Sequence[int]) -> None:
        self.vocabulary, self._marks = vocabulary, marks
        ids = [n for n, word in enumerate(vocabulary.tokens) if n not in marks and word[:1].isalpha()]
        self._ids, self._spelled = np.array(ids, np.int64), [vocabulary.tokens[n] for n in ids]
        self._folded = [word.lower() for word in self._spelled]
        counts = np.maximum(vocabulary.counts[self._ids], 0.5)
        self._priors = np.log(counts / counts.sum())
        self._index = DeletionIndex(self._folded)
        self._at: dict[str, list[int]] = {}
        for number, word in enumerate(self._folded):
            self._at.setdefault(word, []).append(number)
        self.letters = letters_of(self._folded)
        self._far: PairIndex | None = None
        self._rough = Edits.assumed(self.letters)
        self.channel: Channel = self._rough
        self._known: dict[str, list[Reading]] = {}
        self._cut: dict[str, list[Reading]] = {}

    def with_channel(self, channel: Channel) -> "Readings":
        """Return one that expects words to be mistyped in another way."""
        other = self.fresh()
        other.channel = channel
        return other

    def fresh(self) -> "Readings":
        """Return one that has looked nothing up yet."""
        other = copy.copy(self)
        other._known, other._cut = {}, {}
        return other

    def id(self, word: str) -> int:
        """Return the token of a word as it is written, or in lower case; what is written as a mark is unknown."""
        found = int(self.vocabulary.encode([word if word in self.vocabulary else word.lower()])[0])
        unknown = self.vocabulary.unknown_id
        return unknown if found in self._marks and unknown is not None else found

    def is_known(self, word: str) -> bool:
        """Say whether a word has a token."""
        return self.id(word) != self.vocabulary.unknown_id

    def of(self, piece: Piece, options: Options) -> list[Reading]:
        """Return what may have been meant by a word that was looked up, itself first; by what is kept only itself."""
        if piece.kept:
            return [Reading(piece.word, (self.id(piece.word),), 0.0)]
        own, *others = self._known[piece.word]
        if not self.is_known(piece.word):
            own = own._replace(score=own.score - options.weight * options.unknown * len(piece.word))
        if options.blank == np.inf:
            return [own, *others]
        return [own, *others, *(one._replace(score=one.score - options.blank) for one in self._cut[piece.word])]

    def joined(self, line: str, first: Piece, second: Piece, options: Options) -> Reading | None:
        """Return the word that two are without the blank between them, if there is one."""
        stop = first.start + len(first.word)
        if options.blank == np.inf or first.kept or second.kept or not line[stop : second.start].isspace():
            return None
        text = first.word + second.word
        text = text if text in self.vocabulary else first.word + second.word.lower()
        if text.lower() not in self._at or not self.is_known(text):
            return None
        return Reading(text, (self.id(text),), float(np.log1p(-self.channel.error)) - options.blank, 2)

    def _splits(self, word: str) -> list[Reading]:
        """Return the likeliest two words that a word is with a blank in it, what the blank costs not in it."""
        low, found = word.lower(), []
        for cut in range(1, len(low)):
            left, right = low[:cut], low[cut:]
            if left in self._at and right in self._at:
                priors = [float(max(self._priors[self._at[part]])) for part in (left, right)]
                if any(len(part) == 1 and p < np.log(_LETTER) for part, p in zip((left, right), priors, strict=True)):
                    continue
                left, right = (self._spelled[self._at[part][0]] for part in (left, right))
                found.append((-sum(priors), cased(left, word), right))
        score = 2 * float(np.log1p(-self.channel.error))
        return [
            Reading(f"{left} {right}", (self.id(left), self.id(right)), score)
            for _, left, right in sorted(found)[:_SPLITS]
        ]

    def look_up(self, words: set[str], most: int) -> None:
        """Find what may have been meant by words, once for each.

        Args:
            words: as they were typed.
            most: how many are looked at for one, besides itself.
        """
        new = sorted(words - self._known.keys())
        for edits in (1, 2):  # a word that is known and two edits from what was meant is out of reach
            some = [word for word in new if self.is_known(word) == (edits == 1)]
            typed, near = self._near([word.lower() for word in some], edits, most)
            folded = [some[n].lower() for n in typed]
            logs = self.channel.log_probs([self._folded[n] for n in near], folded)
            starts = np.searchsorted(typed, np.arange(len(some) + 1))
            for number, word in enumerate(some):
                span = slice(starts[number], starts[number + 1])
                self._known[word] = self._best(word, near[span], logs[span], most)
                self._cut[word] = self._splits(word)

    def _near(self, typed: Sequence[str], edits: int, most: int) -> tuple[np.ndarray, np.ndarray]:
        """Return pairs of what was typed and a word that may have been meant, as their numbers, (N) each, in order."""
        numbers, near = self._index.find(typed, edits)
        if not self.channel.looks_far:
            return numbers, near
        undone = [(n, *before) for n, word in enumerate(typed) for before in self.channel.undone(word)]
        logs = self._rough.log_probs([self._folded[n] for n in near], [typed[n] for n in numbers])
        if edits == 2:
            rows, more = self._index.find([before for _, before, _ in undone], 1)
            there = self._rough.log_probs([self._folded[n] for n in more], [undone[n][1] for n in rows])
        else:
            hits = [(n, at) for n, (_, before, _) in enumerate(undone) for at in self._at.get(before, ())]
            rows, more = (np.array([hit[side] for hit in hits], np.int64) for side in (0, 1))
            there = np.zeros(len(hits))
        whose = np.array([n for n, _, _ in undone], np.int64)[rows]
        costs = np.array([log for *_, log in undone], np.float64)[rows]
        numbers, near, logs = (np.concatenate(p) for p in ((numbers, whose), (near, more), (logs, there + costs)))
        numbers, near = self._thinned(numbers, near, logs + self._priors[near], most)
        return self._with_far(typed, numbers, near, most) if edits == 2 else (numbers, near)

    def _with_far(
        self, typed: Sequence[str], numbers: np.ndarray, near: np.ndarray, most: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Add words that share letters with what was typed, where few are near it."""
        if self._far is None:
            self._far = PairIndex(self._folded)
        counts = np.bincount(numbers, minlength=len(typed))
        more = [
            self._far.find(word, _FAR * most) if count < most else () for word, count in zip(typed, counts, strict=True)
        ]
        numbers = np.concatenate([numbers, np.repeat(np.arange(len(typed)), [len(one) for one in more])])
        near = np.concatenate([near, *(np.asarray(one, np.int64) for one in more)])
        each = np.unique(numbers * len(self._folded) + near)
        return each // len(self._folded), each % len(self._folded)

    def _thinned(
        self, numbers: np.ndarray, near: np.ndarray, scores: np.ndarray, most: int
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the pairs of best score of each that was typed, each pair once."""
        order = np.lexsort((-scores, near, numbers))
        first = np.ones(len(order), bool)
        first[1:] = (np.diff(numbers[order]) != 0) | (np.diff(near[order]) != 0)
        order = order[first & np.isfinite(scores[order])]
        order = order[np.lexsort((-scores[order], numbers[order]))]
        starts = np.searchsorted(numbers[order], numbers[order])
        kept = order[np.arange(len(order)) - starts < _THINNED * most]
        return numbers[kept], near[kept]

    def _best(self, word: str, near: np.ndarray, logs: np.ndarray, most: int) -> list[Reading]:
        """Return a word and the likeliest of those near it."""
        own = self.id(word)
        there = np.flatnonzero(np.isfinite(logs) & (self._ids[near] != own))
        near, logs = near[there], logs[there]
        found: dict[str, Reading] = {}
        for place in np.argsort(-(logs + self._priors[near]), kind="stable"):
            text = cased(self._spelled[near[place]], word)
            if len(found) < most and text not in found:  # words that differ in case alone may be written alike
                found[text] = Reading(text, (int(self._ids[near[place]]),), float(logs[place]))
        return [Reading(word, (own,), float(np.log1p(-self.channel.error))), *found.values()]


def choices_of(readings: Sequence[Reading], threshold: float) -> Choices:
    """Return readings of a place as arrays, each but the first less likely by a threshold."""
    ids = np.array([(*one.ids, -1)[:2] for one in readings])
    scores = np.array([one.score for one in readings])
    scores[1:] -= threshold
    return Choices(ids, scores, np.array([one.span for one in readings]))


def letters_of(words: Sequence[str]) -> str:
    """Return the letters that are in many of some words, the most frequent hundred."""
    counts = Counter(letter for word in words for letter in word)
    return "".join(sorted(letter for letter, _ in counts.most_common(100)))
