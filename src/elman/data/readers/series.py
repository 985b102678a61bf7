"""Series in a table: a row a time step, with the name of its series and the label of that."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, groupby, islice
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np
from pydantic import Field, field_validator

from elman.data.advising import refuse_prose
from elman.data.clocks import TIMES, is_clock, is_moment, says_time
from elman.data.columns import NAMES, SERIES, named_columns, read_lines, whole_lines
from elman.data.delimiters import cells_of, delimiter_of
from elman.data.fields import Kind
from elman.data.measurements import measurements
from elman.data.numbers import Decimals
from elman.data.panels import put_together, stand_by_time
from elman.data.readers.base import Reader
from elman.data.records import Example, TableRows
from elman.data.series import (
    Absent,
    NumberOptions,
    as_typed,
    decimals_of,
    is_number,
    number,
    refuse_again,
    refuse_empty,
)
from elman.data.sources import head as beginning
from elman.data.ticks import Ticks
from elman.errors import DataError
from elman.text.printed import counted

_ROWS_TO_GUESS = 1000
_NO_CLOCK = "none"


_Row = tuple[int, list[str]]


class Layout(NamedTuple):
    """Which column is which; several may name a series together, and without one all rows are one."""

    series: tuple[int, ...]
    label: int | None
    values: list[int]
    width: int


class SeriesReader(Reader):
    """Yields the fields `frames`, (T, F) numbers, NaN where one is missing, and `labels`.

    The first row names the columns: `series`, whose value is the same in all rows of a series, `label`, and one for
    each number of a frame. Rows of a series follow each other, in the order of time. A column that says the time is
    not read: it is known by its name, by dates in it, or as it counts on in every series.
    """

    class Config(NumberOptions, Reader.Config):
        """Options of tables of series."""

        name: str = "series"
        series: str | list[str] = Field(
            "", description="The column that names the series, or several; left out, series, case, id, ..."
        )
        label: str = Field("", description="The column with the label; left out, label, class, ...")
        values: list[str] = Field([], description="The columns with numbers; left out, all others but the clock.")
        clock: str = Field(
            "auto", description="The column of times, which is not read; auto: seen and said; none: there is none."
        )
        absent: list[str] = Field(
            [],
            description="What says that a value is missing, besides an empty cell, ?, nan, NA and null, such as -999.",
        )

        @field_validator("values", "absent", mode="before")
        @classmethod
        def _as_typed(cls, names: Any) -> Any:
            return as_typed(names)

    config: Config
    holds = {Kind.FRAMES: 1, Kind.LABELS: 1}
    answer: ClassVar[str] = "labels"
    """The field with labels."""

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where the first row names a column of series and the others of the second row are numbers.

        Say 1 where it names columns that are numbers further down: somebody may say which is that of the series.
        """
        seen = None if cls._named(head) else measurements(head)
        return cls._named(head) or int(seen is not None and seen.named)

    @staticmethod
    def _named(head: str) -> int:
        lines = whole_lines(head)
        delimiter = delimiter_of(lines)
        rows = [cells_of(line, delimiter) for line in lines[:2]]
        names = [name.lower() for name in rows[0]] if rows else []
        known = [name in SERIES or name in NAMES["labels"] or name in TIMES for name in names]
        if not set(names) & set(SERIES) or len(rows) < 2 or len(rows[1]) != len(names) or all(known):
            return 0
        numbers = decimals_of(delimiter)
        cells = zip(known, rows[1], strict=True)
        return 3 if all(special or is_moment(value) or is_number(value, numbers) for special, value in cells) else 0

    def __init__(self, config: Reader.Config, fields: Sequence[str] = ("text",)) -> None:
        super().__init__(config, fields)
        self._columns: list[str] = []
        self._decimal: str = self.config.decimal

    @property
    def _decided(self) -> Mapping[str, Any]:
        """The columns of numbers by name, where they have names: other files may have them in another order."""
        return {"decimal": self._decimal, **({"values": self._columns} if self.channels else {})}

    @property
    def channels(self) -> Sequence[str]:
        """The columns of numbers, where they have names that differ."""
        different = "" not in self._columns and len(set(self._columns)) == len(self._columns)
        return self._columns if different else ()

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the series of one file.

        Raises:
            DataError: a file cannot be read, is empty or lacks a column; a row has another number of columns; a value
                is no number; a series has two labels, comes again, or has no value; times of a series without a label
                come twice or go back.
        """
        path = paths[0]
        lines = ((line, text) for line, text in read_lines(path, self.config.encoding) if text.strip())
        start, names = next(lines, (1, ""))
        if not names:
            return
        begun = list(islice(lines, _ROWS_TO_GUESS))
        delimiter = delimiter_of([names, *(text for _, text in begun)])
        columns = cells_of(names, delimiter)
        layout = self._layout(columns, (path, start))
        rows = ((line, cells_of(text, delimiter)) for line, text in chain(begun, lines))
        even = self._even(rows, path, start, layout)
        first = list(islice(even, len(begun)))
        layout = self._without_clock(layout, columns, [cells for _, cells in first])
        self._columns = self._columns or [columns[place] for place in layout.values]
        numbers = decimals_of(delimiter, self.config.decimal)
        numbers.look(cells[place] for _, cells in first for place in layout.values)
        seen: dict[str, int] = {}
        every: Iterator[_Row] = chain(first, even)
        if layout.series and stand_by_time(columns, [cells for _, cells in first], layout.series):
            together = put_together(every, layout.series)
            named = " and ".join(repr(columns[one]) for one in layout.series)
            self.remark(f"rows stand by time: those of each of {len(together):,} series, by {named}, are put together")
            every = chain.from_iterable(together)
        clock = self._clock(columns, layout, [cells for _, cells in first])
        for name, group in groupby(every, key=lambda row: _name(row[1], layout)):
            some = list(group)
            if layout.series:
                refuse_again(name, some, path, seen, (delimiter, layout.series))
            if clock is not None:
                Ticks(path, columns[clock], True).check([(line, cells[clock]) for line, cells in some])
            yield self._series(name, some, layout, columns, path, numbers)
        self._decimal = numbers.decided or self._decimal
        if numbers.remark:
            self.remark(f"{path.name}: {numbers.remark}")

    def _clock(self, names: Sequence[str], layout: Layout, rows: Sequence[Sequence[str]]) -> int | None:
        """Return the column of times, by which rows have to stand where what comes next is learned, if there is one."""
        if self.answer in self.fields or self.config.clock == _NO_CLOCK:
            return None
        rest = [i for i in range(layout.width) if i not in (*layout.series, layout.label, *layout.values)]
        return next((i for i in rest if says_time(names[i], [cells[i] for cells in rows])), None)

    def _without_clock(self, layout: Layout, names: Sequence[str], rows: Sequence[Sequence[str]]) -> Layout:
        """Return the layout without the column that says the time, and tell which it is."""
        if self.config.clock == _NO_CLOCK or self.config.values or self.config.clock != "auto":
            return layout
        series = [list(some) for _, some in groupby(rows, key=lambda cells: _name(cells, layout))]
        named = [i for i in layout.values if names[i].lower() in TIMES]
        found = [i for i in layout.values if is_clock([[cells[i] for cells in one] for one in series])]
        dated = [i for i in found if all(is_moment(cells[i]) for cells in rows)]
        every = ([i for i in layout.values if i not in (*some, *named)] for some in (found, dated))
        left = next(filter(None, every), [])  # where all count on, they were measured, but for dates
        if not left or len(left) == len(layout.values):
            return layout
        out = [i for i in layout.values if i not in left]
        self.remark(
            f"clock: {counted(len(out), 'columns')} not read: {', '.join(_described(i, names, rows) for i in out)}, "
            f"guessed; --set reader.clock={_NO_CLOCK} reads {'it' if len(out) == 1 else 'them'}, too"
        )
        return layout._replace(values=left)

    def _even(
        self, rows: Iterator[tuple[int, list[str]]], path: Path, start: int, layout: Layout
    ) -> Iterator[tuple[int, list[str]]]:
        for line, cells in rows:
            if len(cells) != layout.width:
                raise DataError(f"{path}:{line}: {len(cells)} columns, expected {layout.width} as on line {start}.")
            yield line, cells

    def _series(
        self,
        name: str,
        rows: list[tuple[int, list[str]]],
        layout: Layout,
        names: Sequence[str],
        path: Path,
        numbers: Decimals,
    ) -> Example:
        where = f"{path}:{rows[0][0]}"
        places = [(column, f"column {column + 1} ({names[column]})") for column in layout.values]
        absent = Absent(self.config.absent)
        frames = [
            [number(cells[column], f"{path}:{at}", place, numbers, absent) for column, place in places]
            for at, cells in rows
        ]
        refuse_empty(frames, where)
        fields: dict[str, object] = {"frames": np.array(frames, np.float64)}
        if layout.label is not None:
            cells = [row[layout.label].strip() for _, row in rows]
            fields[self.answer] = self._answered(name, cells, names[layout.label], [f"{path}:{at}" for at, _ in rows])
        return Example(fields, where, TableRows([line for line, _ in rows], [names[at] for at in layout.values]))

    def _answered(self, name: str, cells: list[str], column: str, places: Sequence[str]) -> list[str]:
        """Return the label of a series.

        Args:
            name: of the series.
            cells: of the column of labels.
            column: its name.
            places: where each row stands.
        """
        labels = {*cells} - {""}
        if len(labels) != 1:
            got = "no label" if not labels else f"labels {', '.join(sorted(labels))}"
            file = shlex.quote(places[0].rpartition(":")[0])
            tag = f" If each row has its own label: elman train tag {file}" if labels else ""
            raise DataError(f"{places[0]}: series {name!r} has {got}, expected one, the same in all its rows.{tag}")
        return [labels.pop()]

    def _layout(self, names: list[str], where: tuple[Path, int]) -> Layout:
        lower = [name.lower() for name in names]
        series = self._series_columns(lower, where)
        label = self._label_column(lower, where) if self.answer in self.fields else None
        answers = set(NAMES["labels"]) | {self.config.label.lower()}
        others = [i for i, name in enumerate(lower) if i not in (*series, label) and name not in answers]
        if self.config.values:
            values = [self._column(lower, name, (), "values", where) for name in self.config.values]
        elif self.config.clock in ("auto", _NO_CLOCK):
            values = others
        else:
            clock = self._column(lower, self.config.clock, (), "clock", where)
            values = [i for i in others if i != clock]
        if not values:
            raise DataError(
                f"{where[0]}:{where[1]}: no column of numbers: got {', '.join(names)}. Name them with reader.values."
            )
        return Layout(series, label, values, len(names))

    def _series_columns(self, names: list[str], where: tuple[Path, int]) -> tuple[int, ...]:
        given = named_columns(self.config.series, names) or [""]
        return tuple(self._column(names, one, SERIES, "series", where) for one in given)

    def _label_column(self, names: list[str], where: tuple[Path, int]) -> int:
        return self._column(names, self.config.label, NAMES["labels"], "label", where)

    def _column(self, names: list[str], given: str, usual: Sequence[str], key: str, where: tuple[Path, int]) -> int:
        path, line = where
        wanted = [given.lower()] if given else list(usual)
        found = next((name for name in wanted if name in names), None)
        if found is None:
            if any(is_moment(name) or is_number(name, Decimals()) for name in names):
                raise DataError(
                    f"{path}:{line}: got data: {', '.join(names)}; expected the names of the columns in the first row. "
                    "Write them there, such as series,x,y,label."
                )
            refuse_prose(f"{path}:{line}", names, f"a column {wanted[0]!r}")
            columns = f"no column {' or '.join(wanted[:3])}: got {', '.join(names)}"
            seen = measurements(beginning(path)) if key in ("series", "label") and not given else None
            asked = f" Perhaps{seen.settings}?" if seen is not None and key in seen.options else ""
            asked = f" All that are read: {', '.join(self.config.values)}." if key == "values" else asked
            raise DataError(f"{path}:{line}: {columns}. Name it with --set reader.{key}=NAME.{asked}")
        return names.index(found)


def _name(cells: Sequence[str], layout: Layout) -> str:
    """Return the name of the series of a row."""
    return ", ".join(cells[place].strip() for place in layout.series)


def _described(column: int, names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a column by its name, with how it begins."""
    shown = ", ".join(cells[column].strip() for cells in rows[:3])
    return f"{names[column]!r} ({shown} ...)"
