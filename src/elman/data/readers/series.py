"""Series in a table: a row a time step, with the name of its series and the label of that."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from pydantic import Field

from elman.data.columns import NAMES, read_lines
from elman.data.fields import Kind
from elman.data.numbers import Decimals
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.series import MISSING, number, refuse_empty
from elman.errors import DataError

_SERIES = ("series", "series_id", "sequence", "case", "id")
_TIMES = ("time", "step", "t", "timestamp", "date")
_DELIMITERS = (",", "\t", ";")


class _Layout(NamedTuple):
    """Which column is which."""

    series: int
    label: int | None
    values: list[int]
    width: int


class SeriesReader(Reader):
    """Yields the fields `frames`, (T, F) numbers, NaN where one is missing, and `labels`.

    The first row names the columns: `series`, whose value is the same in all rows of a series, `label`, and one for
    each number of a frame. Rows of a series follow each other, in the order of time; a column of times is not read.
    """

    class Config(Reader.Config):
        """Options of tables of series."""

        name: str = "series"
        series: str = Field("", description="The column that names the series; left out, series, case, id, ...")
        label: str = Field("", description="The column with the label; left out, label, class, ...")
        values: list[str] = Field([], description="The columns with numbers; left out, all others but those of times.")

    config: Config
    holds = {Kind.FRAMES: 1, Kind.LABELS: 1}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where the first row names a column of series and the others of the second row are numbers."""
        lines = head.split("\n")
        delimiter = _delimiter(lines[0])
        rows = [line.split(delimiter) for line in lines[:2]]
        names = [name.strip().strip('"').lower() for name in rows[0]]
        known = [name in _SERIES or name in NAMES["labels"] or name in _TIMES for name in names]
        if not set(names) & set(_SERIES) or len(rows) < 2 or len(rows[1]) != len(names) or all(known):
            return 0
        numbers = Decimals(delimiter != ",")
        cells = zip(known, rows[1], strict=True)
        return 3 if all(special or _is_number(value, numbers) for special, value in cells) else 0

    def __init__(self, config: Reader.Config, fields: Sequence[str] = ("text",)) -> None:
        super().__init__(config, fields)
        self._columns: list[str] = []

    @property
    def _decided(self) -> Mapping[str, Any]:
        """The columns of numbers by name, where they have names: other files may have them in another order."""
        different = "" not in self._columns and len(set(self._columns)) == len(self._columns)
        return {"values": self._columns} if self._columns and different else {}

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the series of one file.

        Raises:
            DataError: a file cannot be read, is empty or lacks a column; a row has another number of columns; a value
                is no number; a series has two labels, comes again, or has no value.
        """
        path = paths[0]
        lines = ((line, text) for line, text in read_lines(path, self.config.encoding) if text.strip())
        start, names = next(lines, (1, ""))
        if not names:
            return
        delimiter = _delimiter(names)
        columns = [name.strip() for name in next(csv.reader([names], delimiter=delimiter))]
        layout = self._layout(columns, f"{path}:{start}")
        self._columns = self._columns or [columns[place] for place in layout.values]
        numbers = Decimals(delimiter != ",")
        rows = ((line, next(csv.reader([text], delimiter=delimiter))) for line, text in lines)
        seen: dict[str, int] = {}
        for name, group in groupby(
            self._even(rows, path, start, layout), key=lambda row: row[1][layout.series].strip()
        ):
            _refuse_again(name, some := list(group), path, seen)
            yield self._series(name, some, layout, path, numbers)
        if numbers.remark:
            self.remark(f"{path.name}: {numbers.remark}")

    def _even(
        self, rows: Iterator[tuple[int, list[str]]], path: Path, start: int, layout: _Layout
    ) -> Iterator[tuple[int, list[str]]]:
        for line, cells in rows:
            if len(cells) != layout.width:
                raise DataError(f"{path}:{line}: {len(cells)} columns, expected {layout.width} as on line {start}.")
            yield line, cells

    def _series(
        self, name: str, rows: list[tuple[int, list[str]]], layout: _Layout, path: Path, numbers: Decimals
    ) -> Example:
        where = f"{path}:{rows[0][0]}"
        frames = [
            [number(cells[column], f"{path}:{at}", f"column {column + 1}", numbers) for column in layout.values]
            for at, cells in rows
        ]
        refuse_empty(frames, where)
        fields: dict[str, object] = {"frames": np.array(frames, np.float64)}
        if layout.label is not None:
            labels = {cells[layout.label].strip() for _, cells in rows} - {""}
            if len(labels) != 1:
                got = "no label" if not labels else f"labels {', '.join(sorted(labels))}"
                raise DataError(f"{where}: series {name!r} has {got}, expected one, the same in all its rows.")
            fields["labels"] = [labels.pop()]
        return Example(fields, where)

    def _layout(self, names: list[str], where: str) -> _Layout:
        lower = [name.lower() for name in names]
        series = self._column(lower, self.config.series, _SERIES, "series", where)
        label = None
        if "labels" in self.fields:
            label = self._column(lower, self.config.label, NAMES["labels"], "label", where)
        answers = set(NAMES["labels"]) | {self.config.label.lower()}
        others = [i for i, name in enumerate(lower) if i not in (series, label) and name not in answers]
        if self.config.values:
            values = [self._column(lower, name, (), "values", where) for name in self.config.values]
        else:
            values = [i for i in others if lower[i] not in _TIMES]
        if not values:
            raise DataError(f"{where}: no column of numbers: got {', '.join(names)}. Name them with reader.values.")
        return _Layout(series, label, values, len(names))

    def _column(self, names: list[str], given: str, usual: Sequence[str], key: str, where: str) -> int:
        wanted = [given.lower()] if given else list(usual)
        found = next((name for name in wanted if name in names), None)
        if found is None:
            columns = f"no column {' or '.join(wanted[:3])}: got {', '.join(names)}"
            raise DataError(f"{where}: {columns}. Name it with --set reader.{key}=NAME.")
        return names.index(found)


def _refuse_again(name: str, rows: list[tuple[int, list[str]]], path: Path, seen: dict[str, int]) -> None:
    """Refuse a series that was there before; `seen` has the last line of each."""
    if name in seen:
        raise DataError(
            f"{path}:{rows[0][0]}: series {name!r} again, it ended on line {seen[name]}. Sort the rows by series."
        )
    seen[name] = rows[-1][0]


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _is_number(text: str, numbers: Decimals) -> bool:
    return text.strip().lower() in MISSING or numbers.finite(text) is not None
