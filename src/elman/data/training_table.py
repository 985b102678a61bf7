"""The table that was read first: its names find the columns of further ones, and its width those without names."""

from collections.abc import Mapping, Sequence

from elman.data.advising import meant, suggested
from elman.data.columns import column_count, is_usual, match_columns, normal
from elman.data.guessing import ROWS_TO_GUESS, Rows
from elman.data.headers import PAIR
from elman.errors import DataError
from elman.text.printed import shortened

_LABELS = ("labels", "label")
_ANSWERS = (*_LABELS, "score", "target")
_TIMES = 5  # each of few labels comes so many times on the average


class TrainingTable:
    """What the columns of the first table are called, for tables that are read later.

    Args:
        names: of its columns; empty ones where it has no header, none where no table was read yet.
        columns: those that somebody named or that were guessed there, by field: a name, or a number from 1.
    """

    def __init__(self, names: Sequence[str], columns: Mapping[str, str | int]) -> None:
        self.names, self._columns = list(names), columns
        self.named = any(name.strip() for name in names)

    def places(self, fields: Sequence[str]) -> dict[str, int]:
        """Return the columns of fields in the training table; of its two, the source is the first, unless named so."""
        found = match_columns(fields, self.names, self._columns)
        if len(found) == len(fields) or self._columns or len(self.names) != len(PAIR) or not {*fields} <= {*PAIR}:
            return found
        both = meant(PAIR, self.names, {}, match_columns(PAIR, self.names, {}))
        return {field: both[field] for field in fields}

    def called(self, fields: Sequence[str]) -> dict[str, str]:
        """Return the names of columns in the training table, where it has some."""
        return {field: self.names[place] for field, place in self.places(fields).items() if self.named}

    def by_names(self, fields: Sequence[str], rows: Rows) -> dict[str, int]:
        """Return the columns of a table whose first row has the names of the training table.

        Where that has none, names that are usual do, if they occur in no other row. Nothing is returned unless every
        field has its column.
        """
        names = rows[0]
        if self.named:
            lower, called = list(map(normal, names)), self.called(fields)
            found = {field: lower.index(normal(name)) for field, name in called.items() if normal(name) in lower}
        elif self.names and len(rows) > 1:
            usual = match_columns(fields, names, {})
            others = {place: {row[place] for row in rows[1:]} for place in usual.values()}
            found = {
                field: place
                for field, place in usual.items()
                if is_usual(field, names[place]) and names[place] not in others[place]
            }
        else:
            return {}
        return found if len(found) == len(fields) else {}

    def alike(self, fields: Sequence[str], rows: Rows) -> dict[str, int]:
        """Return the columns of a table without the names of the training table, where they are those of that table.

        It is as wide, and the column of labels has few cells, or none that are longer on the average than those of a
        text. Where the training table has names, there are enough rows to tell a header, and no text is nothing but
        numbers.
        """
        answer = next((field for field in _ANSWERS if self.places((field,))), "")
        found = self.places((*fields, answer) if answer else fields)
        if len(rows[0]) != len(self.names) or len(found) < len(fields):
            return {}
        cells = {field: [row[place] for row in rows[1:] or rows] for field, place in found.items()}
        if self.named and (len(rows) < ROWS_TO_GUESS or not all(map(_have_letters, map(cells.__getitem__, fields)))):
            return {}
        return found if answer not in _LABELS or _may_be_labels(cells[answer], cells[fields[0]]) else {}

    def refuse(self, where: str, fields: Sequence[str], rows: Rows) -> None:
        """Refuse a table whose columns cannot be told.

        Raises:
            DataError: always; the message says what is there, what is expected, and what to set.
        """
        names, places = rows[0], self.places(fields)
        there = shortened(", ".join(name.strip() for name in names), 80)
        if self.named:
            wanted = " and ".join(f"{name!r} for {field}" for field, name in self.called(fields).items())
            what = f"no column {wanted}, as in training: got {column_count(len(names))}: {there}"
        else:
            wanted = " and ".join(f"{field} in column {place + 1}" for field, place in places.items())
            what = f"got {column_count(len(names))}: {there}; expected {len(self.names)} as in training, with {wanted}"
        found = meant(fields, names, {}, {}, rows[1:])
        numbers = ", ".join(f"{field}={found.get(field, 0) + 1}" for field in fields)
        raise DataError(
            f"{where}: {what}. Say which it is, such as --set reader.columns='{suggested(fields, names, found)}'; if "
            f"that row is data, '{{{numbers}}}'."
        )


def _have_letters(cells: Sequence[str]) -> bool:
    return any(character.isalpha() for cell in cells for character in cell)


def _may_be_labels(cells: Sequence[str], texts: Sequence[str]) -> bool:
    """Say whether cells are few different ones, or no longer than the texts beside them."""
    return _TIMES * len(set(cells)) <= len(cells) or sum(map(len, cells)) <= sum(map(len, texts))
