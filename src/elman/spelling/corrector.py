"""Corrects text with a language model of words and an error model."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from elman.errors import ConfigError
from elman.evaluation.likelihood import read_lines
from elman.inference.predictor import Predictor
from elman.spelling.candidates import DeletionIndex
from elman.spelling.cutting import Piece, cased, pieces
from elman.spelling.errors import ErrorModel
from elman.spelling.lattice import Choices, search
from elman.spelling.outcome import USUAL, Change, Corrected, Options

MOST_UNKNOWN, FEWEST = 0.3, 20
_TOGETHER = 512


class _Word(NamedTuple):
    """What may have been meant by a word: first itself, then others.

    Args:
        words: how each is written.
        choices: their tokens and log P(typed | word), the threshold not in it.
    """

    words: list[str]
    choices: Choices


class Corrector:
    """Corrects text.

        argmax_w Σ_t log P(x_t | w_t) + λ log P(w_1 .. w_T) - θ [number of words changed]

    Args:
        run: a language model of words.
        errors: how words are mistyped; None for neighbours on a keyboard.
        options: how readily words are changed.

    Raises:
        ConfigError: the run is no language model, or not of words; a negative option.
    """

    def __init__(self, run: Predictor, errors: ErrorModel | None = None, options: Options = USUAL) -> None:
        task = run.offering("mixture")
        if task.config.tokens_are != "word":
            raise ConfigError(
                f"{run.path}: a language model of {task.config.tokens_are}s, expected one of words: candidates are "
                "words of its vocabulary. Train one with --level word."
            )
        if not all(one >= 0 for one in (options.weight, options.threshold, options.unknown)):
            raise ConfigError(
                f"--weight {options.weight:g} --threshold {options.threshold:g} --unknown {options.unknown:g}: "
                "expected numbers of 0 or more."
            )
        self.run, self.options = run, options
        self._tokens = task.tokens
        vocabulary = self._tokens.vocabulary
        marks = {vocabulary.unknown_id, self._tokens.start_id}
        ids = [n for n, word in enumerate(vocabulary.tokens) if n not in marks and word[:1].isalpha()]
        self._ids, self._spelled = np.array(ids, np.int64), [vocabulary.tokens[n] for n in ids]
        self._folded = [word.lower() for word in self._spelled]
        counts = np.maximum(vocabulary.counts[self._ids], 0.5)
        self._priors = np.log(counts / counts.sum())
        self._index = DeletionIndex(self._folded)
        self.letters = letters_of(self._folded)
        self.errors = errors or ErrorModel.assumed(self.letters)
        self._known: dict[str, _Word] = {}

    def with_options(self, options: Options) -> "Corrector":
        """Return one that changes words more or less readily, with the same candidates looked up already."""
        other = object.__new__(Corrector)
        other.__dict__.update(self.__dict__)
        other.options = options
        if options.candidates != self.options.candidates:
            other._known = {}
        return other

    def with_errors(self, errors: ErrorModel) -> "Corrector":
        """Return one that expects words to be mistyped in another way."""
        other = self.with_options(self.options)
        other.errors, other._known = errors, {}
        return other

    def correct(self, lines: Sequence[str], explained: bool = False) -> Corrected:
        """Return lines with the words that were meant.

        Args:
            lines: text.
            explained: give odds and alternatives of each change, which takes longer.
        """
        cut = [pieces(line) for line in lines]
        kept = Counter(piece.kept for line in cut for piece in line if piece.kept)
        words = [piece.word for line in cut for piece in line if not piece.kept]
        unknown = sum(self._id(word) == self._tokens.vocabulary.unknown_id for word in words)
        if len(words) >= FEWEST and unknown > MOST_UNKNOWN * len(words):
            remark = (
                f"{unknown:,} of {len(words):,} words ({unknown / len(words):.0%}) are unknown to {self.run.path}: "
                "nothing was changed. Is it another language, or does the text need to be lower case?"
            )
            return Corrected(list(lines), [], dict(kept), [remark])
        self._look_up(set(words))
        changes: list[Change] = []
        for start in range(0, len(lines), _TOGETHER):
            part = cut[start : start + _TOGETHER]
            lattice = [[self._choices(piece) for piece in line] for line in part]
            found = search(self.run.ready, lattice, self._tokens.start_id, self.options.weight, self.options.beam)
            for number, (line, picks) in enumerate(zip(part, found, strict=True), start):
                for piece, pick in zip(line, picks, strict=True):
                    if pick and (word := self._meant(piece).words[pick]) != piece.word:
                        changes.append(Change(number, piece.start, piece.word, word))
        written = list(lines)
        for change in reversed(changes):
            text, stop = written[change.line], change.start + len(change.typed)
            written[change.line] = text[: change.start] + change.written + text[stop:]
        told = self._told(lines, written, changes) if explained else changes
        return Corrected(written, told, dict(kept), [])

    def ranked(
        self, typed: Sequence[str], written: Sequence[str], places: Sequence[tuple[int, int]]
    ) -> list[list[tuple[str, float]]]:
        """Return what may have been meant at places, the likeliest first, with log P(x | w) + λ log P(line) in nats.

        Args:
            typed: lines.
            written: what stands around the places now, as many words.
            places: numbers of a line and of a piece in it.
        """
        cut = {line: (pieces(typed[line]), pieces(written[line])) for line, _ in places}
        self._look_up({piece.word for line, _ in cut.values() for piece in line if not piece.kept})
        meant = [self._meant(cut[line][0][place]) for line, place in places]
        rows = []
        for (line, place), word in zip(places, meant, strict=True):
            ids = [self._id(piece.word) for piece in cut[line][1]]
            ids = [*ids, self._tokens.start_id]
            rows += [[*ids[:place], one, *ids[place + 1 :]] for one in word.choices.ids.tolist()]
        log_probs, found, first = self._whole(rows), [], 0
        for word in meant:
            scores = word.choices.scores + self.options.weight * log_probs[first : first + len(word.words)]
            first += len(word.words)
            best = np.argsort(-scores, kind="stable")
            found.append([(word.words[one], float(scores[one])) for one in best])
        return found

    def _told(self, typed: Sequence[str], written: Sequence[str], changes: Sequence[Change]) -> list[Change]:
        """Return changes with their odds and alternatives."""
        numbers = [[piece.start for piece in pieces(line)] for line in typed]
        places = [(change.line, numbers[change.line].index(change.start)) for change in changes]
        told = []
        for change, ranked in zip(changes, self.ranked(typed, written, places), strict=True):
            scores = dict(reversed(ranked))
            odds = float(np.exp(min(700.0, scores[change.written] - scores[change.typed])))
            told.append(change._replace(odds=odds, alternatives=[word for word, _ in ranked]))
        return told

    def _whole(self, rows: Sequence[Sequence[int]]) -> np.ndarray:
        """Return log p of whole lines of tokens, their ends included."""
        if not rows:
            return np.zeros(0)
        lengths = np.array([len(row) for row in rows], np.int64)
        ids = np.array([one for row in rows for one in row], np.int64)
        nats = read_lines(self.run.ready, ids, np.cumsum(lengths)).nats
        return -np.add.reduceat(nats, np.cumsum(lengths) - lengths)

    def _id(self, word: str) -> int:
        vocabulary = self._tokens.vocabulary
        return int(vocabulary.encode([word if word in vocabulary else word.lower()])[0])

    def _choices(self, piece: Piece) -> Choices:
        """Return what may stand in the place of a piece, each change less likely by the threshold."""
        ids, scores = self._meant(piece).choices
        return Choices(ids, scores - self.options.threshold * (np.arange(len(ids)) > 0))

    def _meant(self, piece: Piece) -> _Word:
        """Return what may have been meant by a piece: only itself where it is left alone."""
        if piece.kept:
            return _Word([piece.word], Choices(np.array([self._id(piece.word)]), np.zeros(1)))
        words, (ids, scores) = self._known[piece.word]
        if ids[0] == self._tokens.vocabulary.unknown_id:
            scores = scores.copy()
            scores[0] -= self.options.weight * self.options.unknown * len(piece.word)
        return _Word(words, Choices(ids, scores))

    def _look_up(self, words: set[str]) -> None:
        """Find what may have been meant by words, once for each."""
        new = sorted(words - self._known.keys())
        unknown = self._tokens.vocabulary.unknown_id
        for most in (1, 2):  # a word that is known and two edits from what was meant is out of reach
            some = [word for word in new if (self._id(word) == unknown) == (most == 2)]
            folded = [word.lower() for word in some]
            typed, near = self._index.find(folded, most)
            logs = self.errors.log_probs([self._folded[n] for n in near], [folded[n] for n in typed])
            starts = np.searchsorted(typed, np.arange(len(some) + 1))
            for number, word in enumerate(some):
                span = slice(starts[number], starts[number + 1])
                self._known[word] = self._best(word, near[span], logs[span])

    def _best(self, word: str, near: np.ndarray, logs: np.ndarray) -> _Word:
        """Return a word and the likeliest of those near it, whatever stands around it."""
        own = self._id(word)
        there = np.flatnonzero(np.isfinite(logs) & (self._ids[near] != own))
        near, logs = near[there], logs[there]
        best = np.argsort(-(logs + self._priors[near]), kind="stable")[: self.options.candidates]
        words = [word, *(cased(self._spelled[n], word) for n in near[best])]
        scores = np.array([np.log1p(-self.errors.error), *logs[best]])
        return _Word(words, Choices(np.array([own, *self._ids[near[best]]], np.int64), scores))


def letters_of(words: Sequence[str]) -> str:
    """Return the letters that are in many of some words, the most frequent hundred."""
    counts = Counter(letter for word in words for letter in word)
    return "".join(sorted(letter for letter, _ in counts.most_common(100)))
