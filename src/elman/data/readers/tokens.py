"""Tables with a token a row: a column says which sentence it belongs to (`Sentence #,Word,POS,Tag`)."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from pydantic import Field

from elman.data.columns import whole_lines
from elman.data.delimiters import likely_delimiters
from elman.data.fields import Kind
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.rows import Cut, even_rows
from elman.data.tagging import TagOptions
from elman.errors import DataError

_NAMES: Mapping[str, Sequence[str]] = {
    "sentence": ("sentence #", "sentence_id", "sentence", "sent_id", "sent", "sentence_idx"),
    "words": ("word", "token", "form", "words", "tokens"),
    "tags": ("tag", "ner", "ner_tag", "label", "tags", "labels", "upos", "pos"),
}
_LINES_TO_RECOGNIZE = 100


class TokensReader(Reader):
    """Yields the fields `words` and `tags`, a sentence an example.

    The first row names the columns. A sentence begins where the column `sentence` has another value than before; where
    it is empty, the sentence goes on.
    """

    class Config(TagOptions, Reader.Config):
        """Options of tables with a token a row."""

        name: str = "tokens"
        delimiter: str = Field("auto", description="Between columns; auto: the one that gives all lines as many cells.")
        columns: dict[str, str] = Field(
            {}, description='The columns by name, such as {sentence="id", words="Word", tags="Tag"}.'
        )

    config: Config
    holds = {Kind.WORDS: 1, Kind.TAGS: 1}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where the first row has the usual names."""
        lines = whole_lines(head)[:_LINES_TO_RECOGNIZE]
        for found in likely_delimiters(lines, ()):
            names = [name.strip().strip('"') for name in lines[0].split(found.delimiter)]
            if all(_column(names, field, "") is not None for field in _NAMES):
                return 3
        return 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the sentences of one file.

        Raises:
            DataError: a file cannot be read, is empty or has no sentence; a column is missing; rows are uneven.
        """
        path = paths[0]
        cut = Cut(self.config.encoding, self.config.delimiter, "auto", ())
        rows = even_rows(path, cut, self.skipped, self.remark)
        head = next(islice(rows, 1), None)
        if head is None:
            return
        places = self._places(path, head[0], head[1])
        columns: dict[str, list[str]] = {field: [] for field in self.fields}
        start, current = 0, ""
        for line, cells in rows:
            sentence = cells[places["sentence"]].strip()
            if sentence and sentence != current and start:
                yield Example(columns, f"{path}:{start}")
                columns, start = {field: [] for field in self.fields}, 0
            current = sentence or current
            if not cells[places["words"]].strip():
                self.skipped["rows with an empty word"] += 1
                continue
            start = start or line
            for field in self.fields:
                columns[field].append(cells[places[field]].strip())
        if start:
            yield Example(columns, f"{path}:{start}")

    def _places(self, path: Path, line: int, names: Sequence[str]) -> Mapping[str, int]:
        found: dict[str, int] = {}
        for field in dict.fromkeys(("sentence", "words", *self.fields)):
            place = _column(names, field, self.config.columns.get(field, ""))
            if place is None:
                wanted = self.config.columns.get(field) or f"one of {', '.join(_NAMES[field])}"
                raise DataError(
                    f"{path}:{line}: no column for {field}: got the columns {', '.join(names)}, expected {wanted}. "
                    f"Name it, such as --set reader.columns='{{{field}=\"{names[0]}\"}}'."
                )
            found[field] = place
        return found


def _column(names: Sequence[str], field: str, given: str) -> int | None:
    lower = [name.strip().lower() for name in names]
    wanted: Any = (given.lower(),) if given else _NAMES[field]
    return next((lower.index(name) for name in wanted if name in lower), None)
