"""The times of rows: whether rows are missing, doubled, or not in order."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median

from elman.data.numbers import finite
from elman.errors import DataError
from elman.text.printed import counted

_LATE = 1.5
"""Of the usual step: months and years differ by less."""

_MOST = 1e15


def moment(text: str) -> float | None:
    """Return a time as seconds, or as the number that it is; None where it is neither.

    >>> moment("1970-01-02 00:00:00"), moment("1970-01-01T02:00+01:00"), moment("7"), moment("noon")
    (86400.0, 3600.0, 7.0, None)
    """
    written = text.strip().strip('"')
    value = finite(written)
    if value is not None:
        return value
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
        """Refuse rows that are missing, doubled or not in order; times that cannot be read say nothing.

        Args:
            cells: the line and the time of each row.

        Raises:
            DataError: there are some.
        """
        times = [(line, text.strip(), moment(text)) for line, text in cells]
        if any(at is None for *_, at in times):
            return
        steps = [after - before for (_, _, before), (_, _, after) in pairwise(times)]  # type: ignore[operator]
        usual = median(steps) if steps else 0.0
        for step, (_, before, _), (line, text, _) in zip(steps, times, times[1:], strict=False):
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
