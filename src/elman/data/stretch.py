"""Part of a file: `FILE#PART`, such as `load.csv#1:8640`, whose rows are counted from 1."""

import re
from pathlib import Path
from typing import NamedTuple

from elman.data.sources import is_there
from elman.errors import DataError

_ROWS = re.compile(r"(\d*):(\d*)")


class Rows(NamedTuple):
    """Which rows of a series are meant.

    Args:
        first: from 0.
        stop: behind the last; None for all to the end.
    """

    first: int = 0
    stop: int | None = None


def parted(name: str | Path) -> tuple[Path, str]:
    """Return the file that a name means, and which part of it; empty for all.

    >>> parted("load.csv#1:8640")
    (PosixPath('load.csv'), '1:8640')
    """
    path, before, part = Path(name), *str(name).rpartition("#")[::2]
    return (path, "") if not before or is_there(path) else (Path(before), part)


def rows_of(part: str, where: str) -> Rows:
    """Return the rows that a part means.

    Args:
        part: `first:last`, counted from 1; either may be left out.
        where: the name, for messages.

    Raises:
        DataError: it is no such part.
    """
    if not part:
        return Rows()
    found = _ROWS.fullmatch(part)
    first, last = (int(one) if one else None for one in found.groups()) if found else (0, 0)
    if found is None or first == 0 or last == 0 or (last is not None and last < (first or 1)):
        raise DataError(f"{where}: got rows {part!r}, expected FIRST:LAST counted from 1, such as 1:8640 or 8641:.")
    return Rows((first or 1) - 1, last)
