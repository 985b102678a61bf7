"""Questions about passages: the answer is a piece of the passage, or one of four that are given."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from pydantic import Field as Option

from elman.answers.base import Answer
from elman.coders.base import Coder
from elman.coders.passages import PassagesCoder
from elman.data.encoded import Encoded
from elman.data.fields import Field, Kind
from elman.data.readers import formats, likeness
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.evaluation.base import Verdict
from elman.evaluation.details import Detail
from elman.tasks.base import DataFiles, Say, TaskData
from elman.tasks.base.guesses import GUESSES
from elman.tasks.base.passages import PassageTask, words_read
from elman.tasks.base.ways import WAYS, Way
from elman.text.passages import passage_words
from elman.text.spelling import Spelling


class PassageQuestions(PassageTask):
    """A question about a passage, answered in one of several ways: see `elman.tasks.base.ways`.

    Args:
        config: the `[task]` section, everything decided.
        inputs: the coder of words.
        answers: that of what is predicted.
    """

    coder: PassagesCoder

    class Config(PassageTask.Config):
        """Options of questions about passages."""

        name: str = "qa"
        answers: str = Option(
            "auto", description="What answers: `piece` of the passage, `choice` of four; auto sees it by the file."
        )
        longest_answer: int = Option(15, ge=1, le=1000, description="Words of a piece at most.")

    default_model = "span_reader"

    @classmethod
    def of(cls, config: Any) -> type[Way]:
        """Return the way in which questions are answered."""
        return WAYS.get("piece" if config.answers == "auto" else config.answers)  # `auto` in runs from before

    @property
    def way(self) -> Way:
        """That of this task."""
        return self.of(self.config)(self)

    @property
    def answering(self) -> Sequence[str]:  # type: ignore[override]
        """Options that say how it answers, those of its way."""
        return self.way.answering

    @property
    def bounded(self) -> Mapping[str, str]:
        """Those of its options that its way does not refuse."""
        others = {option for name in WAYS.names() for option in WAYS.get(name).options} - {*self.way.options}
        return {name: what for name, what in self.bounds.items() if name not in others}

    @classmethod
    def settle(cls, config: Any, names: Sequence[str], reader: Mapping[str, Any] | None = None) -> Any:
        """See by the training file, or by the format that is named, how its questions are answered."""
        if config.answers != "auto":
            return config
        able = {}
        for name in WAYS.names():
            fields = cls.fields(config.model_copy(update={"answers": name}))
            able[name] = max(likeness(names[0], fields, formats(fields, reader)).values(), default=-1)
        return config.model_copy(update={"answers": max(able, key=lambda name: (able[name], name == "piece"))})

    @classmethod
    def usual_model(cls, config: Any) -> str:
        """Return the model that answers so."""
        return cls.of(config).model

    @classmethod
    def suggestions(cls, config: Any) -> Sequence[str]:
        """Ask a question about a text, or those of a file."""
        return (f'elman predict {{run}} TEXT.txt --question "{cls.of(config).prompt}"', "elman evaluate {run} FILE")

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return what it reads: a passage, a question, what that has besides, and the answer."""
        return (*cls.inputs(config), cls.of(config).answer)

    @classmethod
    def inputs(cls, config: Any) -> tuple[Field, ...]:
        """Return what is there without an answer."""
        return Field("passage", Kind.TEXT), Field("question", Kind.TEXT), *cls.of(config).beside

    @classmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the passage, the question, and what that has besides."""
        return cls.of(config).reads

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Return what is predicted."""
        return (cls.of(config).head,)

    @classmethod
    def given(cls, config: Any, example: Example) -> Sequence[Any]:
        """Return the words of the passage, or of a window of it, and those of what is asked."""
        return [words_read(example), *map(passage_words, cls.of(config).texts(example))]

    @classmethod
    def divided(cls, config: Any, reader: Reader, files: DataFiles, say: Say) -> tuple[list[Example], list[Example]]:
        """Return the examples that are learned from, and those of validation; options of other ways are refused."""
        train, valid = super().divided(config, reader, files, say)
        cls.of(config).refuse_options_of(map(WAYS.get, WAYS.names()), config)
        return cls.of(config).learned(config, train, say), valid

    @classmethod
    def learn(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, Coder, dict[str, Coder]]:
        """Return the options with how much is learned from, the coder of words, and that of answers."""
        (config, inputs), way = cls.learn_words(config, train), cls.of(config)
        return config, inputs, {way.head: way.coder(config)}

    @classmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Return a task with the vocabularies of a folder."""
        inputs, way = PassagesCoder.load(folder, Spelling(config.lowercase, False), config.unknown_rate), cls.of(config)
        return cls(config, inputs, {way.head: way.load(folder)})

    def trivial(self, data: TaskData) -> Mapping[str, Any]:
        """Return what answers by how often answers are given, then what answers without learning."""
        own = [kind for kind in map(GUESSES.get, GUESSES.names()) if WAYS.get(kind.way) is self.of(self.config)]
        return {kind.title: kind(self.coder, data.train) for kind in sorted(own, key=lambda one: not one.frequencies)}

    def gold(self, example: Example) -> Mapping[str, Any]:
        """Return the answers that are right."""
        return {self.way.head: self.way.gold(example)}

    def parse(self, line: str, split: bool) -> Example:
        """Return the question of a line, which stands behind its passage and a tab.

        Raises:
            DataError: there are other tabs than expected, or something is empty.
        """
        return self.way.asked(*self.way.cut(line))

    def about(self, text: str, question: str) -> Example:
        """Return a question about a text; `Way.asked` and `Way.parts` take them, or refuse them."""
        return self.way.asked(text, self.way.parts(question))

    def each(self, model: Any, data: Encoded, weighed: bool) -> Iterator[tuple[int, Any, np.ndarray | None]]:
        """Yield the row of each question, what a model says to it, and where the words of its passage looked."""
        yield from self.way.each(model, data)

    def present(self, example: Example, said: Any, k: int, facts: bool, looked: np.ndarray | None) -> Answer:
        """Return the k likeliest answers; in JSON where the best one's words looked."""
        return self.way.present(example, said, k, facts, looked)

    def kept(self, example: Example, said: Any) -> Any:
        """Return the likeliest answer."""
        return self.way.kept(example, said)

    def verdict(self, data: Encoded, said: Sequence[Any]) -> Verdict:
        """Return what the answers are worth."""
        return self.way.verdict(data, said)

    def shown_right(self, example: Example) -> str:
        """Return what would be right, as it is shown."""
        return self.way.shown_right(example)

    def seen(self, example: Example, said: Any, looked: np.ndarray) -> Detail | None:
        """Return how much the words around the answer looked at those of the question."""
        return self.way.seen(example, said, looked)
