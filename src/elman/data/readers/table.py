"""Tables, CSV or TSV: an example a row, with or without a header."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from elman.data.columns import (
    NO_CONSENSUS,
    check_columns,
    column_count,
    ends_with,
    whole_lines,
)
from elman.data.delimiters import likely_delimiters, named_delimiter
from elman.data.fields import Kind
from elman.data.finding import ColumnFinder
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.rows import Cut, Row, even_rows
from elman.errors import DataError

_ROWS_TO_GUESS = 1000
_LINES_TO_RECOGNIZE = 100
_OTHER = re.compile(r"\s*(?:[\[{(]|__label__)")  # how files begin that are no tables, whatever commas they have
_SHOWN = 80


class TableReader(Reader):
    """Yields the fields `text` and `labels`, or `first`, `second` and `label` or `score`.

    Columns are known by the usual names of the header, such as sentence and label, or as `columns` says. Without a
    header there is one column a field: the label is the one with the fewest different cells, a score the last one of
    numbers. Blanks around a cell are dropped. A line `sep=;` before the table names the delimiter, and lines before it
    that begin with # are comments.
    """

    class Config(Reader.Config):
        """Options of tables."""

        name: str = "table"
        delimiter: str = Field(
            "auto", description="Between columns; auto: the one of tab , ; | that gives all lines as many cells."
        )
        quoting: bool | Literal["auto"] = Field(
            "auto", description='Cells may stand in "quotes"; auto: yes, but with tabs between, where they are text.'
        )
        header: Literal["auto", "yes", "no"] = Field("auto", description="The first row has the names of columns.")
        columns: dict[str, str | int] = Field(
            {}, description='The columns by name or number from 1, such as {text="sentence", label=2}.'
        )
        further: list[str | int] = Field(
            [], description="Columns with further right targets, by name or number from 1, beside that of `target`."
        )
        seen: list[str] = Field(
            [],
            description="What the columns of the training table are called, as reading found it; other tables are held "
            "against it.",
        )
        label_separator: str = Field("", description="Between several labels in one cell; empty: a cell is one label.")

        @model_validator(mode="after")
        def _columns_exist(self) -> Self:
            check_columns(self.columns)
            if self.header == "no" and any(isinstance(column, str) for column in self.columns.values()):
                raise ValueError("columns: got a name, expected numbers from 1, since reader.header=no.")
            if self.delimiter != "auto" and (len(self.delimiter) != 1 or self.delimiter in '"\r\n'):
                raise ValueError(f"delimiter: got {self.delimiter!r}, expected one character, such as ';', or auto.")
            return self

        def kept_beside(self, given: Mapping[str, Any]) -> dict[str, Any]:
            """Return the options as they are; where columns are named anew, the training table says nothing of them."""
            return self.model_dump(exclude={"seen"} if "columns" in given else None)

    config: Config
    holds = {Kind.TEXT: 2, Kind.LABEL: 1, Kind.LABELS: 1, Kind.NUMBER: 1}

    def __init__(self, config: Config, fields: Sequence[str] = ("text",)) -> None:
        super().__init__(config, fields)
        self._finder = ColumnFinder(self.fields, config.header, config.columns, config.seen, self.remark)

    @property
    def _decided(self) -> Mapping[str, Any]:
        """The columns that were guessed, and what the first table calls its columns."""
        return {"columns": self._finder.columns, "seen": self._finder.seen}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 for the usual names, 2 where lines have as many cells each.

        With other delimiters than tabs, the first line names the fields, or few cells of a column differ.
        """
        lines = whole_lines(head)[:_LINES_TO_RECOGNIZE]
        if ends_with(path, ".csv", ".tsv") or (lines and named_delimiter(lines[0])):
            return 3
        for found in likely_delimiters(lines, fields):
            if found.delimiter == "\t":
                if found.width >= len(fields):
                    return 2
            elif (
                not _OTHER.match(head)
                and found.share == 1
                and (found.known == len(fields) or found.has_labels(len(fields)))
            ):
                return 2
        return 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the rows of one file.

        Raises:
            DataError: nothing to read; a column is missing; a row has another width than most; a quote does not end.
        """
        path = paths[0]
        cut = Cut(self.config.encoding, self.config.delimiter, self.config.quoting, self.fields, self.answers)
        rows = even_rows(path, cut, self.skipped, self.remark)
        first = list(islice(rows, _ROWS_TO_GUESS))
        if not first:
            return
        header, columns = self._finder.of(path, first)
        names = first[0][1] if header else []
        self.called = {field: names[place] for field, place in columns.items()} if header else {}
        further = [self._further(path, first[0], column) for column in self.config.further]
        for line, cells in chain(first[header:], rows):
            if cells == names:
                self.skipped["headers again"] += 1
                continue
            fields: dict[str, Any] = {
                field: self._value(field, cells[index].strip()) for field, index in columns.items()
            }
            if further and "target" in fields:
                targets = (fields["target"], *(cells[index].strip() for index in further))
                fields["target"] = [text for text in targets if text] or [""] * self.answers
            yield from self._kept(fields, f"{path}:{line}")

    def _further(self, path: Path, first: Row, column: str | int) -> int:
        """Return which column has further targets."""
        line, cells = first
        if isinstance(column, str) and column in cells:
            return cells.index(column)
        if isinstance(column, int) and 0 < column <= len(cells):
            return column - 1
        raise DataError(
            f"{path}:{line}: no column {column!r}, which reader.further names: got {column_count(len(cells))}: "
            f"{', '.join(cells)[:_SHOWN]}. Name one of them, or its number from 1."
        )

    def _value(self, field: str, cell: str) -> str | list[str]:
        if field != "labels":
            return "" if field == "label" and self._finder.may_lack and cell == NO_CONSENSUS else cell
        labels = cell.split(self.config.label_separator) if self.config.label_separator else [cell]
        return [label.strip() for label in labels if label.strip()]
