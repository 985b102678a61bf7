"""What tasks share whose examples are a passage and a question about it."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from pydantic import Field as Option

from elman.coders.passages import PassagesCoder
from elman.data.records import Example
from elman.decoding.spans import covering
from elman.errors import DataError
from elman.evaluation.details import Detail
from elman.tasks.base.data import TaskData
from elman.tasks.base.examples import ExampleTask
from elman.tasks.base.picturing import Picturing
from elman.tasks.base.protocols import Labeler
from elman.text.passages import passage_words
from elman.text.printed import on_one_line
from elman.text.spelling import Spelling

_MANY = 100
"""Windows from which on it is told that there are so many."""

WINDOW = "window"
"""The field of an example that says which words of its passage are read."""


class PassageTask(Picturing, ExampleTask):
    """A task whose examples are a passage and a question about it."""

    class Config(ExampleTask.Config):
        """Options of tasks that read passages."""

        longest: int = Option(
            400, ge=20, le=100_000, description="Words of a window: longer passages are read in several that overlap."
        )
        overlap: int = Option(100, ge=0, le=100_000, description="Words that two windows of a long passage share.")
        everywhere: bool = Option(
            False, description="An answer is right wherever the passage has its text, and not only at its place."
        )
        lowercase: bool = Option(True, description="Look words up in lower case; characters and shapes keep theirs.")
        min_count: int = Option(2, ge=1, description="Words that are rarer in training are read as <unk>.")
        unknown_rate: float = Option(
            0.0, ge=0, lt=1, description="In training, words that occur once are read as <unk> with this probability."
        )
        questions: int = Option(0, ge=0, description="Questions that were learned from; training counts them.")

    bounds = {**ExampleTask.bounds, "longest": "width"}
    plural = "questions"
    target = "question"
    patience = 5
    apart_by = ("article",)
    verbs = ("examples", "questions", "passages")

    @classmethod
    def learn_words(cls, config: Any, train: Sequence[Example]) -> tuple[Any, PassagesCoder]:
        """Return the options with how many questions are learned from, and the coder of words.

        A passage counts once, however many questions are about it.
        """
        config = config.model_copy(update={"questions": len(train)})
        passages = dict.fromkeys(str(one.fields["passage"]) for one in train)
        texts = [passage_words(one) for one in passages]
        texts += [words for one in train for words in cls.given(config, one)[1:]]
        spelling = Spelling(config.lowercase, digits=False)
        return config, PassagesCoder.learn(texts, spelling, config.min_count, config.unknown_rate)

    def windows(self, example: Example) -> Iterator[tuple[int, int, int, int]]:
        """Yield the windows in which a long passage is read, see `covering`."""
        length = len(passage_words(example.fields["passage"]))
        yield from covering(length, self.config.longest, min(self.config.overlap, self.config.longest - 1))

    def check(self, examples: Sequence[Example], held_out: bool) -> None:
        """Take every question: any passage may have its answer."""

    @staticmethod
    def asking(passage: str, question: str) -> Example:
        """Return a question about a text, of which nothing is changed: places count its characters.

        Raises:
            DataError: the text or the question is empty.
        """
        for what, text in (("passage", passage), ("question", question)):
            if not passage_words(text):
                raise DataError(f"no {what}: got nothing, expected some words. Give it.")
        return Example({"passage": passage, "question": question})

    @abstractmethod
    def shown_right(self, example: Example) -> str:
        """Return what would be right, as people read it."""

    def sample(self, model: Labeler, data: TaskData, seed: int) -> str:
        """Return some questions of the validation part with what is said to them and what would be right."""
        lines = zip(super().sample(model, data, seed).split("\n"), data.valid.examples, strict=False)
        return "\n".join(f"{line}\tright: {on_one_line(self.shown_right(example))}" for line, example in lines)

    @abstractmethod
    def seen(self, example: Example, said: Any, looked: np.ndarray) -> Detail | None:
        """Return the picture of where the words of a passage looked, if there is one.

        Args:
            example: a question about it.
            said: to it.
            looked: how much each word of the passage looked at each of the question, (T, J).
        """

    def pictured(self, model: Any, examples: Sequence[Example]) -> list[Detail]:
        """Return those pictures of some questions, in their order."""
        every = sorted(self.each(model, self.encode(examples), True), key=lambda one: one[0])
        seen = [self.seen(examples[row], said, looked) for row, said, looked in every if looked is not None]
        return [one for one in seen if one is not None]

    def remarks(self, examples: Sequence[Example]) -> list[str]:
        """Say of very long passages how much there is to read: what is asked about each takes its time."""
        longest = self.config.longest
        if "longest" not in self.bounded:
            return []
        cut = [sum(1 for _ in self.windows(one)) for one in examples]
        if sum(cut) <= len(cut) + _MANY:
            return []
        return [f"passages of more than {longest:,} words are read in windows, {sum(cut):,} in all: this takes a while"]

    def unknown(self, examples: Sequence[Example]) -> tuple[int, int, str]:
        """Return how many words of passages and questions are unknown, and of how many."""
        words, unknown = self.coder.counts(self.encode(examples).inputs).values()
        return unknown, words, "words"


def words_read(example: Example) -> list[str]:
    """Return the words of a passage that are read: all of them, or a window."""
    return passage_words(example.fields["passage"])[slice(*example.fields.get(WINDOW, (None,)))]


def within(example: Example, first: int, stop: int) -> Example:
    """Return a question about some words of its passage."""
    return replace(example, fields={**example.fields, WINDOW: (first, stop)})
