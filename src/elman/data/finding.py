"""Which column of a table has which field: by the names of its first row, as somebody said, or by its cells."""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from elman.data import guessing
from elman.data.advising import meant, missing_columns, misspelled, refuse_prose, several_labels, suggested
from elman.data.clocks import TIMES
from elman.data.columns import GOLD_LABEL, chosen, column_count, is_usual, match_columns, may_be
from elman.data.headers import PAIR, header_remark, names_them, with_labels
from elman.data.measurements import refuse_measured
from elman.data.rows import Row
from elman.data.training_table import TrainingTable
from elman.errors import DataError

_WITH_ANSWERS = {
    ("text",): ("text", "labels"),
    ("first", "second"): ("first", "second", "label"),
    ("source",): ("source", "target"),
}
_GUESSED = (("text", "labels"), ("first", "second", "label"), ("first", "second", "score"))


class ColumnFinder:
    """Finds the column of each field, and keeps what it found, so that further files are read in the same way.

    Args:
        fields: what is asked for.
        header: whether the first row has names: yes, no or auto.
        columns: those that somebody named, by field: a name, or a number from 1.
        seen: the names of the columns of the table that was read first, empty ones where it has no header.
        remark: tells what was guessed.

    Attributes:
        columns: those that are named, or were guessed.
        seen: the same, once a table was read.
        may_lack: whether a label may be missing because annotators did not agree.
    """

    def __init__(
        self,
        fields: Sequence[str],
        header: str,
        columns: Mapping[str, str | int],
        seen: Sequence[str],
        remark: Callable[[str], None],
    ) -> None:
        self.fields = tuple(fields)
        self.columns: dict[str, str | int] = dict(columns)
        self.seen = list(seen)
        self.may_lack = False
        self._header, self._given, self._remark = header, bool(columns), remark

    def of(self, path: Path, first: Sequence[Row]) -> tuple[bool, Mapping[str, int]]:
        """Return whether there is a header, and the column of each field.

        Args:
            path: the file.
            first: its first rows.

        Raises:
            DataError: nobody knows which column has a field.
        """
        header, found = self._held_against_training(path, first) or self._alone(path, first)
        if not self.seen:
            self.seen = [name.strip() if header else "" for name in first[0][1]]
        return header, found

    def _held_against_training(self, path: Path, first: Sequence[Row]) -> tuple[bool, Mapping[str, int]] | None:
        """Return the columns of a table like the one that was read first; None where it does not decide.

        Raises:
            DataError: only inputs are asked for, and the table is another.
        """
        table, rows = TrainingTable(self.seen, self.columns), [cells for _, cells in first]
        if not table.names:
            return None
        if self._header != "no" and (named := table.by_names(self.fields, rows)):
            return True, named
        usual = (
            table.named and self._header != "no" and len(match_columns(self.fields, rows[0], {})) == len(self.fields)
        )
        by_name = any(isinstance(column, str) for column in self.columns.values())
        if (usual and table.named) or by_name or self.fields not in _WITH_ANSWERS or len(rows[0]) <= len(self.fields):
            return None
        found = table.alike(self.fields, rows)
        if not found:
            table.refuse(f"{path}:{first[0][0]}", self.fields, rows)
        return self._header == "yes" or self._tell_header(found, rows), {field: found[field] for field in self.fields}

    def _alone(self, path: Path, first: Sequence[Row]) -> tuple[bool, Mapping[str, int]]:
        """Return whether there is a header, and the column of each field, by nothing but the table."""
        bare = self.fields in _WITH_ANSWERS and len(first[0][1]) == len(self.fields)
        if bare and not any(isinstance(column, str) for column in self.columns.values()):
            found = {field: i for i, field in enumerate(self.fields)}
            named = self._names_usual(first[0]) or (
                any(self.seen) and self._tell_header(found, [row for _, row in first])
            )
            return named, found
        self._check_numbers(path, first[0])
        try:
            header = self._has_header(path, first)
            return (header, self._by_header(path, first)) if header else self._by_place(path, first)
        except DataError:
            if not self._given:
                refuse_measured(path, self.fields)
            raise

    def _names_usual(self, first: Row) -> bool:
        """Say whether the first row of a file that has just what is asked for is a header."""
        if self._header != "auto":
            return self._header == "yes"
        return all(may_be(field, name) for field, name in zip(self.fields, first[1], strict=True))

    def _check_numbers(self, path: Path, first: Row) -> None:
        line, cells = first
        for field in self.fields:
            column = chosen(field, self.columns)
            if isinstance(column, int) and column > len(cells):
                raise DataError(
                    f"{path}:{line}: got {column_count(len(cells))}, expected {column} or more, since reader.columns "
                    f"has {field}={column}. Count columns from 1, or set reader.delimiter."
                )

    def _has_header(self, path: Path, rows: Sequence[Row]) -> bool:
        line, names = rows[0]
        given = self.columns
        if self._header != "auto":
            return self._header == "yes"
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
        found, body = match_columns(self.fields, names, self.columns), [cells for _, cells in rows[1:]]
        if len(found) < len(self.fields) and self._header == "yes" and not self.columns:
            found = self._named(found, names, body)
        if len(found) < len(self.fields):
            asked = " and ".join(str(chosen(field, self.columns) or field) for field in self.fields)
            refuse_prose(f"{path}:{line}", names, asked)
            raise DataError(f"{path}:{line}: {missing_columns(self.fields, names, self.columns, found, body)}.")
        self.may_lack = "label" in found and names[found["label"]].strip().lower() == GOLD_LABEL
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
        numbers = [chosen(field, self.columns) for field in self.fields]
        if all(isinstance(number, int) for number in numbers):
            return False, match_columns(self.fields, cells, self.columns)
        # A file like those of the training has answers in it, which predicting does without.
        there = _WITH_ANSWERS.get(self.fields, self.fields) if len(cells) > len(self.fields) else self.fields
        body = [cells for _, cells in rows]
        if len(body) == 1 and any(cell.strip().lower() in TIMES for cell in cells):
            raise DataError(f"{path}:{line}: no row below the names of columns: got {', '.join(cells)}. Is it whole?")
        if self.columns or len(cells) != len(there):
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
        if not self.columns and len(found) == len(self.fields) and names_them(rows, found):
            return f"'{suggested(self.fields, rows[0], found)}'; by number if the first row is data"
        parts = [f"{field}={found.get(field, i) + 1}" for i, field in enumerate(self.fields)]
        return f"'{{{', '.join(parts)}}}'; by name if there is a header"

    def _keep(self, columns: Mapping[str, str | int]) -> None:
        """Keep the columns that were guessed, and say so."""
        self.columns = dict(columns)
        shown = ", ".join(f"{field}={json.dumps(one, ensure_ascii=False)}" for field, one in columns.items())
        self._remark(f"columns: {{{shown}}}, guessed; --set reader.columns='{{{shown}}}' decides it")

    def _guessed(self, found: Mapping[str, int], rows: Sequence[Sequence[str]]) -> bool:
        """Keep the columns that were guessed, and say so; return whether the first row names them."""
        header = self._header == "auto" and names_them(rows, found)
        self._keep({field: rows[0][place].strip() if header else place + 1 for field, place in found.items()})
        return self._tell_header(found, rows)

    def _tell_header(self, found: Mapping[str, int], rows: Sequence[Sequence[str]]) -> bool:
        """Return whether the first row names the columns, and say so, unless somebody else did."""
        if self._header != "auto":
            return False
        header = names_them(rows, found)
        self._remark(header_remark(rows[0], found, header))
        return header
