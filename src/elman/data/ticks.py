"""The times of rows: whether rows are missing, doubled, or not in order."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median

from elman.data.clocks import month_of
from elman.data.numbers import finite
from elman.errors import DataError
from elman.text.printed import counted

_LATE = 1.5
"""Of the usual step: months and years differ by less."""

_MOST = 1e15

_READ = 0.9
"""Of the times of a column that can be read: where so many are, the others are mistakes, and else it is written so that
nobody here can read it."""


def moment(text: str) -> float | None:
    """Return a time as seconds, or as the number that it is; None where it is neither.

    >>> moment("1970-01-02 00:00:00"), moment("1970-02"), moment("7"), moment("noon")
    (86400.0, 2678400.0, 7.0, None)
    """
    written = text.strip().strip('"')
    value = finite(written)
    if value is not None:
        return value
    if (month := month_of(written)) is not None:
        return datetime(*month, 1, tzinfo=UTC).timestamp()
    try:
        time = datetime.fromisoformat(written)
    except ValueError:
        return None
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


class Ticks:
    """Checks the column of times of a file.

    Args:
        path: of the file.
        column: the name of the column.
        gaps: whether rows may be missing.
    """

    def __init__(self, path: Path, column: str, gaps: bool) -> None:
        self._path, self._column, self._gaps = path, column, gaps

    def check(self, cells: Sequence[tuple[int, str]]) -> None:
        """Refuse rows that are missing, doubled or not in order; a column that cannot be read says nothing.

        Args:
            cells: the line and the time of each row.

        Raises:
            DataError: there are some.
        """
        times = [(line, text.strip(), moment(text)) for line, text in cells]
        unread = [(line, text) for line, text, at in times if at is None]
        if len(unread) > (1 - _READ) * len(times):
            return
        if unread:
            line, text = unread[0]
            raise DataError(
                f"{self._path}:{line}: {self._column}: got {text!r}, expected a time as in the other rows, such as "
                f"{next(text for _, text, at in times if at is not None)}. Mend it."
            )
        steps = [after - before for (_, _, before), (_, _, after) in pairwise(times)]  # type: ignore[operator]
        usual = median(steps) if steps else 0.0
        pairs = list(zip(steps, times, times[1:], strict=False))
        for step, (_, before, _), (line, text, _) in sorted(pairs, key=lambda one: one[0] >= 0):  # order comes first
            where = f"{self._path}:{line}: {self._column} {text}"
            if step < 0:
                raise DataError(f"{where} stands behind {before}: the rows are not in the order of time. Sort them.")
            if step == 0:
                raise DataError(f"{where} comes twice. Leave one of the two rows out.")
            if step > _LATE * usual > 0 and not self._gaps:  # where most steps are none, one of them is told further on
                lost = counted(round(min(step / usual, _MOST)) - 1, "rows")
                raise DataError(
                    f"{where} follows {before}: {lost} missing. Put them in, with empty values and --set "
                    "reader.missing=mask, or --set reader.gaps=ignore."
                )
