"""Several series in one table: which column tells them apart, by the times of the rows."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, pairwise

from elman.data.clocks import says_time
from elman.data.ticks import moments

_Row = tuple[int, list[str]]

_FILLED = 0.3
"""Of all times of all series, how many rows are there: a column that is measured tells rows of one time apart, too, but
hardly one of its values is there at most times."""


def told_apart(times: Sequence[str], columns: Mapping[str, Sequence[str]]) -> str:
    """Return the column that tells rows of one time apart, the one with the fewest values; empty where none does.

    Args:
        times: of the rows.
        columns: others, by name.
    """
    whole = len(set(times))
    if whole == len(times):
        return ""
    for name, cells in sorted(columns.items(), key=lambda column: len(set(column[1]))):
        different = len(set(cells))
        filled = _FILLED * different * whole <= len(cells)
        if different > 1 and filled and len(set(zip(times, cells, strict=True))) == len(cells):
            return name
    return ""


def stand_by_time(names: Sequence[str], rows: Sequence[Sequence[str]], series: Sequence[int]) -> bool:
    """Say whether rows of several series stand in the order of time, those of one time side by side.

    Args:
        names: of the columns.
        rows: the first of the table.
        series: the columns that tell them apart.
    """
    cells = [tuple(row[one] for one in series) for row in rows]
    if sum(1 for _ in groupby(cells)) == len(set(cells)):
        return False
    for place, name in enumerate(names):
        times = [row[place] for row in rows]
        if place in series or not says_time(name, times) or len(set(times)) == len(times):
            continue
        read = [at for at in moments(times) if at is not None]
        if len(read) == len(times) and all(before <= after for before, after in pairwise(read)):
            return True
        if not read and sum(1 for _ in groupby(times)) == len(set(times)):
            return True
    return False


def put_together(rows: Iterable[_Row], series: Sequence[int]) -> list[list[_Row]]:
    """Return the rows of each series one behind the other, in the order in which series begin.

    Args:
        rows: of several, with their lines.
        series: the columns that tell them apart.
    """
    found: dict[tuple[str, ...], list[_Row]] = {}
    for row in rows:
        found.setdefault(tuple(row[1][one] for one in series), []).append(row)
    return list(found.values())
