"""The examples of training and validation side by side, as who compares them needs them."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np

from elman.data.fields import Field, Kind
from elman.data.records import Example
from elman.data.signs import Search, Searched
from elman.text.blanks import NO_WIDTH

_DIGEST = 16
"""Bytes: two series of a billion have the same by chance once in 10²¹ times."""
_CLASSES = (Kind.LABEL, Kind.LABELS, Kind.TAGS)


@dataclass(frozen=True)
class Parts(Searched):
    """The examples of a data set.

    Args:
        fields: what an example has.
        inputs: the names of the fields that are there without an answer.
        train: the training part.
        valid: the validation part; empty where there is none.
        unknown: which share of the words of the validation part the training part does not have, 0 to 1.
    """

    fields: Sequence[Field]
    inputs: Sequence[str]
    train: Sequence[Example]
    valid: Sequence[Example] = ()
    unknown: float = 0.0

    @property
    def things(self) -> str:
        """What examples are, in the plural."""
        kinds = [field.kind for field in self.fields if field.name in self.inputs]
        if len(kinds) > 1:
            asked = {Kind.STORY, Kind.SPANS, Kind.CHOICES} & {field.kind for field in self.fields}
            return "questions" if asked else "pairs"
        names = {Kind.WORDS: "sentences", Kind.FRAMES: "series", Kind.VECTORS: "sequences"}
        return names.get(kinds[0], "texts")

    @property
    def answers(self) -> list[Field]:
        """The fields that are to be predicted."""
        return [field for field in self.fields if field.name not in self.inputs]

    @property
    def classes(self) -> list[Field]:
        """The fields that are to be predicted and have one of some values: labels and tags."""
        return [field for field in self.answers if field.kind in _CLASSES]

    def of_kind(self, *kinds: Kind) -> list[Field]:
        """Return the fields of some kinds."""
        return [field for field in self.fields if field.kind in kinds]

    @property
    def every(self) -> Iterator[Example]:
        """The examples of both parts."""
        yield from self.train
        yield from self.valid

    @cached_property
    def searched(self) -> Search:
        """What was found in the texts; something stands where its example does."""
        search = Search(lambda where, before: where)
        for text, where in self._texts():
            search.take(text, where)
        return search

    def _texts(self) -> Iterator[tuple[str, str]]:
        """Yield what stands in each field of letters, words and tags between blanks.

        What has no width at the edge of a word or label is left out: readers tell of it.
        """
        whole = [field.name for field in self.of_kind(Kind.TEXT, Kind.NUMBER)]
        parted = [(field.name, field.kind) for field in self.of_kind(Kind.WORDS, *_CLASSES)]
        for example in self.every:
            for name in whole:
                yield example.fields[name], example.where
            for name, kind in parted:
                value = example.fields[name]
                text = value if kind is Kind.LABEL else " ".join(value)
                if not text.isascii():
                    text = " ".join(one.strip(NO_WIDTH) for one in ([value] if kind is Kind.LABEL else value))
                yield text, example.where

    def _input_of(self, example: Example) -> Hashable:
        """Return what an example gives, so that the same gives the same."""
        if len(self.inputs) == 1:
            return _plain(example.fields[self.inputs[0]])
        return tuple(_plain(example.fields[name]) for name in self.inputs)

    def answer_of(self, example: Example) -> Hashable:
        """Return the answers of an example, so that the same are the same."""
        return tuple(_plain(example.fields[field.name]) for field in self.answers)

    def told(self, example: Example, other: Example) -> str:
        """Return the first answer of an example that another one does not have there."""
        for field in self.answers:
            mine, its = example.fields[field.name], other.fields[field.name]
            if field.kind is Kind.TAGS:
                return next((one for one, another in zip(mine, its, strict=False) if one != another), "")
            if mine != its:
                return str(mine) if isinstance(mine, str) else ", ".join(map(_named, mine)) or "none"
        return ""

    @cached_property
    def several(self) -> bool:
        """Whether an example has several labels."""
        fields = [field.name for field in self.answers if field.kind is Kind.LABELS]
        return any(len(example.fields[name]) > 1 for name in fields for example in self.train)

    @property
    def again(self) -> dict[int, int]:
        """The rows of training examples that give what an earlier one gives, with the row of the first such."""
        return self._doubles[0]

    @property
    def shared(self) -> dict[int, int]:
        """The rows of validation examples that give what a training one gives, with the row of the first such there."""
        return self._doubles[1]

    @cached_property
    def _doubles(self) -> tuple[dict[int, int], dict[int, int]]:
        first: dict[Hashable, int] = {}
        rows = [first.setdefault(given, row) for row, given in enumerate(map(self._input_of, self.train))]
        again = {row: earlier for row, earlier in enumerate(rows) if earlier != row}
        found = [first.get(given) for given in map(self._input_of, self.valid)]
        return again, {row: there for row, there in enumerate(found) if there is not None}

    def is_short(self, example: Example) -> bool:
        """Say whether an example is so short that it may well come twice by itself: texts of less than five words."""
        count = 0
        for name in self.inputs:
            value = example.fields[name]
            count += value.count(" ") + 1 if isinstance(value, str) else len(value)
        return count < 5

    @cached_property
    def counts(self) -> dict[str, tuple[Counter[str], Counter[str]]]:
        """How often each label or tag of a field is in training and in validation."""
        return {
            field.name: (Counter(self.values(self.train, field)), Counter(self.values(self.valid, field)))
            for field in self.classes
        }

    @staticmethod
    def values(examples: Iterable[Example], field: Field) -> Iterator[str]:
        """Yield every label or tag of a field."""
        for example in examples:
            value = example.fields[field.name]
            if isinstance(value, str):
                yield value
            else:
                yield from value

    def first(self, field: Field, value: str, examples: Iterable[Example] | None = None) -> str:
        """Return where a label or tag stands first."""
        for example in self.every if examples is None else examples:
            found = example.fields[field.name]
            if value == found if isinstance(found, str) else value in found:
                return example.where
        return ""


def _named(one: Any) -> str:
    """Return a label, or the text of a piece of a passage."""
    return one if isinstance(one, str) else str(one.text)


def _plain(value: Any) -> Hashable:
    if isinstance(value, np.ndarray):
        return (*value.shape, blake2b(np.ascontiguousarray(value).data, digest_size=_DIGEST).digest())
    return value if isinstance(value, str) else tuple(value)
