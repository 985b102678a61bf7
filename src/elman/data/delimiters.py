"""Which character stands between the columns of a table: the one that gives its lines as many cells each."""

import csv
import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal, NamedTuple

from elman.data.columns import match_columns
from elman.files.delimited import DelimitedRows

DELIMITERS = ("\t", ",", ";", "|")

_NAMED = re.compile(r'\s*"?sep=(.)"?\s*', re.IGNORECASE)
_LOOKED_AT = 5
_FITS = 0.9
_MOST = 0.5
_SHORT = 30
_MOST_LABELS = 200


class Fit(NamedTuple):
    """How the lines of a table look with one delimiter.

    Args:
        delimiter: the character.
        share: of the rows that have as many cells as most.
        width: how many most have.
        known: how many fields the first row names.
        different: how many cells of the column with the fewest differ.
        length: how long the cells of that column are together.
        least: that column.
        rows: how many rows there are.
    """

    delimiter: str
    share: float
    width: int
    known: int
    different: int
    length: int
    least: int
    rows: int

    @property
    def is_short(self) -> bool:
        """Whether the cells of that column are as short as labels are."""
        return self.length <= _SHORT * self.rows

    def has_labels(self, columns: int) -> bool:
        """Say whether as many columns as are wanted are there, and few cells of one of them differ."""
        few = min(_MOST_LABELS, max(2, self.rows // 10))
        return self.width == columns > 1 and self.rows > 2 and self.different <= few and self.is_short


def other_below(lines: Sequence[str]) -> str:
    """Return what stands between the columns of the rows of a table, where its names have something else between them.

    Args:
        lines: the first of the table, its names before its rows.
    """
    own, rows = delimiter_of(lines[:1]), lines[1:_LOOKED_AT]
    width = len(cells_of(lines[0], own)) if own else 0

    def fits(mark: str) -> bool:
        return all(len(cells_of(row, mark)) == width for row in rows)

    others = (mark for mark in DELIMITERS if own and mark not in lines[0] and fits(mark))
    return next(others, "") if rows and not fits(own) else ""


def named_delimiter(line: str) -> str | None:
    """Return the delimiter that a line `sep=;` names, as spreadsheets write it before a table."""
    found = _NAMED.fullmatch(line)
    return found[1] if found else None


def delimiter_of(lines: Sequence[str]) -> str:
    """Return what stands between the columns of a table of numbers; empty where nothing does.

    It is what cuts the first line and those below into as many cells, the most of them; where nothing does so, what
    cuts the first line most often.

    Args:
        lines: the first of the table, its names before its rows.
    """
    widths = {
        mark: [len(cells_of(line, mark)) for line in lines[:_LOOKED_AT]]
        for mark in DELIMITERS
        if lines and mark in lines[0]
    }
    even = [mark for mark, found in widths.items() if len(set(found)) == 1 and found[0] > 1]
    return max(even or widths, key=lambda mark: widths[mark][0], default="")


def cells_of(line: str, delimiter: str) -> list[str]:
    """Return the cells of a line of a table of numbers, which may stand in quotes, without blanks around them."""
    mark = delimiter or ","
    try:
        cells = next(DelimitedRows([line], mark), [])
    except csv.Error:  # no table
        cells = line.split(mark)
    return [cell.strip() for cell in cells]


def quotes(delimiter: str, quoting: bool | str) -> Literal[0, 3]:
    """Return how csv takes quotes: cells may stand in them if nothing else is said, but not with tabs between."""
    wanted = delimiter != "\t" if quoting == "auto" else bool(quoting)
    return csv.QUOTE_MINIMAL if wanted else csv.QUOTE_NONE


def fit(lines: Sequence[str], delimiter: str, fields: Sequence[str], quoting: bool | str = "auto") -> Fit | None:
    """Return how lines look with a delimiter; None where they have one column or are no table."""
    try:
        found = DelimitedRows([f"{line}\n" for line in lines], delimiter, quotes(delimiter, quoting))
        rows = [row for row in found if any(cell.strip() for cell in row)]
    except csv.Error:
        return None
    if not rows:
        return None
    width, count = Counter(map(len, rows)).most_common(1)[0]
    if width < 2:
        return None
    columns = list(zip(*(row for row in rows if len(row) == width), strict=True))
    least, column = min(enumerate(columns), key=lambda one: (len(set(one[1])), sum(map(len, one[1]))))
    known = len(match_columns(fields, rows[0], {}))
    return Fit(delimiter, count / len(rows), width, known, len(set(column)), sum(map(len, column)), least, len(rows))


def likely_delimiters(lines: Sequence[str], fields: Sequence[str], quoting: bool | str = "auto") -> list[Fit]:
    """Return the delimiters that give lines as many cells each, the likeliest first.

    One whose first row names the fields comes first, then one whose cells differ less and are shorter: `a, b;x` has
    the label x, not `b;x`. Where none fits nearly all lines, those that fit most of them are returned.
    """
    fits = [one for delimiter in DELIMITERS if (one := fit(lines, delimiter, fields, quoting)) is not None]
    some = [one for one in fits if one.share >= _FITS] or [one for one in fits if one.share > _MOST]
    return sorted(some, key=lambda one: (-one.known, one.different, one.length))
