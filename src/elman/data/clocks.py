"""Columns that say when a value was measured, which are no measurements: dates, time stamps, numbers that count on."""

import re
from collections.abc import Sequence
from itertools import pairwise

from elman.data.numbers import finite

TIMES = ("time", "step", "t", "timestamp", "date", "datetime", "zeit", "datum", "uhrzeit", "zeitstempel")
"""The names of columns of times."""

_DATE = r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}"
_TIME = r"\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?"
_MOMENT = re.compile(rf"(?:{_DATE}(?:[T ]\s*{_TIME})?|{_TIME})\s*(?:Z|UTC|[+-]\d{{2}}:?\d{{2}})?", re.IGNORECASE)
_FEWEST_STEPS = 10
_UNEVEN = 2.0
_EPOCH = 1e9
"""Seconds since 1970 in the year 2001: nothing but a clock counts on from there."""


def is_moment(text: str) -> bool:
    """Say whether a cell is a date, a time of day, or both.

    >>> is_moment("2024-03-01T10:00:00Z"), is_moment("1.3.2024 10:00"), is_moment("10:00"), is_moment("2024.5")
    (True, True, True, False)
    """
    return _MOMENT.fullmatch(text.strip()) is not None


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
