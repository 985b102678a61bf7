"""Examples of a task as numbers: what tasks share whose examples are each for itself."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import lt
from typing import Any

import numpy as np

from elman.coders.base import Coder
from elman.data.encoded import Encoded
from elman.data.records import Batch, Example
from elman.tasks.base.task import Task


class EncodingTask(Task):
    """A task that knows the numbers of what an example gives, and of what is to be said to it.

    Args:
        config: the `[task]` section, everything decided.
        inputs: the coder of what an example gives.
        answers: for each head, the coder of its answers; the first head comes first.
    """

    def __init__(self, config: Any, inputs: Coder, answers: Mapping[str, Coder]) -> None:
        self.config = config
        self.coder = inputs
        self.answers = answers

    @classmethod
    @abstractmethod
    def given(cls, config: Any, example: Example) -> Sequence[Any]:
        """Return what an example gives for each of `coded`, such as the words of each text."""

    @classmethod
    def coded(cls, config: Any) -> tuple[str, ...]:
        """Return those of `reads` that the coder of inputs makes: all, unless some come from elsewhere."""
        return tuple(cls.reads(config))

    @classmethod
    def room(cls, config: Any) -> int | None:
        """Return how much of each text or series is read at most; None where all is."""
        return None

    @abstractmethod
    def gold(self, example: Example) -> Mapping[str, Any]:
        """Return the true answer of each head.

        Raises:
            DataError: there is none; the message says where the example stands.
        """

    def encode(self, examples: Sequence[Example], learns: bool = False) -> Encoded:
        """Return examples as numbers, with targets if a model is to learn from them."""
        names, room = self.coded(self.config), self.room(self.config)
        given, places = [self.given(self.config, example) for example in examples], [one.where for one in examples]
        read = [[self.within(value, room) for value in values] for values in given] if room else given
        every = [values[place] for place in range(len(names)) for values in read]
        inputs = self.coder.encode(every, places * len(names))
        cut = sum(any(map(lt, map(len, some), map(len, all_))) for some, all_ in zip(read, given, strict=True))
        found = Encoded(examples, names, inputs, cut=cut)
        return self.with_targets(found) if learns else found

    def with_targets(self, data: Encoded) -> Encoded:
        """Return examples with what a model is to learn of each."""
        gold, places = [self.gold(example) for example in data.examples], [one.where for one in data.examples]
        targets = {name: coder.encode([one[name] for one in gold], places) for name, coder in self.answers.items()}
        weighed = {name: coder.weigh(targets[name]) for name, coder in self.answers.items()}
        weights = {name: weights for name, weights in weighed.items() if weights is not None}
        return replace(data, targets=targets, weights=weights)

    def within(self, value: Any, room: int) -> Any:
        """Return as much of an input as is read at most."""
        return value[:room]

    @classmethod
    def read(cls, config: Any, example: Example) -> list[Any]:
        """Return what is read of what an example gives."""
        return [value[: cls.room(config)] for value in cls.given(config, example)]

    def widths(self, data: Encoded) -> np.ndarray:
        """Return the lengths by which examples are put together, (K, N): those of inputs, or of targets too."""
        return data.widths

    def batch(self, data: Encoded, rows: np.ndarray, draw: np.random.Generator | None = None) -> Batch:
        """Return the batch of some examples, with their targets if there are some."""
        fields, tables = self.coder.batch(data.inputs, data.rows(rows), draw)
        for name, column in data.targets.items():
            fields |= self.answers[name].batch(column, {name: rows}, draw).fields
        return Batch(len(rows), fields, tables)
