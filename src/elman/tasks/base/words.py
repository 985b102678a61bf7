"""What tasks share whose examples have words, or series of numbers in their place."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import Field

from elman.coders.base import Coder
from elman.coders.words import WordsCoder
from elman.data.bucketing import buckets
from elman.data.encoded import Encoded
from elman.data.fields import Kind
from elman.data.records import Answers, Example
from elman.errors import ConfigError
from elman.tasks.base.data import Say
from elman.tasks.base.examples import ExampleTask
from elman.tasks.base.framing import FRAMES
from elman.tasks.base.inputs import learn_inputs, load_inputs
from elman.tasks.base.protocols import Labeler
from elman.tasks.base.reading import labels_of
from elman.text.vocabulary import Vocabulary

_MOST_ROWS = 256
_MOST_PLACES = 4096
_MOST_CELLS = 1 << 22
"""Probabilities that are there at once, rows times classes."""


class WordsTask(ExampleTask):
    """A task whose examples have words, one text or several."""

    class Config(ExampleTask.Config):
        """Options of tasks that read words."""

        lowercase: bool = Field(True, description="Look words up in lower case; characters and shapes keep theirs.")
        digits: bool = Field(True, description="Look words up with each digit as 0.")
        min_count: int = Field(1, ge=1, description="Words that are rarer in training are read as <unk>.")
        unknown_rate: float = Field(
            0.5, ge=0, lt=1, description="In training, words that occur once are read as <unk> with this probability."
        )
        vectors: str = Field("", description="A file of pretrained vectors: word2vec, GloVe, fastText; text or binary.")

    patience = 5
    texts: ClassVar[Sequence[str]] = ("words",)
    """The fields of a batch with the words of an example."""

    @classmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the words of each text."""
        return tuple(cls.texts)

    @classmethod
    @abstractmethod
    def learn_answers(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, dict[str, Coder]]:
        """Return the options with what the training part decides, and the coder of the answers of each head."""

    @classmethod
    @abstractmethod
    def answer_coder(cls, config: Any, head: str, labels: Vocabulary) -> Coder:
        """Return the coder of the answers of a head, of the labels that were learned."""

    @classmethod
    def learn(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, Coder, dict[str, Coder]]:
        """Return the options with files by their full path, the coder of words or frames, and that of each head."""
        if FRAMES in cls.reads(config):
            _refuse_options(config)
        config, answers = cls.learn_answers(config, train, say)
        given = ((one.where, cls.read(config, one)) for one in train)
        config, inputs = learn_inputs(config, given, cls.reads(config))
        return config, inputs, answers

    @classmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Return a task with the inputs and labels of a folder."""
        labels = labels_of(folder, cls.heads(config))
        inputs = load_inputs(config, folder, cls.reads(config))
        return cls(config, inputs, {name: cls.answer_coder(config, name, found) for name, found in labels.items()})

    def knows(self, word: str) -> bool:
        """Say whether the vocabulary has a word as it is looked up."""
        coder: Any = self.coder
        return coder.spelling.of(word) in coder.words

    def unknown(self, examples: Sequence[Example]) -> tuple[int, int, str]:
        """Return how many words or characters of inputs are unknown, and of how many; series have none."""
        coder = self.coder
        if not isinstance(coder, WordsCoder):
            return super().unknown(examples)
        words = [word for example in examples for text in self.read(self.config, example) for word in text]
        return sum(not self.knows(word) for word in words), len(words), coder.unit

    @property
    def hints(self) -> list[str]:
        """Words of the training that cutting never gives."""
        if Kind.WORDS not in {field.kind for field in self.inputs(self.config)}:
            return []
        word = next((name for name in self.coder.names if " " in name), None)
        if word is None:
            return []
        return [
            f"words of the training have blanks in them, such as {word!r}, and raw text is cut at blanks: give words "
            "with tabs between, with --input tokens"
        ]

    @abstractmethod
    def said(self, answers: Answers, row: int, length: int, weighed: bool) -> Any:
        """Return what a model says to one example of a batch, as a plain value.

        Args:
            answers: to the batch.
            row: of the batch.
            length: of the first text of the example.
            weighed: whether probabilities are wanted that take long.
        """

    def each(self, model: Labeler, data: Encoded, weighed: bool) -> Iterator[tuple[int, Any, np.ndarray | None]]:
        """Yield the row of each example, what a model says to it, and how much it looked at each place."""
        classes = max((len(one.names) for one in self.answers.values()), default=1)
        for rows in buckets(data.widths, max(1, min(_MOST_ROWS, _MOST_CELLS // classes)), _MOST_PLACES):
            batch = self.batch(replace(data, targets={}), rows)
            answers = model.answers(batch)
            widths = np.stack([model.lengths(name, batch.fields[name].lengths) for name in data.names], axis=1)
            for place, (row, lengths) in enumerate(zip(rows.tolist(), widths.tolist(), strict=True)):
                looked = answers.attention
                if looked is not None:
                    looked = looked[place][tuple(slice(length) for length in lengths[looked.ndim - 2 :: -1])]
                yield row, self.said(answers, place, lengths[0], weighed), looked


def _refuse_options(config: Any) -> None:
    """Refuse options of words where there are none.

    Raises:
        ConfigError: there are some.
    """
    fields = WordsTask.Config.model_fields
    own = [key for key in fields if key not in ExampleTask.Config.model_fields]
    changed = next((key for key in own if getattr(config, key) != fields[key].default), None)
    if changed:
        raise ConfigError(f"task.{changed}: means nothing to series of numbers. Leave it out.")
