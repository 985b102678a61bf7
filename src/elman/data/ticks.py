"""The times of rows: whether rows are missing, doubled, or not in order."""

import re
import shlex
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import NamedTuple

from elman.data.assignments import typed
from elman.data.clocks import month_of
from elman.data.numbers import finite
from elman.errors import DataError, OptionError
from elman.text.printed import counted

_LATE = 1.5
"""Of the usual step: months and years differ by less."""

_MOST = 1e15

_READ = 0.9
"""Of the times of a column that can be read: where so many are, the others are mistakes, and else it is written so that
nobody here can read it."""


_DAY = 86_400.0
_MONTHS = 12
_REST = r"(?P<rest>(?:[T ]\s*\d{1,2}:\d{2}.*)?)"
_DAY_OF_YEAR = re.compile(rf"(?P<first>\d{{1,2}})(?P<mark>[./-])(?P<second>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}){_REST}")
_YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})(?P<mark>[./-])(?P<second>\d{{1,2}})(?P=mark)(?P<third>\d{{1,2}}){_REST}")
_HOUR = re.compile(r"^[T ]\s*(?=\d:)")


class Tick(NamedTuple):
    """The time of a row.

    Args:
        line: of the row.
        text: the time as it is written.
        at: the time as a number.
    """

    line: int
    text: str
    at: float


def moments(texts: Sequence[str]) -> list[float | None]:
    """Return the times of a column as `moment` does; some with a day above 12 say whether days or months come first.

    >>> moments(["01/02/1970", "01/13/1970"]), moments(["01/02/1970"])
    ([86400.0, 1036800.0], [None])
    """
    found = [_DAY_OF_YEAR.fullmatch(text.strip()) for text in texts]
    pairs = [(int(one["first"]), int(one["second"])) for one in found if one]
    days, months = (any(pair[at] > _MONTHS for pair in pairs) for at in (0, 1))
    return [moment(text, days if days != months else None) for text in texts]


def moment(text: str, day_first: bool | None = None) -> float | None:
    """Return a time as seconds, or as the number that it is; None where it is neither.

    >>> moment("1970-01-02 00:00:00"), moment("2.1.1970"), moment("1970-02"), moment("7"), moment("noon")
    (86400.0, 86400.0, 2678400.0, 7.0, None)

    Args:
        text: the time.
        day_first: whether days come before months where a slash is between; None: nobody knows. They do before points.
    """
    written = text.strip().strip('"')
    value = finite(written)
    if value is not None:
        return value
    if (month := month_of(written)) is not None:
        return datetime(*month, 1, tzinfo=UTC).timestamp()
    try:
        time = datetime.fromisoformat(_as_iso(written, day_first))
    except ValueError:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _as_iso(written: str, day_first: bool | None) -> str:
    """Return a time with year, month and day in this order, as far as their order is known."""
    if found := _YEAR_FIRST.fullmatch(written):
        year, month, day, rest = found["year"], found["second"], found["third"], found["rest"]
    elif found := _DAY_OF_YEAR.fullmatch(written):
        days = day_first if found["mark"] != "." else True
        if days is None:
            return written
        order = ("second", "first") if days else ("first", "second")
        year, (month, day), rest = found["year"], (found[one] for one in order), found["rest"]
    else:
        return written
    return f"{year}-{month:0>2}-{day:0>2}{_HOUR.sub('T0', rest).replace(',', '.')}"


class Ticks:
    """Checks the column of times of a file.

    Args:
        path: of the file.
        column: the name of the column.
        gaps: whether rows may be missing.
        series: names the column that tells several series in one file apart, where one does; asked only where times
            come again or go back.
    """

    def __init__(self, path: Path, column: str, gaps: bool, series: Callable[[], str] = str) -> None:
        self._path, self._column, self._gaps, self._series = path, column, gaps, series

    def check(self, cells: Sequence[tuple[int, str]]) -> None:
        """Refuse rows that are missing, doubled or not in order; a column that cannot be read says nothing.

        Args:
            cells: the line and the time of each row.

        Raises:
            OptionError: rows are missing, or the file has several series.
            DataError: rows are doubled or not in order.
        """
        found = moments([text for _, text in cells])
        times = [(line, text.strip(), at) for (line, text), at in zip(cells, found, strict=True)]
        unread = [(line, text) for line, text, at in times if at is None]
        if len(unread) > (1 - _READ) * len(times):
            return
        if unread:
            line, text = unread[0]
            raise DataError(
                f"{self._path}:{line}: {self._column}: got {text!r}, expected a time as in the other rows, such as "
                f"{next(text for _, text, at in times if at is not None)}. Mend it."
            )
        self._check_steps([Tick(line, text, at or 0.0) for line, text, at in times])

    def _check_steps(self, ticks: Sequence[Tick]) -> None:
        steps = [after.at - before.at for before, after in pairwise(ticks)]
        usual = median(steps) if steps else 0.0
        pairs = list(zip(steps, pairwise(ticks), strict=True))
        for step, (before, after) in sorted(pairs, key=lambda one: one[0] >= 0):  # order comes first
            where = f"{self._path}:{after.line}: {self._column} {after.text}"
            if step <= 0:
                raise self._disorder(where, before, step, all(one < 0 for one in steps))
            if step > _LATE * usual > 0 and not self._gaps:  # where most steps are none, one of them is told further on
                lost = counted(round(min(step / usual, _MOST)) - 1, "rows")
                free = ", Saturday and Sunday" if _is_weekend(before.at, after.at, usual) else ""
                raise OptionError(
                    f"{where} follows {before.text}: {lost} missing{free}. Put them in, with empty values and --set "
                    "reader.missing=mask, or --set reader.gaps=ignore.",
                    {"gaps": "ignore"},
                )

    def _disorder(self, where: str, before: Tick, step: float, turned: bool) -> DataError:
        """Return what to say of a time that comes again or goes back."""
        wrong = f"stands behind {before.text}" if step < 0 else "comes twice"
        if name := self._series():
            return OptionError(
                f"{where} {wrong}: several series in one table, which {name!r} tells apart. --set "
                f"{typed('reader.series', name)} reads them.",
                {"series": name},
            )
        if step == 0:
            return DataError(f"{where} {wrong}. Leave one of the two rows out.")
        if turned:
            file = shlex.quote(str(self._path))
            return DataError(
                f"{where} {wrong}: the rows go back in time, all of them. Turn them: (head -n 1 {file}; tail -n +2 "
                f"{file} | tac) > TURNED"
            )
        return DataError(f"{where} {wrong}: the rows are not in the order of time. Sort them.")


def _is_weekend(before: float, after: float, usual: float) -> bool:
    """Say whether what is missing between two days is a Saturday and a Sunday."""
    if usual != _DAY or after - before != 3 * _DAY or abs(before) > _MOST / 1e4:
        return False
    return datetime.fromtimestamp(before, UTC).weekday() == 4
