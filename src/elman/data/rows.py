"""The rows of a table: its lines cut at the delimiter that fits them, quotes undone."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from elman.data.columns import column_count, read_lines
from elman.data.delimiters import DELIMITERS, likely_delimiters, named_delimiter, quotes
from elman.errors import DataError
from elman.files.delimited import DelimitedRows

_LINES_TO_GUESS = 1000

Row = tuple[int, list[str]]
"""The line where a row begins, and its cells."""


class Cut(NamedTuple):
    """How lines are cut into cells.

    Args:
        encoding: of the file.
        delimiter: between cells, or `auto`.
        quoting: whether cells may stand in quotes, or `auto`.
        fields: what the columns hold, whose names in the first row say which delimiter is right.
        every: whether rows of empty cells are rows too.
    """

    encoding: str
    delimiter: str
    quoting: bool | str
    fields: Sequence[str]
    every: bool = False


def even_rows(path: Path, cut: Cut, skipped: Counter[str], say: Callable[[str], None]) -> Iterator[Row]:
    """Yield the rows of a file that have more than white space, all with as many cells as most of the first ones.

    Args:
        path: the file.
        cut: how its lines are cut.
        skipped: counts what is passed over.
        say: tells what was guessed.

    Raises:
        DataError: a row has another number of cells; a quote does not end.
    """
    rows = _filled(_rows(path, cut, skipped, say), cut.every, skipped)
    start = list(islice(rows, _LINES_TO_GUESS))
    if not start:
        return
    width = Counter(len(cells) for _, cells in start).most_common(1)[0][0]
    first = next(line for line, cells in start if len(cells) == width)
    for line, cells in chain(start, rows):
        if len(cells) != width:
            raise DataError(
                f"{path}:{line}: got {column_count(len(cells))}, expected {width} as on line {first}. "
                f"{_advice(cells, cut)}"
            )
        yield line, cells


def _advice(cells: Sequence[str], cut: Cut) -> str:
    if cut.quoting == "auto" and any(cell.lstrip().startswith('"') and not cell.endswith('"') for cell in cells):
        return "Quotes are text where tabs stand between columns: set reader.quoting=true if they hold cells together."
    return "Quote a cell that has the delimiter in it, or set reader.delimiter and reader.quoting."


def _filled(rows: Iterator[Row], every: bool, skipped: Counter[str]) -> Iterator[Row]:
    for line, cells in rows:
        if any(cell.strip() for cell in cells) or (every and cells):
            yield line, cells
        else:
            skipped["empty rows"] += 1


def _rows(path: Path, cut: Cut, skipped: Counter[str], say: Callable[[str], None]) -> Iterator[Row]:
    lines = (line for _, line in read_lines(path, cut.encoding))
    start = list(islice(lines, _LINES_TO_GUESS))
    passed, named = _passed(start)
    delimiter = named or cut.delimiter
    if cut.delimiter != "auto":
        delimiter = cut.delimiter
    elif named:
        skipped["lines naming the delimiter"] += 1
        say(f"{path.name}: the delimiter is {named!r}, as its first line says")
    else:
        delimiter = _guess(start[passed:], cut, path, say)
        comments = _comments(start, delimiter, cut)
        passed += comments
        if comments:
            skipped["comments"] += comments
    style = quotes(delimiter, cut.quoting)
    text = (f"{line}\n" for line in chain(start[passed:], lines))
    # strict: else a quote that never ends would take the rest of the file for one cell
    rows = DelimitedRows(text, delimiter, style, strict=True)
    begins = passed + 1
    try:
        for cells in rows:
            yield begins, cells
            begins = passed + rows.read + 1
    except csv.Error as error:
        raise DataError(
            f"{path}:{begins}: not a row of a table: {error}, expected each quote to end before a delimiter. Write "
            'quotes inside quotes twice (""), or set reader.quoting=false if quotes are text.'
        ) from error


def _passed(lines: Sequence[str]) -> tuple[int, str | None]:
    """Return how many lines stand before the table to name its delimiter, and that delimiter."""
    for count, line in enumerate(lines, start=1):
        if line.strip():
            named = named_delimiter(line)
            return (count, named) if named else (0, None)
    return 0, None


def _guess(lines: Sequence[str], cut: Cut, path: Path, say: Callable[[str], None]) -> str:
    """Return the delimiter that fits lines best, or the usual one that the first of them has."""
    found = likely_delimiters([line for line in lines if line.strip()], cut.fields, cut.quoting)
    if not found:
        first = next((line for line in lines if line.strip()), "")
        return next((one for one in DELIMITERS if one in first), ",")
    best, *others = found
    also = next((one for one in others if one.share == best.share and one.known == best.known), None)
    if also is not None:
        say(
            f"{path.name}: the delimiter is {best.delimiter!r}, guessed, though {also.delimiter!r} fits too; --set "
            f"reader.delimiter={also.delimiter!r} takes that"
        )
    return best.delimiter


def _comments(lines: Sequence[str], delimiter: str, cut: Cut) -> int:
    """Return how many lines before the table begin with # and have another number of cells than its lines."""
    body = [line for line in lines if line.strip() and not line.startswith("#")]
    fits = [one for one in likely_delimiters(body, cut.fields, cut.quoting) if one.delimiter == delimiter]
    count = 0
    for line in lines:
        if fits and line.startswith("#") and line.count(delimiter) != fits[0].width - 1:
            count += 1
        else:
            break
    return count
