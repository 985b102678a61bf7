"""Tables, CSV or TSV: an example a row, with or without a header."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from elman.data import guessing
from elman.data.advising import meant, missing_columns, misspelled, refuse_prose, several_labels, suggested
from elman.data.clocks import TIMES
from elman.data.columns import (
    GOLD_LABEL,
    NO_CONSENSUS,
    check_columns,
    chosen,
    column_count,
    ends_with,
    is_usual,
    match_columns,
    may_be,
    whole_lines,
)
from elman.data.delimiters import likely_delimiters, named_delimiter
from elman.data.fields import Kind
from elman.data.headers import PAIR, header_remark, names_them, with_labels
from elman.data.measurements import refuse_measured
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.rows import Cut, Row, even_rows
from elman.errors import DataError

_ROWS_TO_GUESS = 1000
_LINES_TO_RECOGNIZE = 100
_OTHER = re.compile(r"\s*(?:[\[{(]|__label__)")  # how files begin that are no tables, whatever commas they have
_SHOWN = 80
_WITH_ANSWERS = {
    ("text",): ("text", "labels"),
    ("first", "second"): ("first", "second", "label"),
    ("source",): ("source", "target"),
}
_GUESSED = (("text", "labels"), ("first", "second", "label"), ("first", "second", "score"))


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
        self._columns: dict[str, str | int] = dict(config.columns)  # guessed at the first file without a known header

    @property
    def _decided(self) -> Mapping[str, Any]:
        """The columns that were guessed in a file without a header, or with names that are not known."""
        return {"columns": self._columns}

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
        header, columns = self._layout(path, first)
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

    def _layout(self, path: Path, first: Sequence[Row]) -> tuple[bool, Mapping[str, int]]:
        """Return whether there is a header, and the column of each field."""
        bare = self.fields in _WITH_ANSWERS and len(first[0][1]) == len(self.fields)
        if bare and not any(isinstance(column, str) for column in self._columns.values()):
            return self._names_usual(first[0]), {field: i for i, field in enumerate(self.fields)}
        self._check_numbers(path, first[0])
        try:
            header = self._has_header(path, first)
            return (header, self._by_header(path, first)) if header else self._by_place(path, first)
        except DataError:
            if not self.config.columns:
                refuse_measured(path, self.fields)
            raise

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

    def _names_usual(self, first: Row) -> bool:
        """Say whether the first row of a file that has just what is asked for is a header."""
        if self.config.header != "auto":
            return self.config.header == "yes"
        return all(may_be(field, name) for field, name in zip(self.fields, first[1], strict=True))

    def _value(self, field: str, cell: str) -> str | list[str]:
        if field != "labels":
            return "" if field == "label" and self._may_lack and cell == NO_CONSENSUS else cell
        labels = cell.split(self.config.label_separator) if self.config.label_separator else [cell]
        return [label.strip() for label in labels if label.strip()]

    def _check_numbers(self, path: Path, first: Row) -> None:
        line, cells = first
        for field in self.fields:
            column = chosen(field, self._columns)
            if isinstance(column, int) and column > len(cells):
                raise DataError(
                    f"{path}:{line}: got {column_count(len(cells))}, expected {column} or more, since reader.columns "
                    f"has {field}={column}. Count columns from 1, or set reader.delimiter."
                )

    def _has_header(self, path: Path, rows: Sequence[Row]) -> bool:
        line, names = rows[0]
        given = self._columns
        if self.config.header != "auto":
            return self.config.header == "yes"
        if any(isinstance(column, str) for column in given.values()):
            return True
        found = match_columns(self.fields, names, given)
        usual = [is_usual(field, names[index]) for field, index in found.items()]
        if not given and len(found) == len(self.fields):
            return True
        misread = not any(usual) and misspelled(self.fields, names, given, found)
        if self.fields == PAIR and len(names) == len(PAIR) and not given:
            return False  # what is left over is the other one, whether the row names it or not: see `_by_place`
        body = [cells for _, cells in rows[1:]]
        if not given and (told := with_labels(self.fields, names, found, body)):
            self._keep({field: names[place].strip() for field, place in told.items()})
            return True
        if not given and (misread or 0 < sum(usual) < len(self.fields)):
            missing = missing_columns(self.fields, names, given, found, body)
            raise DataError(f"{path}:{line}: {missing}; or, if that row is data, --set reader.header=no.")
        return any(usual)

    def _by_header(self, path: Path, rows: Sequence[Row]) -> Mapping[str, int]:
        line, names = rows[0]
        found, body = match_columns(self.fields, names, self._columns), [cells for _, cells in rows[1:]]
        if len(found) < len(self.fields) and self.config.header == "yes" and not self._columns:
            found = self._named(found, names, body)
        if len(found) < len(self.fields):
            asked = " and ".join(str(chosen(field, self._columns) or field) for field in self.fields)
            refuse_prose(f"{path}:{line}", names, asked)
            raise DataError(f"{path}:{line}: {missing_columns(self.fields, names, self._columns, found, body)}.")
        self._may_lack = "label" in found and names[found["label"]].strip().lower() == GOLD_LABEL
        return {field: found[field] for field in self.fields}

    def _named(self, found: Mapping[str, int], names: Sequence[str], body: guessing.Rows) -> dict[str, int]:
        """Return the columns of a header that somebody said is there, guessed by their cells as without one."""
        there = {**found}
        if self.fields == PAIR and len(names) == len(PAIR):
            return meant(self.fields, names, {}, found)
        if len(names) == len(self.fields) and self.fields in _GUESSED and len(body) >= guessing.ROWS_TO_GUESS:
            there = meant(self.fields, names, {}, found, body)
            if "score" not in there and guessing.all_differ(body, there[self.fields[-1]]):
                return {**found}
            self._keep({field: names[place].strip() for field, place in there.items()})
        return there

    def _by_place(self, path: Path, rows: Sequence[Row]) -> tuple[bool, Mapping[str, int]]:
        """Return whether the first row names the columns all the same, and which column is which."""
        line, cells = rows[0]
        numbers = [chosen(field, self._columns) for field in self.fields]
        if all(isinstance(number, int) for number in numbers):
            return False, match_columns(self.fields, cells, self._columns)
        # A file like those of the training has answers in it, which predicting does without.
        there = _WITH_ANSWERS.get(self.fields, self.fields) if len(cells) > len(self.fields) else self.fields
        body = [cells for _, cells in rows]
        if len(body) == 1 and any(cell.strip().lower() in TIMES for cell in cells):
            raise DataError(f"{path}:{line}: no row below the names of columns: got {', '.join(cells)}. Is it whole?")
        if self._columns or len(cells) != len(there):
            flags = several_labels(cells, body[1:], self.fields)
            raise DataError(
                f"{path}:{line}: got {column_count(len(cells))} and no header that is known, expected "
                f"{len(self.fields)}: {', '.join(self.fields)}.{flags} Say which column is which, such as --set "
                f"reader.columns={self._suggestion(body)}."
            )
        if there not in _GUESSED:
            found = {field: i for i, field in enumerate(there)}
            header = there == PAIR and self._tell_header(found, body)
            return header, {field: found[field] for field in self.fields}
        found = guessing.places(there, body)
        if "label" in found and guessing.all_differ(body, found["label"]):
            raise DataError(
                f"{path}:{line}: no header that is known, and no column of labels: got "
                f"{len({row[found['label']] for row in body}):,} different cells in {len(body):,} rows where they "
                f"differ least, expected few. Say which column is which: --set reader.columns="
                f"{self._suggestion(body)}."
            )
        return self._guessed(found, body), {field: found[field] for field in self.fields}

    def _suggestion(self, rows: guessing.Rows) -> str:
        """Return columns that may be the right ones: by name where the first row seems to have names."""
        found = guessing.likely(self.fields, rows)
        if not self._columns and len(found) == len(self.fields) and names_them(rows, found):
            return f"'{suggested(self.fields, rows[0], found)}'; by number if the first row is data"
        parts = [f"{field}={found.get(field, i) + 1}" for i, field in enumerate(self.fields)]
        return f"'{{{', '.join(parts)}}}'; by name if there is a header"

    def _keep(self, columns: Mapping[str, str | int]) -> None:
        """Keep the columns that were guessed, and say so."""
        self._columns = dict(columns)
        shown = ", ".join(f"{field}={json.dumps(one, ensure_ascii=False)}" for field, one in columns.items())
        self.remark(f"columns: {{{shown}}}, guessed; --set reader.columns='{{{shown}}}' decides it")

    def _guessed(self, found: Mapping[str, int], rows: Sequence[Sequence[str]]) -> bool:
        """Keep the columns that were guessed, and say so; return whether the first row names them."""
        header = self.config.header == "auto" and names_them(rows, found)
        self._keep({field: rows[0][place].strip() if header else place + 1 for field, place in found.items()})
        return self._tell_header(found, rows)

    def _tell_header(self, found: Mapping[str, int], rows: Sequence[Sequence[str]]) -> bool:
        """Return whether the first row names the columns, and say so, unless somebody else did."""
        if self.config.header != "auto":
            return False
        header = names_them(rows, found)
        self.remark(header_remark(rows[0], found, header))
        return header
