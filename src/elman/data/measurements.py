"""Tables of numbers: which columns were measured, which may name the series of a row, and which its label."""

import csv
import shlex
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from elman.data.assignments import typed
from elman.data.clocks import is_moment, says_time
from elman.data.columns import MOMENTS, NAMES, RECORDINGS, SERIES, names_for, normal, whole_lines
from elman.data.delimiters import cells_of, delimiter_of
from elman.data.guessing import MISSING
from elman.data.numbers import Decimals, finite
from elman.data.panels import told_apart
from elman.data.sources import head
from elman.data.units import unit_of
from elman.errors import DataError

_FEWEST_ROWS, _ROWS, _MOST = 3, 1000, 0.9
_MOST_NUMBERS = 20
_TEXTS = ("text", "first", "second", "words", "tags", "source")
_IDS = ("id", "nr", "no", "number", "name")


class Measurements(NamedTuple):
    """What the columns of a table of numbers are, by name.

    Args:
        numbers: were measured.
        clocks: say when.
        series: is the same in all rows of a series; empty where none can be.
        label: of a series; empty where none can be.
        changes: whether the label changes within a series.
        others: hold something else.
        names: of all.
        named: whether the first row has them; else they are numbers from 1.
        missing: how many numbers each of those columns lacks that lacks some.
        lasts: whether a label lasts for several rows, and others come between: each row has its own.
    """

    numbers: Sequence[str]
    clocks: Sequence[str]
    series: str
    label: str
    changes: bool
    others: Sequence[str]
    names: Sequence[str]
    named: bool
    missing: Mapping[str, int]
    lasts: bool = False

    @property
    def over_time(self) -> bool:
        """Whether the label is one of each row, as of what a sensor was about at each moment."""
        return self.changes or (self.lasts and not self.series)

    @property
    def options(self) -> dict[str, str | list[str]]:
        """The options with which the format of series reads it, those left out that are known by name."""
        given: dict[str, str | list[str]] = {}
        for key, name, usual in (("series", self.series, SERIES), ("label", self.label, NAMES["labels"])):
            lower = [one.lower() for one in self.names]
            if name and next((one for one in usual if one in lower), "") != name.lower():
                given[key] = name
        return given | ({"values": [*self.numbers]} if self.others else {})

    @property
    def settings(self) -> str:
        """The same as they are typed."""
        return "".join(f" --set {typed(f'reader.{key}', value)}" for key, value in self.options.items())

    def advice(self, path: str) -> str:
        """Return the command that learns from it, or what it lacks for that."""
        file = shlex.quote(path)
        if not self.named and not self.others and not self.label:
            return (
                f"no names of columns. Write them into a first row, such as {self._example}, and what comes next is "
                f"learned by elman train forecast {file}"
            )
        if not self.named:
            return (
                f"no names of columns. Write them into a first row, such as series,x,y,label: elman describe {file} "
                "says then which command reads it."
            )
        if not self.label:
            gaps = f"{' --set reader.missing=mask' if self.missing and not self.series else ''}"
            return (
                "no column has labels: what can be learned is what comes next. elman train forecast "
                f"{file}{self.settings}{gaps}"
            )
        if self.over_time:
            whole = f"a recording by {self.series!r}" if self.series else "one recording"
            return f"{whole}, a label for each row by {self.label!r}. Train tag? elman train tag {file}{self.settings}"
        if not self.series:
            return (
                f"a label by {self.label!r}, and no column says which rows are a series. Add one that is the same in "
                f"all rows of a series, whose label is one: elman train classify {file} --set reader.series=NAME"
                f"{self.settings}; or, if each row is an example of its own, --set reader.name=wide{self.settings}"
            )
        seen = f"a series by {self.series!r}, a label by {self.label!r}"
        return f"{seen}. Train classify? {self.command(path)}"

    @property
    def _example(self) -> str:
        """Names for columns that have none, a different one for each."""
        kinds = [("time", self.clocks), ("value", self.numbers)]
        each = [(name, called, at) for called, some in kinds for at, name in enumerate(some, start=1)]
        said = {name: called if len(dict(kinds)[called]) == 1 else f"{called}{at}" for name, called, at in each}
        return ",".join(said[name] for name in self.names)

    def command(self, path: str) -> str:
        """Return the command that trains on it."""
        known = not self.options and self.series
        return f"elman train classify {shlex.quote(path)}{' --set reader.name=series' if known else self.settings}"


