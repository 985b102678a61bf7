"""Rows whose cells stand between delimiters, cells of any size."""

import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Literal

_LARGEST_CELL = 2**31 - 1

_lock = Lock()
_readers = 0
_usual = 0


class DelimitedRows:
    """The rows of lines, quotes undone.

    Args:
        lines: with their ends.
        delimiter: between cells.
        quoting: as csv takes it: whether cells may stand in quotes.
        strict: quotes have to end before a delimiter.

    Raises:
        csv.Error: while rows are asked for: lines are no table.
    """

    def __init__(
        self,
        lines: Iterable[str],
        delimiter: str = ",",
        quoting: Literal[0, 3] = csv.QUOTE_MINIMAL,
        strict: bool = False,
    ) -> None:
        self._rows = csv.reader(lines, delimiter=delimiter, quoting=quoting, strict=strict)

    @property
    def read(self) -> int:
        """How many lines were read."""
        return self._rows.line_num

    def __iter__(self) -> Iterator[list[str]]:
        """Return the rows that are left."""
        return self

    def __next__(self) -> list[str]:
        """Return the next row."""
        with _any_size():
            return next(self._rows)


@contextmanager
def _any_size() -> Iterator[None]:
    """Within it, csv takes cells of more than 128 K characters.

    What csv has for that is one number for the whole process: it is changed only while a row is read, by the first of
    the threads that do so, and the last gives it back.
    """
    global _readers, _usual
    with _lock:
        if not _readers:
            _usual = csv.field_size_limit(_LARGEST_CELL)
        _readers += 1
    try:
        yield
    finally:
        with _lock:
            _readers -= 1
            if not _readers:
                csv.field_size_limit(_usual)
