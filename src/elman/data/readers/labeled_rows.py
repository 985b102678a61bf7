"""Numbers over time with a label in each row: what sensors measured, and what they were about at each moment."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from elman.data.assignments import typed
from elman.data.clocks import TIMES
from elman.data.columns import MOMENTS, NAMES, RECORDINGS, named_columns
from elman.data.fields import Kind
from elman.data.measurements import Measurements, cells_by_name, measurements
from elman.data.numbers import finite
from elman.data.readers.base import Reader
from elman.data.readers.series import Layout, SeriesReader
from elman.data.records import Example
from elman.data.sources import head as beginning
from elman.errors import DataError
from elman.text.printed import counted

_NONE = "none"
_ABSENT = ("", "?", "nan")
_MOST_MEASURED, _MOST_NUMBERED = 20, 100
"""How many different labels may be numbers, and how many if all are whole: more were measured."""


class LabeledRowsReader(SeriesReader):
    """Yields the fields `frames`, (T, F) numbers, NaN where one is missing, and `tags`, a label for each frame.

    The first row names the columns: `label`, one for each number of a frame, and perhaps `recording`, whose value is
    the same in all rows of a recording; without it all rows of a file are one. Rows of a recording follow each other,
    in the order of time. A column that says the time is not read: it is known by its name, by dates in it, or as it
    counts on in every recording.
    """

    class Config(SeriesReader.Config):
        """Options of tables with a label in each row."""

        name: str = "labeled_rows"
        series: str | list[str] = Field(
            "",
            description="The column that names the recording of a row, or several with commas between; left out, "
            "series, recording, subject, ...; none: all rows of a file are one.",
        )
        label: str = Field(
            "", description="The column with the label of a row; left out, label, activity, ..., or seen."
        )

    config: Config
    holds = {Kind.FRAMES: 1, Kind.TAGS: 1}
    answer = "tags"
    insists = True
    apart = "the rows of a recording are one example, and without a column of recordings all rows of a file are"

    def __init__(self, config: Reader.Config, fields: Sequence[str] = ("text",)) -> None:
        super().__init__(config, fields)
        self._label, self._named_by = self.config.label, self.config.series

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 for a table of numbers with labels that last for some rows, 1 where each may be of its row or of all.

        Where all rows of a series have the same, the label is that of the series.
        """
        seen = measurements(head)
        if seen is None or not seen.named:
            return 0
        if "tags" not in fields:
            return 1
        if not _label_of(seen) or (seen.series and seen.label and not seen.changes):
            return 0
        return 3 if seen.over_time else 1

    @property
    def _decided(self) -> Mapping[str, Any]:
        """The columns by name: other files may have them in another order."""
        return {**super()._decided, "label": self._label, "series": self._named_by or []}

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the recordings of one file.

        Raises:
            DataError: a file cannot be read, is empty or lacks a column; a row has another number of columns or no
                label; a value is no number; labels are measured numbers; a recording comes again, or has no value.
        """
        self._different: dict[str, None] = {}
        yield from super()._examples(paths)

    def _layout(self, names: list[str], where: tuple[Path, int]) -> Layout:
        """Return which column is which: those of words are not read."""
        if self.answer in self.fields:  # without labels it matters little whether recordings are named
            self._label_column([name.lower() for name in names], where)
        found, seen = super()._layout(names, where), measurements(beginning(where[0]))
        if self.config.values or seen is None:
            return found
        values = [i for i in found.values if names[i] in (*seen.numbers, *seen.clocks)]
        if out := [names[i] for i in found.values if i not in values]:
            self.remark(
                f"not read: {', '.join(out)}, guessed; --set reader.values='[...]' names all columns of numbers"
            )
        return found._replace(values=values or found.values)

    def _series_columns(self, names: list[str], where: tuple[Path, int]) -> tuple[int, ...]:
        """Return the columns that name a recording, which may be seen; none where all rows are one."""
        given = named_columns(self._named_by, names)
        lower = [one.lower() for one in given]
        alone = self._named_by == [] or (lower == [_NONE] and _NONE not in names)
        self._named_by = [] if alone else given or self._named_by
        if alone or (self.answers and not {*lower} <= {*names}):
            return ()
        if absent := [name for name, one in zip(given, lower, strict=True) if one not in names]:
            raise DataError(
                f"{where[0]}:{where[1]}: no column {absent[0]}: got {', '.join(names)}. Name it with --set "
                f"reader.series=NAME, or {_NONE} if all rows of a file are one recording."
            )
        found = lower or _recordings_by(names, beginning(where[0]))
        if found and not lower:
            self._named_by = found
            self.remark(
                f"recordings: rows with the same {' and '.join(found)}, guessed; --set reader.series={_NONE} takes all "
                "rows of a file as one"
            )
        return tuple(names.index(name.lower()) for name in found)

    def _label_column(self, names: list[str], where: tuple[Path, int]) -> int:
        """Return the column of labels, which may be seen."""
        if not self._label and (seen := measurements(beginning(where[0]))):
            self._label = _label_of(seen)
            if self._label.lower() not in NAMES["labels"] and self._label:
                self.remark(f"labels: column {self._label!r}, guessed; --set reader.label=NAME takes another")
        return self._column(names, self._label, MOMENTS, "label", where)

    def _answered(self, name: str, cells: list[str], column: str, places: Sequence[str]) -> list[str]:
        """Return the label of each row of a recording."""
        absent = [row for row, cell in enumerate(cells) if cell.lower() in _ABSENT]
        if absent:
            others = len(absent) - 1
            more = f", and so {'has' if others == 1 else 'have'} {counted(others, 'other rows')}" * (others > 0)
            raise DataError(
                f"{places[absent[0]]}: column {column!r} has no label: got {cells[absent[0]]!r}{more}, expected one in "
                "each row. Write what such rows are, such as 'other', or leave them out."
            )
        self._different |= dict.fromkeys(cells)
        numbers = [value for cell in self._different if (value := finite(cell)) is not None]
        most = _MOST_NUMBERED if all(value.is_integer() for value in numbers) else _MOST_MEASURED
        if len(numbers) == len(self._different) > most:
            shown = ", ".join(list(self._different)[:3])
            by = f" --set {typed('reader.series', self._named_by)}" if self._named_by not in ("", [], _NONE) else ""
            raise DataError(
                f"{places[0]}: column {column!r} has more than {most} different numbers, such as {shown}: expected few "
                "labels. Name another with --set reader.label=NAME; what comes next in numbers that were measured is "
                f"learned by elman train forecast {shlex.quote(places[0].rpartition(':')[0])}{by}"
            )
        return cells


def _label_of(seen: Measurements) -> str:
    """Return the column of labels: that of a usual name, that with few words or numbers, or the only one of words."""
    usual = {name.lower(): name for name in reversed(seen.names)}
    named = next((usual[name] for name in MOMENTS if name in usual), "")
    if named or seen.label:
        return named or seen.label
    words = [name for name in seen.others if name.lower() not in (*RECORDINGS, *TIMES)]
    return words[0] if len(words) == 1 else ""


def _recordings_by(names: Sequence[str], head: str) -> list[str]:
    """Return the columns that name recordings: those of usual names that do not differ in each row, or one seen."""
    columns, seen = cells_by_name(head), measurements(head)
    each = [name.lower() for name, cells in columns.items() if 1 < len(cells) == len({*cells})]
    found = [name for name in names if name in RECORDINGS and name not in each]
    return found or ([seen.series] if seen is not None and seen.changes else [])
