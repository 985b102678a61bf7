"""Examples as numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from elman.data.column import Column
from elman.data.records import Example


@dataclass(frozen=True, eq=False)
class Encoded:
    """Examples of one or several inputs each, as numbers.

    Args:
        examples: as the reader gave them.
        names: of the inputs, such as `words`, or `first` and `second`.
        inputs: the first of every example, then the second of every example: all share the tables.
        targets: for each head, the targets of each example. Empty where nobody needs them.
        weights: for a head whose targets do not all count the same, what those of each example count, (N,).
        cut: how many examples are longer than what is read of them.
        learned: which of them a model learns from; None where that is all.
        shared: which input each example has, where some have the same, which is there once; None: each has its own.
    """

    examples: Sequence[Example]
    names: Sequence[str]
    inputs: Column
    targets: Mapping[str, Column] = field(default_factory=dict)
    weights: Mapping[str, np.ndarray] = field(default_factory=dict)
    cut: int = 0
    learned: np.ndarray | None = None
    shared: np.ndarray | None = None

    def rows(self, of: np.ndarray) -> dict[str, np.ndarray]:
        """Return the rows of each input of some examples."""
        if self.shared is not None:
            return {self.names[0]: self.shared[of]}
        return {name: place * len(self.examples) + of for place, name in enumerate(self.names)}

    @property
    def size(self) -> int:
        """How many examples there are; those that share an input are one."""
        return len(self.examples) if self.shared is None else len(self.inputs.lengths)

    @property
    def widths(self) -> np.ndarray:
        """The length of each input of each example, (inputs, N): inputs are padded each for itself."""
        lengths = self.inputs.lengths if self.shared is None else self.inputs.lengths[self.shared]
        return lengths.reshape(len(self.names), -1)

    @property
    def lengths(self) -> np.ndarray:
        """The length of each example, all inputs together, (N,)."""
        return self.widths.sum(0)


def shared(values: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Return which values of many are the first of their kind, and the place of each among those: one thing is one.

    Args:
        values: compared by what they are, not by what they have.
    """
    first: dict[int, int] = {}
    places = np.array([first.setdefault(id(value), len(first)) for value in values], np.int64)
    return np.unique(places, return_index=True)[1], places
