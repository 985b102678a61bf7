"""Corrects text with a language model of words and an error model."""

import copy
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from elman.errors import ConfigError
from elman.evaluation.likelihood import read_lines
from elman.inference.language import language
from elman.inference.predictor import Predictor
from elman.spelling.channels.base import Channel
from elman.spelling.cutting import Piece, pieces
from elman.spelling.lattice import search
from elman.spelling.outcome import USUAL, Change, Corrected, Options
from elman.spelling.readings import Reading, Readings, choices_of

MOST_UNKNOWN, FEWEST = 0.3, 20
_TOGETHER = 512


class Spot(NamedTuple):
    """Words of a line that stand side by side.

    Args:
        line: its number.
        place: of the first, by the pieces of the line.
        span: how many, 1 or 2.
    """

    line: int
    place: int
    span: int = 1


class Corrector:
    """Corrects text.

        argmax Σ log P(typed | meant) + λ log P(whole line) - θ [number of changes]

    A change is a word for a word, two for one, or one for two; lines of different numbers of words are compared by the
    log-probability of all that is in them.

    Args:
        runs: a language model of words, or several over one vocabulary, whose mean it is.
        channel: how words are mistyped; None for neighbours on a keyboard.
        options: how readily words are changed.

    Raises:
        ConfigError: a run is no language model, not of words, or not like the others; a negative option.
    """

    def __init__(
        self, runs: Predictor | Sequence[Predictor], channel: Channel | None = None, options: Options = USUAL
    ) -> None:
        some = [runs] if isinstance(runs, Predictor) else list(runs)
        for run in some:
            _check_speaks(run)
        spoken = language(some, "mixture", "correct")
        self.language, self.options = spoken, options.checked()
        self._end = spoken.tokens.start_id
        vocabulary = spoken.tokens.vocabulary
        no_words = [one for one in (vocabulary.unknown_id, self._end) if one is not None]
        self._readings = Readings(vocabulary, no_words)
        if channel is not None:
            self._readings = self._readings.with_channel(channel)

    @property
    def letters(self) -> str:
        """The letters that are in many words."""
        return self._readings.letters

    def with_options(self, options: Options) -> "Corrector":
        """Return one that changes words more or less readily, with the same candidates looked up already.

        Raises:
            ConfigError: a negative option.
        """
        other = copy.copy(self)
        other.options = options.checked()
        if options.candidates != self.options.candidates:
            other._readings = self._readings.fresh()
        return other

    def with_channel(self, channel: Channel) -> "Corrector":
        """Return one that expects words to be mistyped in another way."""
        other = self.with_options(self.options)
        other._readings = self._readings.with_channel(channel)
        return other

    def correct(self, lines: Sequence[str], explained: bool = False, doubting: bool = True) -> Corrected:
        """Return lines with the words that were meant.

        Args:
            lines: text.
            explained: give odds and alternatives of each change, which takes longer.
            doubting: leave a text alone of which so much is unknown that it is likely in another language.
        """
        cut = [pieces(line) for line in lines]
        kept = Counter(piece.kept for line in cut for piece in line if piece.kept)
        words = [piece.word for line in cut for piece in line if not piece.kept]
        unknown = sum(not self._readings.is_known(word) for word in words)
        if doubting and len(words) >= FEWEST and unknown > MOST_UNKNOWN * len(words):
            remark = (
                f"{unknown:,} of {len(words):,} words ({unknown / len(words):.0%}) are unknown to "
                f"{self.language.name}: nothing was changed. Is it another language, or does the text need to be lower "
                "case?"
            )
            return Corrected(list(lines), [], dict(kept), [remark])
        self._readings.look_up(set(words), self.options.candidates)
        changes = self._changes(lines, cut)
        written = list(lines)
        for change in reversed(changes):
            text, stop = written[change.line], change.start + len(change.typed)
            written[change.line] = text[: change.start] + change.written + text[stop:]
        told = self._told(lines, cut, changes) if explained else changes
        return Corrected(written, told, dict(kept), [])

    def ranked(
        self, lines: Sequence[str], changes: Sequence[Change], spots: Sequence[Spot]
    ) -> list[list[tuple[str, float]]]:
        """Return what may have been meant at spots, the likeliest first, with log P(x | w) + λ log P(line) in nats.

        Args:
            lines: as they were typed.
            changes: what was changed in them: around a spot they count.
            spots: where to look.
        """
        made: dict[int, dict[int, Change]] = {spot.line: {} for spot in spots}
        for change in changes:
            made.setdefault(change.line, {})[change.start] = change
        cut = {number: pieces(lines[number]) for number in made}
        self._readings.look_up(
            {piece.word for line in cut.values() for piece in line if not piece.kept}, self.options.candidates
        )
        readings = [self._at(lines[spot.line], cut[spot.line], spot) for spot in spots]
        rows = []
        for spot, some in zip(spots, readings, strict=True):
            before, after = self._around(cut[spot.line], made[spot.line], spot)
            rows += [[*before, *one.ids, *after, self._end] for one in some]
        log_probs, found, first = self._whole(rows), [], 0
        for some in readings:
            own = np.array([one.score for one in some])
            scores = own + self.options.weight * log_probs[first : first + len(some)]
            first += len(some)
            best = np.argsort(-scores, kind="stable")
            found.append([(some[one].text, float(scores[one])) for one in best])
        return found

    def _changes(self, lines: Sequence[str], cut: Sequence[Sequence[Piece]]) -> list[Change]:
        """Return what the best readings of lines change."""
        changes: list[Change] = []
        for start in range(0, len(lines), _TOGETHER):
            part = range(start, min(len(lines), start + _TOGETHER))
            readings = [self._of_line(lines[number], cut[number]) for number in part]
            lattice = [[choices_of(some, self.options.threshold) for some in line] for line in readings]
            found = search(self.language.stepper, lattice, self._end, self.options.weight, self.options.beam)
            for number, line, picks in zip(part, readings, found, strict=True):
                for place, pick in enumerate(picks):
                    if pick > 0:
                        read, first = line[place][pick], cut[number][place]
                        last = cut[number][place + read.span - 1]
                        typed = lines[number][first.start : last.start + len(last.word)]
                        if read.text != typed:
                            changes.append(Change(number, first.start, typed, read.text))
        return changes

    def _of_line(self, line: str, cut: Sequence[Piece]) -> list[list[Reading]]:
        """Return what may have been meant at each place of a line."""
        found = [self._readings.of(piece, self.options) for piece in cut]
        for some, first, second in zip(found, cut, cut[1:], strict=False):
            joined = self._readings.joined(line, first, second, self.options)
            some.extend([joined] if joined else [])
        return found

    def _at(self, line: str, cut: Sequence[Piece], spot: Spot) -> list[Reading]:
        """Return what may have been meant at a spot, itself first."""
        some = cut[spot.place : spot.place + spot.span]
        if spot.span == 1:
            return self._readings.of(some[0], self.options)
        own = [self._readings.of(piece, self.options)[0] for piece in some]
        typed = line[some[0].start : some[1].start + len(some[1].word)]
        joined = self._readings.joined(line, some[0], some[1], self.options)
        first = Reading(typed, (*own[0].ids, *own[1].ids), own[0].score + own[1].score, 2)
        return [first, *([joined] if joined else [])]

    def _around(self, cut: Sequence[Piece], made: dict[int, Change], spot: Spot) -> tuple[list[int], list[int]]:
        """Return the tokens before and behind a spot as they are after changes, but for one that reaches into it."""
        within = range(spot.place, spot.place + spot.span)
        sides: tuple[list[int], list[int]] = [], []
        place = 0
        while place < len(cut):
            change = made.get(cut[place].start)
            span = 1 if change is None else max(1, len(change.typed.split()))
            reached = range(place, place + span)
            if place in within:
                place += 1
                continue
            if change is None or set(reached) & set(within):
                words, span = [cut[place].word], 1
            else:
                words = change.written.split()
            sides[place > spot.place].extend(map(self._readings.id, words))
            place += span
        return sides

    def _told(self, lines: Sequence[str], cut: Sequence[Sequence[Piece]], changes: Sequence[Change]) -> list[Change]:
        """Return changes with their odds and alternatives."""
        starts = [[piece.start for piece in line] for line in cut]
        spots = [Spot(one.line, starts[one.line].index(one.start), len(one.typed.split())) for one in changes]
        told = []
        for change, ranked in zip(changes, self.ranked(lines, changes, spots), strict=True):
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
        nats = read_lines(self.language.stepper, ids, np.cumsum(lengths)).nats
        return -np.add.reduceat(nats, np.cumsum(lengths) - lengths)


def _check_speaks(run: Predictor) -> None:
    """Refuse what does not know which words fit.

    Raises:
        ConfigError: it is no language model of words.
    """
    task: Any = run.task
    able = "mixture" in task.verbs
    if not able or task.config.tokens_are != "word":
        got = f"a language model of {task.config.tokens_are}s" if able else f"a run of task {task.config.name!r}"
        raise ConfigError(
            f"{run.path}: {got}, expected a language model of words: candidates are words of its vocabulary, and it "
            "says which fits. Train one: elman train lm FILE --level word."
        )
