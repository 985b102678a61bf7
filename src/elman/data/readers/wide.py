"""Numbers in a table with an example a row: a series over its columns, or one measurement of each."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field

from elman.data.columns import NAMES, column_count, normal, read_lines
from elman.data.delimiters import cells_of, delimiter_of
from elman.data.fields import Kind
from elman.data.numbers import Decimals
from elman.data.readers.base import Reader
from elman.data.records import Example, TableRows
from elman.data.series import NumberOptions, decimals_of, number, refuse_empty
from elman.data.sources import head as beginning
from elman.data.wide import counts_on, has_named_numbers, wide
from elman.errors import DataError, did_you_mean

_SHOWN, _LOOKED_AT = 3, 1000


class WideReader(Reader):
    """Yields the fields `frames` and `labels`, a row an example.

    Numbers under counted names (`t0,t1,t2`), or in a table without names, are the steps of one series, (T, 1); under
    names of their own (`width,height`) they are one step, (1, F). Missing values are NaN.
    """

    class Config(NumberOptions, Reader.Config):
        """Options of tables with an example a row."""

        name: str = "wide"
        label: str | int = Field("", description="The column with the label, by name or number from 1; left out, seen.")
        values: list[str | int] = Field([], description="The columns with numbers; left out, all others.")
        across: Literal["auto", "steps", "channels"] = Field(
            "auto", description="What the columns of a row are: steps of one series, or channels of one step."
        )

    config: Config
    holds = {Kind.FRAMES: 1, Kind.LABELS: 1}
    apart = "each row is an example"

    def __init__(self, config: Config, fields: Sequence[str] = ("text",)) -> None:
        super().__init__(config, fields)
        self._across, self._label, self._values = config.across, config.label, list(config.values)
        self._decimal: str = config.decimal

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where beside numbers there is a label in each row; 1 for named numbers where none is asked for."""
        return 3 * (wide(head) is not None) if "labels" in fields else int(has_named_numbers(head))

    @property
    def _decided(self) -> Mapping[str, Any]:
        """The columns, and what they are: other files are read in the same way."""
        return {"label": self._label, "values": self._values, "across": self._across, "decimal": self._decimal}

    @property
    def channels(self) -> Sequence[str]:
        """What the numbers of a step are called, where there are several."""
        return [str(name) for name in self._values] if self._across == "channels" else ()

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the rows of one file.

        Raises:
            DataError: a file cannot be read or is empty; a column is missing; a row has another number of columns; a
                value is no number, or none is there.
        """
        path = paths[0]
        lines = ((line, text) for line, text in read_lines(path, self.config.encoding) if text.strip())
        start, first = next(lines, (1, ""))
        if not first:
            return
        begun = list(islice(lines, _LOOKED_AT))
        delimiter = delimiter_of([first, *(text for _, text in begun)])
        numbers, cells = decimals_of(delimiter, self.config.decimal), cells_of(first, delimiter)
        names = self._settle(path, start, cells)
        values = self._places(names, cells, f"{path}:{start}")
        numbers.look(cell for _, text in begun for cell in _at(values, cells_of(text, delimiter)))
        label = self._place(self._label, names, cells, f"{path}:{start}") if "labels" in self.fields else None
        for line, text in chain([] if names else [(start, first)], begun, lines):
            row, where = cells_of(text, delimiter), f"{path}:{line}"
            if len(row) != len(cells):
                got = column_count(len(row))
                raise DataError(f"{where}: got {got}, expected {len(cells)} as on line {start}. Mend the row.")
            yield from self._row((line, row), values, label, names, where, numbers)
        self._decimal = numbers.decided or self._decimal
        if numbers.remark:
            self.remark(f"{path.name}: {numbers.remark}")

    def _row(
        self,
        numbered: tuple[int, Sequence[str]],
        values: Sequence[int],
        label: int | None,
        names: Sequence[str],
        where: str,
        numbers: Decimals,
    ) -> Iterator[Example]:
        line, row = numbered
        called = [f"column {place + 1}{f' ({names[place]})' if names else ''}" for place in values]
        found = [number(row[at], where, name, numbers) for at, name in zip(values, called, strict=True)]
        frames = np.array(found, np.float64).reshape((1, -1) if self._across == "channels" else (-1, 1))
        refuse_empty(frames, where)
        fields: dict[str, object] = {"frames": frames}
        if label is not None:
            fields["labels"] = [row[label]] if row[label] else []
        one = self._across == "channels" and names
        yield Example(fields, where, TableRows([line], [names[at] for at in values]) if one else None)

    def _settle(self, path: Path, line: int, first: list[str]) -> Sequence[str]:
        """Decide what the columns are, as the first file has them, and return their names, if it has some."""
        if self._values and self._across != "auto":
            return first if isinstance(self._values[0], str) else ()
        seen = wide(beginning(path))
        names = list(seen.names) if seen else [] if any(isinstance(one, int) for one in self._values) else first
        self._label = self._label or self._called(seen.label if seen else None, names, first)
        out = self._place(self._label, names, first, f"{path}:{line}") if self._label else None
        every = seen.values if seen else range(len(first))
        self._values = self._values or [self._called(place, names, first) for place in every if place != out]
        counted = counts_on([str(name) for name in self._values]) or not names
        if self._across == "auto":
            self._across = "steps" if counted else "channels"
            self._tell(names)
        return names

    def _called(self, place: int | None, names: Sequence[str], first: Sequence[str]) -> str | int:
        """Return a column by its name, or its number from 1; that of the label, which nobody knows, by usual names."""
        if place is None:
            return next((name for name in names if normal(name) in NAMES["labels"]), "")
        return names[place] if names else place + 1

    def _tell(self, names: Sequence[str]) -> None:
        """Say what was guessed, and which options decide it."""
        count = len(self._values)
        shown = ", ".join(map(str, self._values[:_SHOWN])) + (", ..." if count > _SHOWN else "")
        what = f"a series of {count:,} steps" if self._across == "steps" else f"one step of {count:,} numbers"
        by = f", its label by {self._label!r}" if self._label and "labels" in self.fields else ""
        other = "channels" if self._across == "steps" else "steps"
        rows = "" if self._across == "steps" or not names else "; --set reader.series=NAME if a series has several rows"
        self.remark(f"each row is {what} ({shown}){by}, guessed; --set reader.across={other} reads it otherwise{rows}")

    def _places(self, names: Sequence[str], cells: Sequence[str], where: str) -> list[int]:
        """Return the columns of the numbers; a file without names may lack the label."""
        if not names and len(cells) == len(self._values):
            return list(range(len(cells)))
        return [self._place(one, names, cells, where) for one in self._values]

    def _place(self, column: str | int, names: Sequence[str], cells: Sequence[str], where: str) -> int:
        if isinstance(column, int) and 0 < column <= len(cells):
            return column - 1
        lower = [name.lower() for name in names]
        if isinstance(column, str) and column and column.lower() in lower:
            return lower.index(column.lower())
        if not column:
            raise DataError(f"{where}: no column is known as that of the label. Name it with --set reader.label=NAME.")
        close = did_you_mean(str(column), names) if names else f"It has {column_count(len(cells))}."
        raise DataError(f"{where}: no column {column!r}: got {', '.join(cells)[:80]}. {close}")


def _at(places: Sequence[int], cells: Sequence[str]) -> list[str]:
    """Return the cells at some places, as far as there are so many."""
    return [cells[place] for place in places if place < len(cells)]
