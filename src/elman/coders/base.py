"""What a coder promises."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np

from elman.data.column import Column
from elman.data.outlines import Outline
from elman.data.records import Padded
from elman.errors import DataError, did_you_mean, quoted
from elman.text.vocabulary import Vocabulary

_NAMED = 12


class Coded(NamedTuple):
    """What some rows of a column are in a batch.

    Args:
        fields: of the rows of the batch.
        tables: with rows of their own, which fields count.
    """

    fields: dict[str, Padded]
    tables: Mapping[str, Padded] = {}


class Coder(ABC):
    """One way a field becomes numbers and back. It never changes once it was learned or loaded: threads share it."""

    @property
    @abstractmethod
    def outline(self) -> Outline:
        """What a model is told of the field."""

    @property
    @abstractmethod
    def names(self) -> Sequence[str]:
        """What values are made of, by name, such as the labels."""

    def named(self, channels: Sequence[str]) -> Self:
        """Return the coder with what the numbers of a frame are called; only one of frames has a use for it."""
        return self

    def kept_in(self, folder: Path) -> Self:
        """Return the coder that keeps what it encodes on the disk of a folder; only one of frames has that much."""
        return self

    def counts(self, column: Column) -> dict[str, int]:
        """Return what is in a column, first how many things of what kind."""
        return {}

    def unknown_share(self, column: Column) -> float:
        """Return which share of what is in a column is unknown, 0 to 1: none where everything can be read."""
        count, unknown, *_ = (*self.counts(column).values(), 0, 0)
        return unknown / max(1, count)

    def card(self, column: Column) -> dict[str, str]:
        """Return what a report says of what was learned, and of a column that was not learned from."""
        return {}

    @abstractmethod
    def encode(self, values: Sequence[Any], places: Sequence[str] = ()) -> Column:
        """Return the values of many examples as numbers.

        Args:
            values: one of each example.
            places: where each stands, for messages.

        Raises:
            DataError: a value cannot be one of this field; the message starts with where it stands.
        """

    @abstractmethod
    def batch(self, column: Column, rows: Mapping[str, np.ndarray], draw: np.random.Generator | None = None) -> Coded:
        """Return what a model reads of some rows.

        Args:
            column: of `encode`.
            rows: which, by the name that the field has in the batch. Several fields share the tables.
            draw: of a training batch, for what is random in it; None otherwise.
        """

    def weigh(self, column: Column) -> np.ndarray | None:
        """Return what the targets of each example count, (N,), where they do not all count the same."""
        return None

    @abstractmethod
    def decode(self, numbers: np.ndarray) -> Any:
        """Return the value that a row of the field in a batch stands for, padding left out: so it is answered too."""

    @abstractmethod
    def save(self, folder: Path, name: str) -> None:
        """Write what was learned as text files into a folder.

        Args:
            folder: of the run's vocabularies.
            name: of the field.
        """

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """A hash of what was learned: weights go with exactly one."""


def starts(values: Sequence[Any], places: Sequence[str]) -> list[str]:
    """Return, for each value, how a message about it starts: with where it stands, if that is known."""
    return [f"{place}: " for place in places] if places else [""] * len(values)


class AnswersCoder(Coder):
    """A coder of what is answered, such as labels: each has a name, and the names are kept in `labels-<field>.txt`."""

    vocabulary: Vocabulary

    def ids(self, answers: Sequence[str], start: str = "") -> np.ndarray:
        """Return the numbers of answers, by their names.

        Args:
            answers: of one example.
            start: of a message, see `starts`.

        Raises:
            DataError: one was not learned.
        """
        try:
            return self.vocabulary.encode(answers)
        except KeyError as error:
            name = str(error.args[0])
            raise DataError(
                f"{start}{quoted(name)}: not among the {len(self.vocabulary):,} answers that were learned. "
                f"{did_you_mean(name, self.names[:_NAMED])}"
            ) from None

    def save(self, folder: Path, name: str) -> None:
        """Write the names of the answers."""
        self.vocabulary.save(folder / f"labels-{name}.txt")

    @property
    def fingerprint(self) -> str:
        """A hash of the names."""
        return self.vocabulary.fingerprint

    @property
    def names(self) -> Sequence[str]:
        """The names of the answers."""
        return self.vocabulary.tokens
