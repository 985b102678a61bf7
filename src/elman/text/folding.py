"""Lines that fit a terminal: prose is broken between words, tables between columns."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from textwrap import wrap

_NARROWEST = 40
_CELL = re.compile(r"(?<=\S) {2,}(?=\S)")


def aligned(cells: Sequence[Sequence[str]], left: int = 1, width: int | None = None) -> Iterator[str]:
    """Yield the lines of a table; columns that have no room stand below, behind the first column again.

    Args:
        cells: rows, the first of them headings.
        left: how many columns begin on the left of their cell; the others end on the right.
        width: what a line may have; None for any.
    """
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    blocks: list[list[int]] = [[]]
    used = widths[0]
    for place, wide in enumerate(widths[1:], start=1):
        if width is not None and blocks[-1] and used + 2 + wide > width:
            blocks.append([])
            used = widths[0]
        blocks[-1].append(place)
        used += 2 + wide
    for number, block in enumerate(blocks):
        if number:
            yield ""
        for row in cells:
            shown = (
                row[place].ljust(widths[place]) if place < left else row[place].rjust(widths[place]) for place in block
            )
            yield "  ".join((row[0].ljust(widths[0]), *shown)).rstrip()


def filled(lines: Iterable[str], width: int | None) -> Iterator[str]:
    """Yield lines, those that are too long broken between words.

    What follows of a paragraph moves up; what follows of a row, whose cells have two blanks between, stands below its
    last cell.

    Args:
        lines: of prose and rows, indented as they are to be.
        width: what a line may have; None for any.
    """
    if width is None:
        yield from lines
        return
    room = max(_NARROWEST, width)
    for (indent, row), group in groupby(lines, key=lambda line: (_indent(line), _is_row(line))):
        some = list(group)
        if max(map(len, some)) <= room:
            yield from some
        elif row:
            for line in some:
                yield from [line] if len(line) <= room else _row(line, indent, room)
        else:
            yield from _broken(" ".join(line.strip() for line in some), " " * indent, room)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_row(line: str) -> bool:
    return not line.strip() or _CELL.search(line) is not None


def _row(line: str, indent: int, room: int) -> Iterator[str]:
    """Yield the lines of a row of cells: its first two decide where the rest stands."""
    cell = _CELL.search(line)
    start = cell.end() if cell is not None and room - cell.end() >= _NARROWEST else indent + 2
    yield from wrap(line, room, subsequent_indent=" " * start, break_long_words=False, break_on_hyphens=False)


def _broken(text: str, indent: str, room: int) -> list[str]:
    return wrap(
        text, room, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