def refuse_measured(path: Path, wanted: Sequence[str]) -> None:
    """Refuse a table of numbers where texts are wanted; the message says what learns from it.

    Raises:
        DataError: the file is so.
    """
    if "frames" not in wanted and path.is_file() and (seen := measurements(head(path))):
        raise DataError(
            f"{path}: looks like a table of numbers, expected {', '.join(wanted)}: got numbers "
            f"({', '.join(seen.numbers)}), {seen.advice(str(path))}"
        )


def measurements(beginning: str) -> Measurements | None:
    """Return what the columns of a table of numbers with a header are; None where a file is none.

    Args:
        beginning: of the file.
    """
    names, rows = _cells(beginning)
    named = not any(map(_is_value, names))
    if not named:
        rows, names = [names, *rows], [f"column {place + 1}" for place in range(len(names))]
    if len(rows) < _FEWEST_ROWS or len(set(names)) < len(names):
        return None
    if any(normal(name) in names_for(field) for name in names for field in _TEXTS):
        return None
    columns = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    clocks = [name for name in names if says_time(name, columns[name])]
    numbers = _numeric({name: columns[name] for name in names if name not in clocks}, beginning)
    words = {name: columns[name] for name in names if name not in clocks and name not in numbers}
    if not numbers or any(map(_is_prose, words.values())) or not (named or _over_time(clocks, numbers, words, rows)):
        return None
    times = [" ".join(cells) for cells in zip(*(columns[name] for name in clocks), strict=True)]
    may_tell = [name for name in (*words, *numbers) if _may_tell(name, columns[name], name in words)]
    apart = told_apart(times, {name: columns[name] for name in may_tell})
    series, label, changes = _answered(columns, numbers, list(words), apart)
    measured = [name for name in numbers if name not in (series, label)]
    if not measured:
        return None
    others = [name for name in words if name not in (series, label)]
    missing = {name: count for name in measured if (count := sum(map(is_missing, columns[name])))}
    lasts = bool(label) and _lasts(columns[label], bool(clocks))
    return Measurements(measured, clocks, series, label, changes, others, names, named, missing, lasts)


def _over_time(
    clocks: Sequence[str], numbers: Sequence[str], words: Mapping[str, Sequence[str]], rows: Sequence[Sequence[str]]
) -> bool:
    """Say whether columns without names are numbers over time: some beside times and words, or one beside dates."""
    dates = bool(clocks) and all(any(map(is_moment, row)) for row in rows)
    return bool(clocks) and (len(numbers) > 1 if words else dates)


def _answered(
    columns: Mapping[str, list[str]], numbers: Sequence[str], words: Sequence[str], by_time: str
) -> tuple[str, str, bool]:
    """Return the columns of series and label, empty where there are none, and whether the label changes within one.

    Args:
        columns: the cells of each.
        numbers: the columns of numbers.
        words: the others.
        by_time: the column that tells rows of one time apart, where one does: that of the series.
    """
    different, last = {name: len(set(cells)) for name, cells in columns.items()}, list(columns)[-1]
    labels = [name for name in (*words, *numbers) if _may_label(name, columns[name], name in words)]
    named = [name for name in labels if normal(name) in NAMES["labels"]]
    apart = [name for name in (*words, *numbers) if _may_name(name, columns[name], name in words)]
    if by_time:
        apart, labels, named = [by_time], *([one for one in some if one != by_time] for some in (labels, named))
    fits = [
        (one, label)
        for one in apart
        for label in named or labels
        if one != label and different[label] < different[one] and not _changes(columns[one], columns[label])
    ]
    if fits:
        best = min(fits, key=lambda fit: (_rank(fit[0]), fit[1] != last, fit[1] in numbers, different[fit[1]]))
        return (*best, False)
    moments = [name for name in labels if normal(name) in MOMENTS]
    told = moments or [name for name in labels if name in words and not by_time]
    rows = [name for name in told if normal(name) not in RECORDINGS]
    label = min(named or rows, key=different.__getitem__, default="")
    rest = [name for name in apart if name != label and (_rank(name) < 2 or name in words or name == by_time)]
    one = min(rest, key=lambda name: (_rank(name), -different[name]), default="")
    return one, label, bool(one and label and _changes(columns[one], columns[label]))


