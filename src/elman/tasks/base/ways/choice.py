"""The answer is one of four that are given."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from elman.answers.base import Answer
from elman.answers.choices import choice_answer
from elman.coders.base import Coder
from elman.coders.labels import LabelsCoder
from elman.data.bucketing import buckets
from elman.data.choices import CHOICES, LETTERS
from elman.data.encoded import Encoded
from elman.data.fields import Field, Kind
from elman.data.records import Example
from elman.errors import DataError, quoted
from elman.evaluation.base import Verdict
from elman.evaluation.chosen import Chosen, choice_verdict
from elman.tasks.base.guesses.base import ChoiceGuess
from elman.tasks.base.passages import PassageTask
from elman.tasks.base.reading import labels_of
from elman.tasks.base.ways.base import Way
from elman.text.passages import passage_words
from elman.text.vocabulary import Vocabulary

_MOST_ROWS, _MOST_PLACES = 64, 1 << 14
_BETWEEN = "|"


class ChoiceWay(Way):
    """One of four answers.

    J = -1/N Σ log P(the right one)
    """

    beside = (Field("choices", Kind.CHOICES),)
    answer = Field("answer", Kind.LABEL)
    head = "choice"
    reads = ("passage", "question", *CHOICES)
    model = "choice_reader"
    does = "one of four answers is chosen"
    line = f"{1 + len(LETTERS)}, between a passage, a question and its answers {', '.join(LETTERS)}"
    prompt = f"... {_BETWEEN} {f' {_BETWEEN} '.join(LETTERS)}"

    @classmethod
    def texts(cls, example: Example) -> list[str]:
        """Return the question and its four answers."""
        return [example.fields["question"], *example.fields["choices"]]

    @classmethod
    def asked(cls, passage: str, texts: Sequence[str]) -> Example:
        """Return the example of a passage, a question and its answers.

        Raises:
            DataError: the passage, the question or an answer is empty.
        """
        question, *choices = (text.strip() for text in texts)
        for letter, choice in zip(LETTERS, choices, strict=True):
            if not passage_words(choice):
                raise DataError(f"answer {letter}: got {quoted(choice)}, expected some words. Write it.")
        example = PassageTask.asking(passage, question)
        return replace(example, fields={**example.fields, "choices": choices})

    @classmethod
    def parts(cls, question: str) -> Sequence[str]:
        """Return the question and its answers, bars between.

        Raises:
            DataError: they are not four.
        """
        parts = question.split(_BETWEEN)
        if len(parts) != 1 + len(LETTERS):
            raise DataError(
                f"got {len(parts) - 1} answers in {quoted(question)}, expected {len(LETTERS)} to choose among: "
                f'"question {_BETWEEN} {f" {_BETWEEN} ".join(LETTERS)}".'
            )
        return parts

    @classmethod
    def coder(cls, config: Any) -> Coder:
        """Return the coder of the letters, whose numbers are the places of the answers."""
        return LabelsCoder(Vocabulary(LETTERS, [0] * len(LETTERS)))

    @classmethod
    def load(cls, folder: Path) -> Coder:
        """Return that of a folder."""
        return LabelsCoder(labels_of(folder, [cls.head])[cls.head])

    @classmethod
    def shown_right(cls, example: Example) -> str:
        """Return the right answer with its letter."""
        letter = example.fields["answer"]
        return f"{letter} {example.fields['choices'][LETTERS.index(letter)]}"

    def gold(self, example: Example) -> list[str]:
        """Return the letter of the right answer."""
        return [example.fields["answer"]]

    def each(self, model: Any, data: Encoded) -> Iterator[tuple[int, np.ndarray, None]]:
        """Yield the row of each question and log p of each of its answers (nats), (4,)."""
        if isinstance(model, ChoiceGuess):
            yield from ((row, model.log_probs(example), None) for row, example in enumerate(data.examples))
            return
        for rows in buckets(data.widths, _MOST_ROWS, _MOST_PLACES):
            batch = self.task.batch(replace(data, targets={}), rows)
            found = model.answers(batch).log_probs[self.head][:, 0]
            yield from ((row, found[place], None) for place, row in enumerate(rows.tolist()))

    def present(self, example: Example, said: np.ndarray, k: int, facts: bool, looked: np.ndarray | None) -> Answer:
        """Return the k likeliest answers."""
        return choice_answer(example, said, k, facts)

    def kept(self, example: Example, said: np.ndarray) -> Chosen:
        """Return the likeliest answer, and how much of it is right."""
        return Chosen.of(said, LETTERS.index(example.fields["answer"]))

    def verdict(self, data: Encoded, said: Sequence[Chosen]) -> Verdict:
        """Return how many answers are right."""
        return choice_verdict(data.examples, said, **self.signed())
