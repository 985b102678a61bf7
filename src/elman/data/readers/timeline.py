"""A series in a table: a row a time step, in the order of time."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from math import inf
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field, field_validator

from elman.data.advising import refuse_prose
from elman.data.clocks import is_clock, is_moment, rows_of_a_year, says_time
from elman.data.columns import read_lines
from elman.data.delimiters import cells_of, delimiter_of, other_below
from elman.data.fields import Kind
from elman.data.panels import told_apart
from elman.data.readers.base import PartedReader, Reader
from elman.data.records import Example, TableRows
from elman.data.series import Absent, NumberOptions, as_typed, decimals_of, is_number, number
from elman.data.stretch import parted, rows_of
from elman.data.ticks import Ticks
from elman.data.units import beside
from elman.errors import DataError, OptionError, did_you_mean
from elman.text.printed import counted

_NO_CLOCK = "none"

Row = tuple[int, list[str]]


class TimelineReader(PartedReader):
    """Yields the field `frames`, (T, F) numbers, NaN where one is missing: one series a file.

    The first row names the columns. Rows stand in the order of time. A column that says the time is not read, but
    tells where rows are missing, doubled or not in order. `FILE#8641:11520` means some rows of a file, counted from 1
    below the header: those before are read too, but nothing is learned or scored there (`begin`), and those behind
    are not read.
    """

    class Config(NumberOptions, Reader.Config):
        """Options of tables in the order of time."""

        name: str = "timeline"
        values: list[str] = Field([], description="The columns with numbers; left out, all others but the clock.")
        clock: str = Field(
            "auto", description="The column of times, which is not read; auto: seen and said; none: there is none."
        )
        header: bool = Field(True, description="The first row names the columns; false: they are named 1, 2, ...")
        absent: list[str] = Field(
            [],
            description="What says that a value is missing, besides an empty cell, ?, nan, NA and null, such as -999.",
        )
        missing: Literal["error", "mask", "previous"] = Field(
            "error",
            description="What becomes of a missing value: error; mask, the model is told that it is missing; previous, "
            "the value before it.",
        )
        gaps: Literal["error", "ignore"] = Field(
            "error", description="What becomes of missing rows: error; ignore, as if the rows followed each other."
        )

        @field_validator("values", "absent", mode="before")
        @classmethod
        def _names(cls, names: Any) -> Any:
            return as_typed(names)

    config: Config
    holds = {Kind.FRAMES: 1}
    apart = "each file is one series"

    def __init__(self, config: Config, fields: Sequence[str] = ("frames",)) -> None:
        super().__init__(config, fields)
        self._columns: list[str] = list(config.values)
        self._decimal: str = config.decimal
        self._season = 0

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 2 where the first row names columns and those of the second are numbers, but for times; 1 for no row.

        Say 4 where something else stands between the names, which reading refuses with what to do.
        """
        lines = [line for line in head.split("\n") if line.strip()]
        if not lines:
            return 0
        delimiter, other = delimiter_of(lines), other_below(lines)
        names, cells = cells_of(lines[0], delimiter), cells_of(lines[:2][-1], other or delimiter)
        numbers = decimals_of("")
        if len(lines) < 2:
            return int(len(names) > 1 and all(re.fullmatch(r"[^\W\d]\w*", name) for name in names))
        if len(names) != len(cells) or any(is_number(name, numbers) for name in names):
            return 0
        measured = all(is_number(cell, numbers) or is_moment(cell) or beside(cell) for cell in cells)
        return (4 if other else 2) if measured else 0

    @property
    def _decided(self) -> Mapping[str, Any]:
        """The columns of numbers by name: other files may have them in another order."""
        return {"values": self._columns, "decimal": self._decimal}

    @property
    def season(self) -> int:
        """The rows of a year, where they are months or quarters."""
        return self._season

    @property
    def channels(self) -> Sequence[str]:
        """The columns of numbers."""
        return self._columns

    def overlap(self, one: str, other: str) -> bool:
        """Say whether two parts of a file share a row that is scored."""
        left, right = rows_of(one, one), rows_of(other, other)
        return left.first < (right.stop or inf) and right.first < (left.stop or inf)

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the series of one file.

        Raises:
            DataError: a file cannot be read, is empty or lacks a column; a row has another number of columns; a value
                is no number or missing; rows are missing, doubled or not in order.
        """
        path, part = parted(paths[0])
        wanted = rows_of(part, str(paths[0]))
        names, start, rows = self._rows(path)
        if not names:
            return
        if wanted.stop is not None and len(rows) < wanted.stop:
            raise DataError(f"{paths[0]}: {counted(len(rows), 'rows')}, expected {wanted.stop:,}. Name rows it has.")
        clock, columns = self._layout(path, start, names, [cells for _, cells in rows])
        rows = rows[: wanted.stop]
        if clock is not None:
            series = partial(_series_of, names, clock, rows)
            ticks = Ticks(path, names[clock], self.config.gaps == "ignore", series)
            ticks.check([(at, cells[clock]) for at, cells in rows])
        self._columns = self._columns or [names[place] for place in columns]
        frames = self._frames(path, names, columns, rows)
        self._tell_constant(path, start, names, columns, frames)
        where = f"{path}:{rows[wanted.first][0]}" if wanted.first < len(rows) else f"{paths[0]}"
        stand = TableRows([line for line, _ in rows], [names[at] for at in columns])
        yield Example({"frames": frames, **({"begin": wanted.first} if wanted.first else {})}, where, stand)

    def _rows(self, path: Path) -> tuple[list[str], int, list[Row]]:
        """Return the names of columns, the line that they stand on, and the rows below."""
        lines = ((line, text) for line, text in read_lines(path, self.config.encoding) if text.strip())
        start, first = next(lines, (1, ""))
        if not first:
            return [], start, []
        texts = list(lines)
        every = [first, *(text for _, text in texts)]
        delimiter = delimiter_of(every)
        if other := other_below(every):
            old, new = (mark.replace("\t", r"\t") for mark in (delimiter, other))
            raise DataError(
                f"{path}:{start}: the names have {delimiter!r} between them, and the rows below {other!r}, expected "
                f"one of the two. Write the names as the rows: sed '{start}s/{old}/{new}/g' "
                f"{shlex.quote(str(path))} > MENDED"
            )
        rows = [(line, cells_of(text, delimiter)) for line, text in texts]
        names = cells_of(first, delimiter)
        self._numbers = decimals_of(delimiter, self.config.decimal)
        if not self.config.header:
            rows.insert(0, (start, names))
            names = [str(place) for place in range(1, len(names) + 1)]
        elif any(is_number(name, decimals_of(delimiter)) for name in names):
            raise DataError(
                f"{path}:{start}: no header: got {', '.join(names)[:80]}, expected the names of the columns. Put them "
                "there, or --set reader.header=false."
            )
        for line, cells in rows:
            if len(cells) != len(names):
                comma = " Decimals behind commas need ; or tabs between columns." if delimiter == "," else ""
                raise DataError(
                    f"{path}:{line}: {counted(len(cells), 'columns')}, expected {len(names)} as on line {start}.{comma}"
                )
        if not rows:
            raise DataError(f"{path}:{start}: no row below the header, expected numbers.")
        return names, start, rows

    def _layout(
        self, path: Path, start: int, names: Sequence[str], cells: Sequence[Sequence[str]]
    ) -> tuple[int | None, list[int]]:
        """Return the column of times, if there is one, and those of numbers."""

        def place(name: str, key: str) -> int:
            if name not in names:
                refuse_prose(f"{path}:{start}", names, f"a column {name!r}")
                given = "as given, or as the training table has it" if key == "values" else "as given"
                raise DataError(
                    f"{path}:{start}: no column {name!r}, expected by reader.{key}, {given}: got {', '.join(names)}. "
                    f"{did_you_mean(name, names)} Rename it there, or set reader.{key}."
                )
            return names.index(name)

        given = self._columns
        if self.config.clock not in ("auto", _NO_CLOCK):
            clock: int | None = place(self.config.clock, "clock")
        else:
            others = [at for at, name in enumerate(names) if name not in given]
            clock = next((at for at in others if self._is_clock(names[at], [row[at] for row in cells])), None)
        if self.config.clock == _NO_CLOCK:
            clock = None
        elif clock is not None and self.config.clock == "auto":
            shown = f"{names[clock]!r} ({cells[0][clock].strip()} ...)"
            self.remark(f"clock: column {shown} is not read, guessed; --set reader.clock=none reads it")
        self._season = 0 if clock is None else rows_of_a_year([row[clock] for row in cells])
        columns = [place(name, "values") for name in given] or [at for at in range(len(names)) if at != clock]
        if not columns:
            raise DataError(
                f"{path}:{start}: no column of numbers: got {', '.join(names)}. Name them with reader.values."
            )
        return clock, columns

    @staticmethod
    def _is_clock(name: str, cells: Sequence[str]) -> bool:
        return says_time(name, cells) or is_clock([cells])

    def _frames(self, path: Path, names: Sequence[str], columns: Sequence[int], rows: Sequence[Row]) -> np.ndarray:
        places = [(at, f"column {at + 1} ({names[at]})") for at in columns]
        absent = Absent(self.config.absent)
        self._numbers.look(cells[at] for _, cells in rows for at in columns)
        read = [
            [number(cells[at], f"{path}:{line}", place, self._numbers, absent) for at, place in places]
            for line, cells in rows
        ]
        frames = np.array(read)
        self._decimal = self._numbers.decided or self._decimal
        if self._numbers.remark:
            self.remark(f"{path.name}: {self._numbers.remark}")
        missing = np.argwhere(np.isnan(frames[: self._read_until(frames)]))
        if not len(missing) or self.config.missing == "mask":
            return frames
        step, channel = missing[0]
        if self.config.missing == "error":
            raise OptionError(
                f"{path}:{rows[step][0]}: {places[channel][1]}: the value is missing, the first of {len(missing):,}. "
                "--set reader.missing=mask tells the model so, previous takes the value before it.",
                {"missing": "mask"},
            )
        there = np.where(np.isnan(frames), 0, np.arange(len(frames))[:, None])
        return np.take_along_axis(frames, np.maximum.accumulate(there, axis=0), axis=0)

    def _read_until(self, frames: np.ndarray) -> int:
        """Return the row behind the last that is read: where answers are wanted, those to come lack what is forecast.

        Such rows stand at the end and have some of their values, those that are known ahead.
        """
        lacking = np.isnan(frames).any(1) & ~np.isnan(frames).all(1)
        if not self.answers or lacking.all():
            return len(frames)
        return len(frames) - int(np.argmin(lacking[::-1]))

    def _tell_constant(
        self, path: Path, start: int, names: Sequence[str], columns: Sequence[int], frames: np.ndarray
    ) -> None:
        for channel, at in enumerate(columns):
            there = frames[~np.isnan(frames[:, channel]), channel]
            if len(there) > 1 and (there == there[0]).all():
                self.remark(
                    f"{path.name}:{start}: column {at + 1} ({names[at]}) is {there[0]:g} in every row: it says nothing"
                )


def _series_of(names: Sequence[str], clock: int, rows: Sequence[Row]) -> str:
    """Return the column that tells several series apart; empty where none does."""
    columns = {name: [cells[at] for _, cells in rows] for at, name in enumerate(names) if at != clock}
    return told_apart([cells[clock] for _, cells in rows], columns)
