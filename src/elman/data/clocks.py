"""Columns that say when a value was measured, which are no measurements: dates, time stamps, numbers that count on."""

import re
from collections.abc import Sequence
from itertools import pairwise

from elman.data.numbers import finite

TIMES = ("time", "step", "t", "timestamp", "date", "datetime", "zeit", "datum", "uhrzeit", "zeitstempel")
"""The names of columns of times."""

_YEARS = ("year", "jahr", "année", "annee", "año", "anno")

_DATE = r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"
_MOMENT = re.compile(rf"(?:{_DATE}(?:[T ]\s*{_TIME})?|{_TIME})\s*(?:Z|UTC|[+-]\d{{2}}:?\d{{2}})?", re.IGNORECASE)
_YEAR = r"(?P<{0}>(?:1[5-9]|2[01])\d\d)"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMES = "|".join(_MONTHS)
_STRETCH = re.compile(
    rf"{_YEAR.format('y1')}[-/ ]?(?P<kind>[QM])(?P<n1>\d{{1,2}})"
    rf"|(?P<quarter>Q[1-4])[-/ ]?{_YEAR.format('y2')}"
    rf"|{_YEAR.format('y3')}[-/](?P<n3>\d{{1,2}})"
    rf"|(?P<n4>\d{{1,2}})[-/]{_YEAR.format('y4')}"
    rf"|{_YEAR.format('y5')}[-/. ]+(?P<name5>{_NAMES})[a-z]*"
    rf"|(?P<name6>{_NAMES})[a-z]*[-/., ]+{_YEAR.format('y6')}",
    re.IGNORECASE,
)
_WEEK = re.compile(r"\d{4}-?W\d{2}")
_SHORT = re.compile(rf"(?:{_NAMES})[a-z]*[-/ ']+\d\d", re.IGNORECASE)
_FEWEST_STEPS = 10
_UNEVEN = 2.0
_EPOCH = 1e9
"""Seconds since 1970 in the year 2001: nothing but a clock counts on from there."""


def is_moment(text: str) -> bool:
    """Say whether a cell is a date, a time of day, both, or a month, a quarter, a week of a year.

    >>> is_moment("2024-03-01T10:00:00Z"), is_moment("1.3.2024 10:00"), is_moment("10:00"), is_moment("2024.5")
    (True, True, True, False)
    """
    written = text.strip()
    if not written[:1].isalnum():
        return False
    if any(found.fullmatch(written) for found in (_MOMENT, _WEEK, _SHORT)):
        return True
    return month_of(written) is not None


def month_of(text: str) -> tuple[int, int] | None:
    """Return the year and the month that a cell is, or with which the quarter begins that it is; None for others.

    >>> month_of("1949-02"), month_of("Q3 2024"), month_of("2024M11"), month_of("Feb 1949"), month_of("1949-13")
    ((1949, 2), (2024, 7), (2024, 11), (1949, 2), None)
    """
    found = _STRETCH.fullmatch(text.strip())
    if found is None:
        return None
    parts = {key.rstrip("123456"): value for key, value in found.groupdict().items() if value}
    if "name" in parts:
        month = _MONTHS.index(parts["name"].lower()) + 1
    elif "quarter" in parts or parts.get("kind", "").upper() == "Q":
        month = 3 * int(parts.get("n") or parts["quarter"][1:]) - 2
    else:
        month = int(parts["n"])
    return (int(parts["y"]), month) if 1 <= month <= len(_MONTHS) else None


def rows_of_a_year(cells: Sequence[str]) -> int:
    """Return how many rows a year has, where all go on by a month or a quarter; 0 where they do not.

    >>> rows_of_a_year(["1949-11", "1949-12", "1950-01"]), rows_of_a_year(["2024-01-31", "2024-02-29", "2024-03-31"])
    (12, 12)
    >>> rows_of_a_year(["Q3 2024", "Q4 2024", "Q1 2025"]), rows_of_a_year(["2024-01-01", "2024-01-02", "2024-02-01"])
    (4, 0)
    """
    months = [_month(cell) for cell in cells if cell.strip()]
    if len(months) < 2 or None in months:
        return 0
    steps = {later - before for before, later in pairwise(one for one in months if one is not None)}
    return {1: 12, 3: 4}.get(steps.pop(), 0) if len(steps) == 1 else 0


def _month(cell: str) -> int | None:
    """Return the number of the month that a cell is, or that its date is in."""
    found = month_of(cell)
    if found is None and (date := re.match(r"\s*(\d{4})[-/.](\d{1,2})[-/.]\d{1,2}\b", cell)):
        found = int(date[1]), int(date[2])
    return None if found is None else 12 * found[0] + found[1]


def says_time(name: str, cells: Sequence[str]) -> bool:
    """Say whether a column says the time: by its name, by its cells, or as it has years, which do not go back."""
    there = [cell for cell in cells if cell]
    if name.lower() in TIMES or (there and all(map(is_moment, there))):
        return True
    years = name.lower() in _YEARS and all(re.fullmatch(r"\d{4}", cell) for cell in cells)
    return bool(there) and years and all(before <= after for before, after in pairwise(cells))


def is_clock(series: Sequence[Sequence[str]]) -> bool:
    """Say whether a column of some series is a clock.

    So it is where all of its cells are moments, or numbers that rise within each series, by about as much at every
    step of all of them, or as seconds since 1970 do.

    Args:
        series: the cells of the column, of each series.
    """
    cells = [cell for one in series for cell in one]
    if cells and all(map(is_moment, cells)):
        return True
    numbers = [[finite(cell.strip().replace(",", ".")) for cell in one] for one in series]
    if any(number is None for one in numbers for number in one):
        return False
    steps = [after - before for one in numbers for before, after in pairwise(one)]  # type: ignore[operator]
    if len(steps) < _FEWEST_STEPS or min(steps) <= 0:
        return False
    return max(steps) <= _UNEVEN * min(steps) or min(number or 0.0 for one in numbers for number in one) >= _EPOCH
