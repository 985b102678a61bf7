"""What tasks share whose examples are a passage and a question about it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import Field as Option

from elman.coders.passages import PassagesCoder
from elman.data.fields import Field, Kind
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.decoding.spans import covering
from elman.errors import DataError
from elman.tasks.base.data import DataFiles, Say
from elman.tasks.base.examples import ExampleTask
from elman.text.passages import Placed, passage_words, spans_of
from elman.text.printed import counted
from elman.text.spelling import Spelling

_WINDOW = "window"


class PassageTask(ExampleTask):
    """A task whose examples are a passage, a question about it, and the pieces of the passage that answer it."""

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
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return what it reads: a passage, a question, and the answers that are right."""
        return (*cls.inputs(config), Field("golds", Kind.SPANS))

    @classmethod
    def inputs(cls, config: Any) -> tuple[Field, ...]:
        """Return what is there without an answer."""
        return Field("passage", Kind.TEXT), Field("question", Kind.TEXT)

    @classmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the passage and the question."""
        return "passage", "question"

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Return what is predicted."""
        return ("answer",)

    @classmethod
    def given(cls, config: Any, example: Example) -> Sequence[Any]:
        """Return the words of the passage, or of a window of it, and those of the question."""
        passage, question = (passage_words(example.fields[name]) for name in ("passage", "question"))
        return passage[slice(*example.fields.get(_WINDOW, (None,)))], question

    @classmethod
    def divided(cls, config: Any, reader: Reader, files: DataFiles, say: Say) -> tuple[list[Example], list[Example]]:
        """Return the examples that are learned from, each as a window that has an answer, and those of validation.

        Raises:
            DataError: no question can be learned from.
        """
        train, valid = super().divided(config, reader, files, say)
        learned, moved, nowhere, several = [], 0, 0, 0
        for example in train:
            placed = cls.spans(config, example)
            moved += sum(one.moved for one in placed)
            kept = next(_windows_with(example, config, placed), None)
            nowhere += kept is None
            several += kept is not None and _WINDOW in kept.fields
            learned += [] if kept is None else [kept]
        if not learned:
            raise DataError(
                f"{train[0].where}: no answer stands in its passage: nothing to learn from. Is it the file?"
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
        return learned, valid

    @classmethod
    def learn_words(cls, config: Any, train: Sequence[Example]) -> tuple[Any, PassagesCoder]:
        """Return the options with how many questions are learned from, and the coder of words.

        A passage counts once, however many questions are about it.
        """
        config = config.model_copy(update={"questions": len(train)})
        passages = dict.fromkeys(str(one.fields["passage"]) for one in train)
        texts = [passage_words(one) for one in passages]
        texts += [passage_words(one.fields["question"]) for one in train]
        spelling = Spelling(config.lowercase, digits=False)
        return config, PassagesCoder.learn(texts, spelling, config.min_count, config.unknown_rate)

    @classmethod
    def spans(cls, config: Any, example: Example) -> list[Placed]:
        """Return the different answers that are right, by the words of the passage."""
        return spans_of(example.fields["passage"], example.fields["golds"], config.everywhere)

    def gold(self, example: Example) -> Mapping[str, Any]:
        """Return first and last word of each answer within what is read of the passage."""
        first, stop = example.fields.get(_WINDOW, (0, None))
        placed = self.spans(self.config, example)
        kept = [one for one in placed if one.first >= first and (stop is None or one.last < stop)]
        return {"answer": [(one.first - first, one.last - first) for one in kept]}

    def windows(self, example: Example) -> Iterator[tuple[int, int, int, int]]:
        """Yield the windows in which a long passage is read, see `covering`."""
        length = len(passage_words(example.fields["passage"]))
        yield from covering(length, self.config.longest, min(self.config.overlap, self.config.longest - 1))

    def check(self, examples: Sequence[Example], held_out: bool) -> None:
        """Take every question: any passage may have its answer."""

    def parse(self, line: str, split: bool) -> Example:
        """Return the question of a line, which stands behind its passage and a tab.

        Raises:
            DataError: there is no tab, there are several, or the question is empty.
        """
        parts = line.split("\t")
        if len(parts) != 2:
            got = f"got {len(parts) - 1} tabs in {line!r}, expected one, between a passage and a question about it"
            raise DataError(f"{got}. A file like those of the training is read with --input data.")
        return self.about(*parts)

    def about(self, text: str, question: str) -> Example:
        """Return a question about a text, of which nothing is changed: places count its characters.

        Raises:
            DataError: the question is empty.
        """
        if not passage_words(question):
            raise DataError("no question: got nothing, expected some words. Give it.")
        return Example({"passage": text, "question": question})

    def unknown(self, examples: Sequence[Example]) -> tuple[int, int, str]:
        """Return how many words of passages and questions are unknown, and of how many."""
        words, unknown = self.coder.counts(self.encode(examples).inputs).values()
        return unknown, words, "words"


def within(example: Example, first: int, stop: int) -> Example:
    """Return a question about some words of its passage."""
    return replace(example, fields={**example.fields, _WINDOW: (first, stop)})


def _windows_with(example: Example, config: Any, placed: Sequence[Placed]) -> Iterator[Example]:
    """Yield a question about each window of its passage that has an answer: about all of it, where that is one."""
    length = len(passage_words(example.fields["passage"]))
    if length <= config.longest:
        yield from [example] * bool(placed)
        return
    for first, _, _, stop in covering(length, config.longest, min(config.overlap, config.longest - 1)):
        if any(first <= one.first and one.last < stop for one in placed):
            yield within(example, first, stop)
