"""What a way of answering questions about passages promises."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from elman.answers.base import Answer
from elman.coders.base import Coder
from elman.data.encoded import Encoded
from elman.data.fields import Field
from elman.data.records import Example
from elman.errors import ConfigError, TabsError
from elman.evaluation.base import Verdict
from elman.evaluation.details import Detail
from elman.tasks.base.data import Say
from elman.tasks.base.passages import PassageTask
from elman.text.passages import passage_words


class Way(ABC):
    """How questions about passages are answered: what a question has besides, what is said to it, what that is worth.

    Args:
        task: whose questions they are.
    """

    beside: ClassVar[tuple[Field, ...]] = ()
    """What a question has besides, without an answer."""

    answer: ClassVar[Field]
    """The answers of a file."""

    head: ClassVar[str]
    """What is predicted."""

    reads: ClassVar[tuple[str, ...]] = ("passage", "question")
    """The fields of a batch that a model reads."""

    model: ClassVar[str]
    """The model where nobody says it."""

    does: ClassVar[str]
    """What is done, in the words of a message."""

    options: ClassVar[tuple[str, ...]] = ()
    """Options of the task that mean something to this way alone."""

    answering: ClassVar[tuple[str, ...]] = ()
    """Options that say how it answers and nothing of what was learned."""

    prompt: ClassVar[str] = "..."
    """What somebody types to ask, in a command that is suggested."""

    line: ClassVar[str] = "one, between a passage and a question about it"
    """The tabs of a line that is asked."""

    def __init__(self, task: PassageTask) -> None:
        self.task = task

    @classmethod
    def texts(cls, example: Example) -> list[str]:
        """Return the question, and what else is read beside the passage."""
        return [example.fields["question"]]

    @classmethod
    def asked(cls, passage: str, texts: Sequence[str]) -> Example:
        """Return the example of a passage and of as many texts as `texts` gives.

        Raises:
            DataError: the passage is empty, or a text that must not be.
        """
        return PassageTask.asking(passage, texts[0])

    @classmethod
    def parts(cls, question: str) -> Sequence[str]:
        """Return those texts as somebody types them in one.

        Raises:
            DataError: they are not as many.
        """
        return [question]

    @classmethod
    def cut(cls, line: str) -> tuple[str, list[str]]:
        """Return the passage of a line and the texts behind it.

        Raises:
            DataError: there are other tabs than expected.
        """
        passage, *texts = line.split("\t")
        if len(texts) != len(cls.reads) - 1:
            raise TabsError(line, cls.line, f'; a text that is all one passage is asked with --question "{cls.prompt}"')
        return passage, texts

    @classmethod
    def refuse_options_of(cls, ways: Iterable[type["Way"]], config: Any) -> None:
        """Refuse options that only mean something to other ways.

        Raises:
            ConfigError: one is given.
        """
        usual = type(config).model_fields
        for name in (option for way in ways if way is not cls for option in way.options):
            if getattr(config, name) != usual[name].default:
                raise ConfigError(f"task.{name}: means nothing where {cls.does}. Leave it out.")

    @classmethod
    def learned(cls, config: Any, examples: Sequence[Example], say: Say) -> list[Example]:
        """Return the examples that are learned from.

        Raises:
            DataError: there are none.
        """
        return list(examples)

    @classmethod
    @abstractmethod
    def coder(cls, config: Any) -> Coder:
        """Return the coder of answers."""

    @classmethod
    @abstractmethod
    def load(cls, folder: Path) -> Coder:
        """Return the coder of answers that a folder holds."""

    @classmethod
    @abstractmethod
    def shown_right(cls, example: Example) -> str:
        """Return what would be right, as people read it."""

    @abstractmethod
    def gold(self, example: Example) -> Any:
        """Return the answer as its coder takes it."""

    @abstractmethod
    def each(self, model: Any, data: Encoded) -> Iterator[tuple[int, Any, np.ndarray | None]]:
        """Yield the row of each question, what a model says to it, and where the words of the passage looked."""

    @abstractmethod
    def present(self, example: Example, said: Any, k: int, facts: bool, looked: np.ndarray | None) -> Answer:
        """Return what was said as people and programs read it."""

    @abstractmethod
    def kept(self, example: Example, said: Any) -> Any:
        """Return what a verdict asks of what was said."""

    @abstractmethod
    def verdict(self, data: Encoded, said: Sequence[Any]) -> Verdict:
        """Return what that is worth."""

    def seen(self, example: Example, said: Any, looked: np.ndarray) -> Detail | None:
        """Return the picture of where the words of a passage looked, if there is one."""
        return None

    @staticmethod
    def question(example: Example) -> list[str]:
        """Return the words of the question."""
        return passage_words(example.fields["question"])

    def signed(self) -> Mapping[str, str]:
        """Return what signatures say of what was learned from."""
        return {"learned": f"{self.task.config.questions:,} questions"}
