"""Tables of numbers of which each row is an example: which column has its label, and what the others are."""

import csv
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from elman.data.clocks import TIMES, is_moment
from elman.data.columns import NAMES, SERIES, is_usual, normal, whole_lines
from elman.data.delimiters import cells_of, delimiter_of
from elman.data.measurements import measurements
from elman.data.numbers import Decimals
from elman.data.series import decimals_of, is_number

_FEWEST_ROWS = 3
_FEWEST_NUMBERS = 2
_MOST_LABELS = 50
_COUNTED = re.compile(r"(.*?)(\d+)")


class Wide(NamedTuple):
    """How a table of numbers with an example a row is laid out.

    Args:
        names: of the columns; empty where no row has them.
        label: the column of the label.
        values: the columns of numbers.
        counted: whether these are steps: their names count on, or they have none.
    """

    names: Sequence[str]
    label: int
    values: Sequence[int]
    counted: bool


def wide(beginning: str) -> Wide | None:
    """Return how a table of numbers is laid out of which each row is an example; None where a file is none.

    It has one column of words or of a usual name, which comes again, and beside it only numbers, or a column that
    numbers the rows. A column of times, or of series that go over several rows, is no such table's.

    Args:
        beginning: of the file.
    """
    rows = _rows(beginning)
    if len(rows) < _FEWEST_ROWS:
        return None
    columns = list(zip(*rows[1:], strict=True))
    numbers = _numbers(beginning, rows)
    numeric = [place for place, cells in enumerate(columns) if all(is_number(cell, numbers) for cell in cells)]
    names = _names(rows[0], numeric, numbers)
    if names and any(is_usual("text", name) or normal(name) in TIMES for name in names):
        return None
    columns = columns if names else list(zip(*rows, strict=True))
    label = _label(names, columns, numeric)
    if label is None or any(map(is_moment, columns[label])):
        return None
    left = [place for place in range(len(columns)) if place not in numeric and place != label]
    values = [place for place in numeric if place != label and not _is_number_of_row(names, columns, place)]
    if left or len(values) < _FEWEST_NUMBERS:
        return None
    seen = measurements(beginning) if names else None
    if seen is not None and (seen.series or seen.clocks or seen.over_time):
        return None
    return Wide(names, label, values, not names or counts_on([names[place] for place in values]))


def has_named_numbers(beginning: str) -> bool:
    """Say whether a table has names in its first row, and numbers in most columns below."""
    rows = _rows(beginning)
    columns = list(zip(*rows[1:], strict=True))
    numbers = _numbers(beginning, rows)
    numeric = [place for place, cells in enumerate(columns) if all(is_number(cell, numbers) for cell in cells)]
    return bool(rows and 2 * len(numeric) > len(columns) and _names(rows[0], numeric, numbers))


def counts_on(names: Sequence[str]) -> bool:
    """Say whether names are numbers that count on behind the same letters.

    >>> counts_on(["t0", "t1", "t2"]), counts_on(["1", "2"]), counts_on(["width", "height"])
    (True, True, False)
    """
    parts = [_COUNTED.fullmatch(name.strip()) for name in names]
    found = [(part[1], int(part[2])) for part in parts if part]
    start = found[0][1] if found else 0
    return len(found) == len(names) and found == [(found[0][0], start + step) for step in range(len(names))]


def _rows(beginning: str) -> list[list[str]]:
    """Return the cells of the first lines; none where lines have different numbers of them."""
    lines = whole_lines(beginning)
    with suppress(csv.Error):
        delimiter = delimiter_of(lines)
        rows = [cells_of(line, delimiter) for line in lines]
        if rows and len(rows[0]) > _FEWEST_NUMBERS and all(len(row) == len(rows[0]) for row in rows):
            return rows
    return []


def _numbers(beginning: str, rows: Sequence[Sequence[str]]) -> Decimals:
    """Return what reads the numbers of a table."""
    return decimals_of(delimiter_of(whole_lines(beginning))).look(cell for row in rows[1:] for cell in row)


def _names(first: list[str], numeric: Sequence[int], numbers: Decimals) -> Sequence[str]:
    """Return the first row where it names the columns: what is a number below is none there, or they are counted."""
    over = [first[place] for place in numeric]
    different = len(set(first)) == len(first) and all(first)
    named = different and (not any(is_number(name, numbers) for name in over) or (len(over) > 2 and counts_on(over)))
    return first if named else []


def _label(names: Sequence[str], columns: Sequence[Sequence[str]], numeric: Sequence[int]) -> int | None:
    """Return the column of the label: that of a usual name, the one of words, or the first or last of few integers."""
    usual = [place for place, name in enumerate(names) if normal(name) in NAMES["labels"]]
    words = [place for place in range(len(columns)) if place not in numeric]
    ends = [] if names else [place for place in (0, len(columns) - 1) if all(map(_is_whole, columns[place]))]
    for place in (*usual, *words, *ends):
        if 1 < len(set(columns[place])) <= min(_MOST_LABELS, len(columns[place]) // 2):
            return place
    return None


def _is_whole(cell: str) -> bool:
    return re.fullmatch(r"-?\d+(?:\.0+)?(?:e\+00)?", cell.lower()) is not None


def _is_number_of_row(names: Sequence[str], columns: Sequence[Sequence[str]], place: int) -> bool:
    """Say whether a column numbers the rows, as its name says or as it counts."""
    named = bool(names) and normal(names[place]) in (*SERIES, "nr", "no", "index", "unnamed:_0")
    cells = columns[place]
    return named and len(set(cells)) == len(cells)
