"""Tables, CSV or TSV: an example a row, with or without a header."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from elman.data.columns import (
    GOLD_LABEL,
    NO_CONSENSUS,
    PASSED_OVER,
    check_columns,
    chosen,
    column_count,
    ends_with,
    is_usual,
    match_columns,
    missing_columns,
    read_lines,
    whole_lines,
)
from elman.data.fields import Kind
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import DataError

_ROWS_TO_GUESS = 1000
_LARGEST_CELL = 2**31 - 1
_SHOWN = 80
_WITH_ANSWERS = {("text",): ("text", "labels"), ("first", "second"): ("first", "second", "label")}
_DELIMITERS = ("\t", ",", ";", "|")

Row = tuple[int, list[str]]
"""The line where a row begins, and its cells."""


class TableReader(Reader):
    """Yields the fields `text` and `labels`, or `first`, `second` and `label` or `score`.

    Columns are known by the usual names of the header, such as sentence and label, or as `columns` says. Without a
    header there is one column a field, in their order; of a text and its label, the label is the column with fewer
    different cells. Blanks around a cell are dropped.
    """

    class Config(Reader.Config):
        """Options of tables."""

        name: str = "table"
        delimiter: str = Field(
            "auto", description="Between columns; auto takes the first of tab , ; | that the first line has."
        )
        quoting: bool | Literal["auto"] = Field(
            "auto", description='Cells may stand in "quotes"; auto: yes, but with tabs between, where they are text.'
        )
        header: Literal["auto", "yes", "no"] = Field("auto", description="The first row has the names of columns.")
        columns: dict[str, str | int] = Field(
            {}, description='The columns by name or number from 1, such as {text="sentence", label=2}.'
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

    config: Config
    holds = {Kind.TEXT: 2, Kind.LABEL: 1, Kind.LABELS: 1, Kind.NUMBER: 1}
    _may_lack = False  # whether a label may be missing because annotators did not agree

    def __init__(self, config: Config, fields: Sequence[str] = ("text",)) -> None:
        super().__init__(config, fields)
        self._label_column: int | None = None  # guessed at the first file without a header, and kept for the others

    @property
    def _decided(self) -> Mapping[str, Any]:
        """The columns that were guessed in a file without a header."""
        if self._label_column is None:
            return {}
        return {"columns": {"text": 2 - self._label_column, "labels": 1 + self._label_column}}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 for the usual names, 2 where lines have as many tabs each."""
        if ends_with(path, ".csv", ".tsv"):
            return 3
        tabs = {line.count("\t") for line in whole_lines(head)[:3]}
        return 2 if len(tabs) == 1 and min(tabs) >= max(1, len(fields) - 1) else 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the rows of one file.

        Raises:
            DataError: a file cannot be read, is empty or has no row; a column is missing; a row has another number of
                columns than the first; a quote does not end.
        """
        path = paths[0]
        rows = self._even_rows(path)
        first = list(islice(rows, _ROWS_TO_GUESS))
        if not first:
            return
        header, columns = self._layout(path, first)
        for line, cells in chain(first[header:], rows):
            fields = {field: self._value(field, cells[index].strip()) for field, index in columns.items()}
            empty = next((field for field, value in fields.items() if not value), None)
            if empty is None:
                yield Example(fields, f"{path}:{line}")
            else:
                self.skipped[PASSED_OVER[empty]] += 1

    def _layout(self, path: Path, first: Sequence[Row]) -> tuple[bool, Mapping[str, int]]:
        """Return whether there is a header, and the column of each field."""
        bare = self.fields in _WITH_ANSWERS and len(first[0][1]) == len(self.fields)
        if bare and not any(isinstance(column, str) for column in self.config.columns.values()):
            return self._names_usual(first[0]), {field: i for i, field in enumerate(self.fields)}
        self._check_numbers(path, first[0])
        header = self._has_header(path, first[0])
        return header, self._by_header(path, first[0]) if header else self._by_place(path, first)

    def _names_usual(self, first: Row) -> bool:
        """Say whether the first row of a file that has just what is asked for is a header."""
        if self.config.header != "auto":
            return self.config.header == "yes"
        return all(is_usual(field, name) for field, name in zip(self.fields, first[1], strict=True))

    def _value(self, field: str, cell: str) -> str | list[str]:
        if field != "labels":
            return "" if field == "label" and self._may_lack and cell == NO_CONSENSUS else cell
        labels = cell.split(self.config.label_separator) if self.config.label_separator else [cell]
        return [label.strip() for label in labels if label.strip()]

    def _check_numbers(self, path: Path, first: Row) -> None:
        line, cells = first
        for field in self.fields:
            column = chosen(field, self.config.columns)
            if isinstance(column, int) and column > len(cells):
                raise DataError(
                    f"{path}:{line}: got {column_count(len(cells))}, expected {column} or more, since reader.columns "
                    f"has {field}={column}. Count columns from 1, or set reader.delimiter."
                )

    def _has_header(self, path: Path, first: Row) -> bool:
        line, names = first
        given = self.config.columns
        if self.config.header != "auto":
            return self.config.header == "yes"
        if any(isinstance(column, str) for column in given.values()):
            return True
        found = match_columns(self.fields, names, given)
        usual = [is_usual(field, names[index]) for field, index in found.items()]
        if 0 < sum(usual) < len(self.fields) and not given:
            missing = missing_columns(self.fields, names, given, found)
            raise DataError(f"{path}:{line}: {missing}; or, if that row is data, --set reader.header=no.")
        return any(usual)

    def _by_header(self, path: Path, first: Row) -> Mapping[str, int]:
        line, names = first
        found = match_columns(self.fields, names, self.config.columns)
        if len(found) < len(self.fields):
            raise DataError(f"{path}:{line}: {missing_columns(self.fields, names, self.config.columns, found)}.")
        self._may_lack = "label" in found and names[found["label"]].strip().lower() == GOLD_LABEL
        return {field: found[field] for field in self.fields}

    def _by_place(self, path: Path, rows: Sequence[Row]) -> Mapping[str, int]:
        line, cells = rows[0]
        numbers = [chosen(field, self.config.columns) for field in self.fields]
        if all(isinstance(number, int) for number in numbers):
            return match_columns(self.fields, cells, self.config.columns)
        # A file like those of the training has answers in it, which predicting does without.
        there = _WITH_ANSWERS.get(self.fields, self.fields) if len(cells) > len(self.fields) else self.fields
        if self.config.columns or len(cells) != len(there):
            example = ", ".join(f"{field}={i}" for i, field in enumerate(self.fields, start=1))
            raise DataError(
                f"{path}:{line}: got {column_count(len(cells))} and no header that is known, expected "
                f"{len(self.fields)}: {', '.join(self.fields)}. Say which column is which, such as --set "
                f"reader.columns='{{{example}}}'; by name if there is a header."
            )
        if there != ("text", "labels"):
            return {field: i for i, field in enumerate(self.fields)}
        if self._label_column is None:
            self._label_column = _guess_label([cells for _, cells in rows])
            columns = f"{{text={2 - self._label_column}, labels={1 + self._label_column}}}"
            self.remarks.append(f"columns: {columns}, guessed; --set reader.columns='{columns}' decides it")
            if self.config.header == "auto":
                row = " ".join(" | ".join(cells).split())[:_SHOWN]
                said = f"header: none, the first row is data: {row}"
                self.remarks.append(f"{said}; --set reader.header=yes if it names the columns")
        places = {"text": 1 - self._label_column, "labels": self._label_column}
        return {field: places[field] for field in self.fields}

    def _even_rows(self, path: Path) -> Iterator[Row]:
        """Yield the rows that have more than white space, all with as many cells."""
        width = first = 0
        for line, cells in self._rows(path):
            if not any(cell.strip() for cell in cells):
                self.skipped["empty rows"] += 1
                continue
            width, first = width or len(cells), first or line
            if len(cells) != width:
                raise DataError(
                    f"{path}:{line}: got {column_count(len(cells))}, expected {width} as on line {first}. Quote a "
                    "cell that has the delimiter in it, or set reader.delimiter and reader.quoting."
                )
            yield line, cells

    def _rows(self, path: Path) -> Iterator[Row]:
        lines = (line for _, line in read_lines(path, self.config.encoding))
        start = []
        for line in lines:
            start.append(line)
            if line.strip():
                break
        csv.field_size_limit(_LARGEST_CELL)  # csv refuses cells of more than 128 K characters unless told
        rows = csv.reader((f"{line}\n" for line in chain(start, lines)), **self._dialect(start[-1] if start else ""))
        begins = 1
        try:
            for cells in rows:
                yield begins, cells
                begins = rows.line_num + 1
        except csv.Error as error:
            raise DataError(
                f"{path}:{begins}: not a row of a table: {error}, expected each quote to end before a delimiter. Write "
                'quotes inside quotes twice (""), or set reader.quoting=false if quotes are text.'
            ) from error

    def _dialect(self, line: str) -> dict[str, Any]:
        delimiter = self.config.delimiter
        if delimiter == "auto":
            delimiter = next((one for one in _DELIMITERS if one in line), ",")
        quoting = delimiter != "\t" if self.config.quoting == "auto" else self.config.quoting
        return {
            "delimiter": delimiter,
            "quoting": csv.QUOTE_MINIMAL if quoting else csv.QUOTE_NONE,
            "strict": True,  # else a quote that never ends would take the rest of the file for one cell
        }


def _guess_label(rows: Iterable[Sequence[str]]) -> int:
    """Return which of two columns has fewer different cells, or shorter ones if they have equally many."""
    columns = list(zip(*rows, strict=True))
    return min((1, 0), key=lambda i: (len(set(columns[i])), sum(map(len, columns[i]))))
