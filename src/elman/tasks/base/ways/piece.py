"""The answer is a piece of the passage, cut out of it as it is written."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from elman.answers.base import Answer, rounded
from elman.answers.spans import NO_PIECE, Piece, span_answer
from elman.coders.base import Coder
from elman.coders.spans import SpansCoder
from elman.data.bucketing import buckets
from elman.data.encoded import Encoded
from elman.data.fields import Field, Kind
from elman.data.records import Example
from elman.decoding.spans import Found, Scored, best_spans, covering
from elman.errors import DataError
from elman.evaluation.answered_spans import span_verdict
from elman.evaluation.base import Verdict
from elman.evaluation.details import Detail, Looked
from elman.tasks.base.data import Say
from elman.tasks.base.passages import WINDOW, within
from elman.tasks.base.ways.base import Way
from elman.text.passages import Placed, passage_words, spans_of, spoken, word_places
from elman.text.printed import counted

_MOST_ROWS, _MOST_PLACES = 128, 1 << 14
_AROUND = 8


class PieceWay(Way):
    """A piece of the passage.

    J = -1/N Σ log Σ_g P(first word of g) P(last word of g)        over the answers g that would be right
    """

    answer = Field("golds", Kind.SPANS)
    head = "answer"
    model = "span_reader"
    does = "a piece of the passage is answered"
    options = ("longest", "overlap", "everywhere", "longest_answer")
    bounds = {"longest": "width"}
    answering = ("longest_answer",)

    @classmethod
    def learned(cls, config: Any, examples: Sequence[Example], say: Say) -> list[Example]:
        """Return the examples that are learned from, each as a window that has an answer.

        Raises:
            DataError: no question can be learned from.
        """
        learned, moved, nowhere, several = [], 0, 0, 0
        for example in examples:
            placed = cls.spans(config, example)
            moved += sum(one.moved for one in placed)
            kept = next(_windows_with(example, config, placed), None)
            nowhere += kept is None
            several += kept is not None and WINDOW in kept.fields
            learned += [] if kept is None else [kept]
        if not learned:
            raise DataError(
                f"{examples[0].where}: no answer stands in its passage: nothing to learn from. Is it the file?"
            )
        if moved:
            which = "it touches" if moved == 1 else "they touch"
            answers = f"{counted(moved, 'answers')} of training not on the borders of words"
            say(f"{answers}: taken with all of the words that {which}")
        if nowhere:
            say(f"left out of training: {counted(nowhere, 'questions')} whose answer is nowhere in its passage")
        if several:
            say(
                f"{several:,} of {len(learned):,} questions are about passages of more than {config.longest:,} words: "
                "learned from a window that has the answer, answered from all; --set task.longest=N decides it"
            )
        return learned

    @classmethod
    def coder(cls, config: Any) -> Coder:
        """Return the coder of first and last words."""
        return SpansCoder(config.longest_answer)

    @classmethod
    def load(cls, folder: Path) -> Coder:
        """Return that of a folder."""
        return SpansCoder.load(folder, cls.head)

    @classmethod
    def spans(cls, config: Any, example: Example) -> list[Placed]:
        """Return the different answers that are right, by the words of the passage."""
        return spans_of(example.fields["passage"], example.fields["golds"], config.everywhere)

    @classmethod
    def shown_right(cls, example: Example) -> str:
        """Return the different texts that are right."""
        return " / ".join(dict.fromkeys(gold.text for gold in example.fields["golds"]))

    def gold(self, example: Example) -> Any:
        """Return first and last word of each answer within what is read of the passage."""
        first, stop = example.fields.get(WINDOW, (0, None))
        placed = self.spans(self.task.config, example)
        kept = [one for one in placed if one.first >= first and (stop is None or one.last < stop)]
        return [(one.first - first, one.last - first) for one in kept]

    def each(self, model: Any, data: Encoded) -> Iterator[tuple[int, Scored, np.ndarray | None]]:
        """Yield the row of each question, the logits of the words of its passage, (T,), and where these looked."""
        room, (passages, questions) = self.task.config.longest, data.widths
        short = np.flatnonzero((passages > 0) & (passages <= room) & (questions > 0))
        for some in buckets(data.widths[:, short], _MOST_ROWS, _MOST_PLACES):
            rows = short[some]
            found: Scored = model.spans(self.task.batch(replace(data, targets={}), rows))
            for place, row in enumerate(rows.tolist()):
                words = slice(passages[row])
                looked = None if found.looked is None else found.looked[place, words, : questions[row]]
                yield row, Scored(found.start[place, words], found.end[place, words]), looked
        for row in np.setdiff1d(np.arange(len(passages)), short).tolist():
            if passages[row] and questions[row]:
                yield row, *self._long(model, data.examples[row])
            else:
                yield row, Scored(np.empty(0), np.empty(0)), None

    def _long(self, model: Any, example: Example) -> tuple[Scored, np.ndarray | None]:
        """Return what is said of a long passage: of each word what the window says in whose middle it is most."""
        parts, looked = [], []
        for first, speaks, stop, end in self.task.windows(example):
            data = self.task.encode([within(example, first, end)])
            found: Scored = model.spans(self.task.batch(data, np.arange(1)))
            kept = slice(speaks - first, stop - first)
            parts.append((found.start[0, kept], found.end[0, kept]))
            if found.looked is not None:
                looked.append(found.looked[0, kept])
        start, last = (np.concatenate(some) for some in zip(*parts, strict=True))
        return Scored(start, last), np.concatenate(looked) if looked else None

    def pieces(self, example: Example, said: Scored, k: int) -> list[Piece]:
        """Return the k likeliest pieces of a passage, cut out of it as it is written.

        Marks alone are none, unless a passage has nothing else.
        """
        passage = example.fields["passage"]
        places = word_places(passage)
        found = []
        for one in self._best(example, said, k):
            begin, end = places[one.first][0], places[one.last][1]
            found.append(Piece(passage[begin:end], begin, end, float(np.exp(one.log_prob))))
        return found or [NO_PIECE]

    def _best(self, example: Example, said: Scored, k: int) -> list[Found]:
        """Return the k likeliest pieces by their words."""
        marks = np.array([not spoken(word) for word in passage_words(example.fields["passage"])], bool)
        return best_spans(said.start, said.end, self.task.config.longest_answer, k, None if marks.all() else marks)

    def present(self, example: Example, said: Scored, k: int, facts: bool, looked: np.ndarray | None) -> Answer:
        """Return the k likeliest pieces of a passage; in JSON where the best one's words looked."""
        told = None
        if facts and looked is not None:
            words, weights = self._seen(example, said, looked)
            told = {
                "passage": words,
                "question": passage_words(example.fields["question"]),
                "weights": rounded(weights),
            }
        return span_answer(example, self.pieces(example, said, k), facts, told)

    def kept(self, example: Example, said: Scored) -> Piece:
        """Return the likeliest piece."""
        return self.pieces(example, said, 1)[0]

    def verdict(self, data: Encoded, said: Sequence[Piece]) -> Verdict:
        """Return F1 and exact match by the official rules."""
        return span_verdict(
            data.examples, [one.text for one in said], [one.probability for one in said], **self.signed()
        )

    def _seen(self, example: Example, said: Scored, looked: np.ndarray) -> tuple[list[str], np.ndarray]:
        """Return the words of a passage around the best piece, and how much each looked at the question's, (n, J)."""
        (best,) = self._best(example, said, 1)
        some = slice(max(0, best.first - _AROUND), best.last + 1 + _AROUND)
        return passage_words(example.fields["passage"])[some], looked[some]

    def seen(self, example: Example, said: Scored, looked: np.ndarray) -> Detail | None:
        """Return how much the words around the answer looked at those of the question."""
        if not len(said.start):
            return None
        words, weights = self._seen(example, said, looked)
        table: list[list[str | int | float]] = [
            [word, *map(float, one)] for word, one in zip(words, weights, strict=True)
        ]
        title = f"{example.fields['question'].strip()} {self.kept(example, said).text}"
        return Looked(title, ["", *self.question(example)], table, "question", "passage")


def _windows_with(example: Example, config: Any, placed: Sequence[Placed]) -> Iterator[Example]:
    """Yield a question about each window of its passage that has an answer: about all of it, where that is one."""
    length = len(passage_words(example.fields["passage"]))
    if length <= config.longest:
        yield from [example] * bool(placed)
        return
    for first, _, _, stop in covering(length, config.longest, min(config.overlap, config.longest - 1)):
        if any(first <= one.first and one.last < stop for one in placed):
            yield within(example, first, stop)