def _rank(name: str) -> int:
    """Return how little a name is one of a column of series."""
    lower = normal(name)
    return 0 if lower in RECORDINGS else 1 if any(lower.endswith(end) for end in _IDS) else 2


def _may_label(name: str, cells: Sequence[str], words: bool) -> bool:
    few = 1 < len(set(cells)) <= len(cells) // 2
    called = normal(name) in NAMES["labels"]
    whole = all(cell.strip().isdecimal() or (called and _is_whole(cell)) for cell in cells)
    whole = whole and len(set(cells)) <= _MOST_NUMBERS
    return few and (words or whole) and normal(name) not in SERIES


def _is_whole(cell: str) -> bool:
    value = finite(cell)
    return value is not None and value.is_integer()


def _may_tell(name: str, cells: Sequence[str], words: bool) -> bool:
    """Say whether a column may tell series apart: it has words, or whole numbers."""
    return normal(name) not in NAMES["labels"] and (words or all(cell.isdecimal() for cell in cells))


def _may_name(name: str, cells: Sequence[str], words: bool) -> bool:
    runs = sum(1 for _ in groupby(cells))
    several = 1 < len(set(cells)) < len(cells)
    return several and (words or _rank(name) < 2 or (runs == len(set(cells)) and all(c.isdecimal() for c in cells)))


def _changes(series: Sequence[str], labels: Sequence[str]) -> bool:
    """Say whether a series has two labels."""
    return len({(one, label) for one, label in zip(series, labels, strict=True) if label}) > len(set(series))


def _lasts(labels: Sequence[str], timed: bool) -> bool:
    """Say whether labels stay for several rows, twice as long as if rows were shuffled, and are no sorted ones."""
    runs, counts = sum(1 for _ in groupby(labels)), Counter(labels)
    shuffled = 1 + (len(labels) - 1) * (1 - sum((count / len(labels)) ** 2 for count in counts.values()))
    return 2 * runs <= shuffled and (timed or runs > len(counts))


def cells_by_name(beginning: str) -> dict[str, list[str]]:
    """Return the columns of a table by what its first row has there; nothing where two have the same.

    Args:
        beginning: of the file.
    """
    names, rows = _cells(beginning)
    if not rows or len(set(names)) < len(names):
        return {}
    return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))


def _cells(beginning: str) -> tuple[list[str], list[list[str]]]:
    """Return the names of the columns, and the rows below; none where lines have different numbers of cells."""
    lines = whole_lines(beginning)
    delimiter = delimiter_of(lines)
    with suppress(csv.Error):
        rows = [cells_of(line, delimiter) for line in lines]
        if rows and len(rows[0]) > 1 and all(len(row) == len(rows[0]) for row in rows):
            return rows[0], rows[1:]
    return [], []


def _numeric(columns: Mapping[str, list[str]], beginning: str) -> list[str]:
    """Return the columns of numbers, and those that reading will refuse, since a unit or a word stands in them."""
    there = {name: [cell for cell in cells if not is_missing(cell)] for name, cells in columns.items()}
    alone = "." if delimiter_of(whole_lines(beginning)) == "," else ".,"
    decimals = Decimals(alone=alone).look(cell for cells in there.values() for cell in cells)
    return [name for name, cells in there.items() if cells and (unit_of(cells) or _are_numbers(cells, decimals))]


def _are_numbers(cells: Sequence[str], decimals: Decimals) -> bool:
    return sum(decimals.finite(cell) is not None or decimals.is_written(cell) for cell in cells) >= _MOST * len(cells)


def is_missing(cell: str) -> bool:
    """Say whether a cell says that a number is missing."""
    return not cell or cell == "?" or cell.lower() in MISSING


def _is_value(name: str) -> bool:
    return not name or finite(name.replace(",", ".")) is not None or is_moment(name)


def _is_prose(cells: Sequence[str]) -> bool:
    """Say whether cells have several words, as texts do."""
    return sum(len(cell.split()) > 2 for cell in cells) > len(cells) // 2
