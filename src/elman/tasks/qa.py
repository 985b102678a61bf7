"""Questions about passages: the answer is a piece of the passage."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from pydantic import Field as Option

from elman.answers.base import Answer, rounded
from elman.answers.spans import NO_PIECE, Piece, span_answer
from elman.coders.base import Coder
from elman.coders.passages import PassagesCoder
from elman.coders.spans import SpansCoder
from elman.data.bucketing import buckets
from elman.data.encoded import Encoded
from elman.data.records import Example
from elman.decoding.spans import Scored, best_spans
from elman.evaluation.answered_spans import span_verdict
from elman.evaluation.base import Detail, Verdict
from elman.tasks.base import Say, TaskData
from elman.tasks.base.passages import PassageTask, within
from elman.tasks.base.usual_spans import FirstMatch, QuestionOnly, SlidingWindow
from elman.text.passages import passage_words, word_places
from elman.text.spelling import Spelling

_MOST_ROWS, _MOST_PLACES = 128, 1 << 14
_PICTURES, _AROUND = 4, 8


class PassageQuestions(PassageTask):
    """A piece of a passage that answers a question about it.

        J = -1/N Σ log Σ_g P(first word of g) P(last word of g)        over the answers g that would be right

    Args:
        config: the `[task]` section, everything decided.
        inputs: the coder of words.
        answers: that of `answer`, first and last words.
    """

    coder: PassagesCoder

    class Config(PassageTask.Config):
        """Options of questions about passages."""

        name: str = "qa"
        longest_answer: int = Option(15, ge=1, le=1000, description="Words of an answer at most.")

    answering = ("longest_answer",)
    default_model = "span_reader"

    @classmethod
    def suggestions(cls, config: Any) -> Sequence[str]:
        """Ask a question about a text, or those of a file."""
        return ('elman predict {run} TEXT.txt --question "..."', "elman evaluate {run} FILE")

    @classmethod
    def learn(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, Coder, dict[str, Coder]]:
        """Return the options with how much is learned from, the coder of words, and that of answers."""
        config, inputs = cls.learn_words(config, train)
        return config, inputs, {"answer": SpansCoder(config.longest_answer)}

    @classmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Return a task with the vocabularies of a folder."""
        inputs = PassagesCoder.load(folder, Spelling(config.lowercase, False), config.unknown_rate)
        return cls(config, inputs, {"answer": SpansCoder.load(folder, "answer")})

    def trivial(self, data: TaskData) -> Mapping[str, Any]:
        """Return what sees only the question, and what counts words that it shares with the passage."""
        return {
            "question only": QuestionOnly(self.coder, data.train),
            "first match": FirstMatch(self.coder),
            "sliding window": SlidingWindow(self.coder),
        }

    def each(self, model: Any, data: Encoded, weighed: bool) -> Iterator[tuple[int, Scored, np.ndarray | None]]:
        """Yield the row of each question, the logits of the words of its passage, (T,), and where these looked."""
        room, (passages, questions) = self.config.longest, data.widths
        short = np.flatnonzero((passages > 0) & (passages <= room) & (questions > 0))
        for some in buckets(data.widths[:, short], _MOST_ROWS, _MOST_PLACES):
            rows = short[some]
            found: Scored = model.spans(self.batch(replace(data, targets={}), rows))
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
        for first, speaks, stop, end in self.windows(example):
            data = self.encode([within(example, first, end)])
            found: Scored = model.spans(self.batch(data, np.arange(1)))
            kept = slice(speaks - first, stop - first)
            parts.append((found.start[0, kept], found.end[0, kept]))
            if found.looked is not None:
                looked.append(found.looked[0, kept])
        start, last = (np.concatenate(some) for some in zip(*parts, strict=True))
        return Scored(start, last), np.concatenate(looked) if looked else None

    def pieces(self, example: Example, said: Scored, k: int) -> list[Piece]:
        """Return the k likeliest pieces of a passage, cut out of it as it is written."""
        passage = example.fields["passage"]
        places = word_places(passage)
        found = []
        for one in best_spans(said.start, said.end, self.config.longest_answer, k):
            begin, end = places[one.first][0], places[one.last][1]
            found.append(Piece(passage[begin:end], begin, end, float(np.exp(one.log_prob))))
        return found or [NO_PIECE]

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
        learned = f"{self.config.questions:,} questions"
        return span_verdict(data.examples, [one.text for one in said], [one.probability for one in said], learned)

    def _seen(self, example: Example, said: Scored, looked: np.ndarray) -> tuple[list[str], np.ndarray]:
        """Return the words of a passage around the best piece, and how much each looked at the question's, (n, J)."""
        (best,) = best_spans(said.start, said.end, self.config.longest_answer)
        some = slice(max(0, best.first - _AROUND), best.last + 1 + _AROUND)
        return passage_words(example.fields["passage"])[some], looked[some]

    def pictured(self, model: Any, examples: Sequence[Example]) -> list[Detail]:
        """Return how much the words around each answer looked at those of the question."""
        found = {}
        for row, said, looked in self.each(model, self.encode(examples), True):
            if looked is not None and len(said.start):
                words, weights = self._seen(examples[row], said, looked)
                asked = passage_words(examples[row].fields["question"])
                table: list[list[str | int | float]] = [
                    [word, *map(float, one)] for word, one in zip(words, weights, strict=True)
                ]
                title = f"{str(examples[row].fields['question']).strip()} {self.kept(examples[row], said).text}"
                found[row] = Detail(title, ["question/passage", *asked], table, "looked")
        return [found[row] for row in sorted(found)]

    def views(self, model: Any, data: TaskData) -> list[Detail]:
        """Return those pictures of some questions of the validation part, spread over it."""
        examples = data.valid.examples
        some = np.unique(np.linspace(0, len(examples) - 1, _PICTURES).round().astype(int))
        return self.pictured(model, [examples[row] for row in some])
