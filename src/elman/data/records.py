"""The records that flow through a model: one example, a batch of them, and what is answered to a batch."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np


class TableRows(NamedTuple):
    """Where the numbers of frames stand in a table.

    Args:
        lines: the line of each frame.
        columns: the name of the column of each number.
    """

    lines: Sequence[int]
    columns: Sequence[str]


@dataclass(frozen=True)
class Example:
    """One unit of data as a reader gives it: named fields, and where it stood (`file:line`).

    Args:
        fields: what it has.
        where: it stood.
        rows: where its frames stood, of a table of numbers with a row a frame.
        about: what a file says of it besides, such as its id, or the article that it is about.
    """

    fields: Mapping[str, Any]
    where: str = ""
    rows: TableRows | None = field(default=None, compare=False, repr=False)
    about: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def place(self) -> str:
        """Where it stood by the name of its file alone: the same from whatever folder, and however, it was read."""
        return Path(self.where).name


@dataclass(frozen=True, eq=False)
class Padded:
    """Rows of different lengths side by side. Arrays before a model, tensors within it.

    Args:
        values: (B, T, ...).
        lengths: how much of each row is real, (B,), the rest being padding behind it; None where nothing is padded.
    """

    values: Any
    lengths: Any = None

    @cached_property
    def mask(self) -> Any:
        """True = real, (B, T); None where nothing is padded."""
        if self.lengths is None:
            return None
        places = np.arange(self.values.shape[1])
        if not isinstance(self.lengths, np.ndarray):
            places = self.lengths.new_tensor(places)  # a tensor beside the lengths
        return places < self.lengths[:, None]

    @property
    def real(self) -> int:
        """How many places are real."""
        return int(np.prod(self.values.shape[:2]) if self.lengths is None else self.lengths.sum())

    def part(self, rows: Any) -> "Padded":
        """Return some rows, only as wide as the longest of them."""
        if self.lengths is None:
            return Padded(self.values[rows])
        lengths = self.lengths[rows]
        longest = int(lengths.max()) if len(lengths) else 0
        return Padded(self.values[rows][:, :longest], lengths)

    def map(self, function: Callable[[Any], Any]) -> "Padded":
        """Return it with a function applied to values and lengths, such as one that moves them to a device."""
        return Padded(function(self.values), None if self.lengths is None else function(self.lengths))


@dataclass(frozen=True)
class Batch:
    """Examples side by side.

    A target has the name of its head. `<head>.weights`, (B, 1) or (B, T), says what each target counts: 0 is no target
    at all, such as a token that is read only to come near the state; of booleans, True counts 1.

    Args:
        size: B, the number of rows.
        fields: of the rows, by name.
        tables: with rows of their own, which fields count, such as the different forms of the words of the batch.
        continues: row b goes on where row b of the batch before ended, so the state is carried.
        fresh: rows that start from a fresh state although the others go on, (B,); None where there are none.
        rate_scale: the learning rate of this batch is multiplied by it.
    """

    size: int
    fields: Mapping[str, Padded]
    tables: Mapping[str, Padded] = field(default_factory=dict)
    continues: bool = False
    fresh: np.ndarray | None = None
    rate_scale: float = 1.0

    def count(self, head: str) -> int:
        """Return how many targets a head has: real places whose weight is not 0."""
        target, weights = self.fields[head], self.fields.get(f"{head}.weights")
        if weights is None:
            return target.real
        counted = np.broadcast_to(weights.values != 0, target.values.shape[:2])
        return int(counted.sum() if target.mask is None else (counted & target.mask).sum())

    def part(self, rows: Any) -> "Batch":
        """Return the batch of some rows; tables stay whole."""
        fields = {name: one.part(rows) for name, one in self.fields.items()}
        fresh = None if self.fresh is None else self.fresh[rows]
        return replace(self, size=len(next(iter(fields.values())).values), fields=fields, fresh=fresh)

    def map(self, function: Callable[[Any], Any]) -> "Batch":
        """Return the batch with a function applied to every array of fields and tables."""
        fields = {name: one.map(function) for name, one in self.fields.items()}
        tables = {name: one.map(function) for name, one in self.tables.items()}
        return replace(self, fields=fields, tables=tables)


@dataclass(frozen=True)
class Answers:
    """What a model answers to a batch, by head.

    Args:
        best: the best answer at each place, (B, T).
        log_probs: the log-probability (nats) of every answer, (B, T, K); `OnDemand` where that takes long.
        attention: how much each place of a text was looked at, (B, T), or (B, U, T) from each place of another text.
        chained: log p (nats) of the best answer at each place, given the one before it, (B, T): those of neighbours
            add up to that of all of them. Where it is not there, each answer is by itself.
    """

    best: Mapping[str, np.ndarray]
    log_probs: Mapping[str, np.ndarray]
    attention: np.ndarray | None = None
    chained: Mapping[str, np.ndarray] = field(default_factory=dict)


class OnDemand(Mapping[str, np.ndarray]):
    """Arrays by name, each made when it is first looked at.

    Args:
        names: of the arrays.
        make: makes the one of a name.
    """

    def __init__(self, names: Sequence[str], make: Callable[[str], np.ndarray]) -> None:
        self._names, self._make = names, make
        self._made: dict[str, np.ndarray] = {}

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
