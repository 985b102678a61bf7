"""CoNLL columns: a word a line with its tags beside it, and an empty line after each sentence."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from pydantic import Field

from elman.data.columns import column_count, ends_with, read_lines, refuse_none, split_words, whole_lines
from elman.data.fields import Kind
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import DataError


class ConllReader(Reader):
    """Yields the fields `words` and `tags`, a sentence an example.

    A line with a tab is split at tabs, another one at blanks. There are no comments: `#` is a word. Lines that begin
    with -DOCSTART- end a sentence and are passed over.
    """

    class Config(Reader.Config):
        """Options of CoNLL columns."""

        name: str = "conll"
        word_column: int = Field(0, description="The column of the words, from 0; negative counts from the end.")
        tag_column: int = Field(-1, description="The column of the tags, from 0; negative counts from the end.")
        vary: bool = Field(False, description="Lines may have different numbers of columns.")

    config: Config
    holds = {Kind.WORDS: 1, Kind.TAGS: 1}

    endings: ClassVar[Sequence[str]] = (".conll", ".conll2003", ".iob", ".iob2", ".bio")

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 2 for the usual names and for even columns with an empty line between, 1 for even columns alone."""
        lines = whole_lines(head)
        counts = {len(_columns(line)) for line in lines}
        even = len(counts) == 1 and min(counts) >= len(fields)
        if ends_with(path, *cls.endings):
            return 2
        return (2 if "\n\n" in head else 1) if even else 0

    def read(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the sentences of files in order.

        Raises:
            DataError: a file cannot be read, is empty or has no sentence; the number of columns changes; a column is
                not there; a word has no tag.
        """
        for path in paths:
            yield from refuse_none(self._sentences(path), path, self.skipped)

    def _sentences(self, path: Path) -> Iterator[Example]:
        rows: list[Sequence[str]] = []
        start = 0
        for number, row in self._rows(path):
            if row and not rows:
                start = number
            if row:
                rows.append(row)
            elif rows:
                yield self._example(rows, f"{path}:{start}")
                rows = []
        if rows:
            yield self._example(rows, f"{path}:{start}")

    def _example(self, rows: Sequence[Sequence[str]], where: str) -> Example:
        return Example(
            {field: list(column) for field, column in zip(self.fields, zip(*rows, strict=True), strict=True)}, where
        )

    def _rows(self, path: Path) -> Iterator[tuple[int, Sequence[str]]]:
        """Yield the fields of each word with its line number, and nothing where a sentence ends."""
        width = first = 0
        for number, line in read_lines(path, self.config.encoding):
            cells = _columns(line)
            word = _index(self.config.word_column, len(cells))
            if word is not None and cells[word].startswith("-DOCSTART-"):
                self.skipped["-DOCSTART- lines"] += 1
                cells = []
            if not cells:
                yield number, ()
                continue
            width, first = width or len(cells), first or number
            if len(cells) != width and not self.config.vary:
                raise DataError(
                    f"{path}:{number}: {column_count(len(cells))}, expected {width} as on line {first}. Set "
                    "reader.vary=true if they may vary."
                )
            row = self._row(cells, f"{path}:{number}")
            if row[0]:
                yield number, row
            else:
                self.skipped["lines with an empty word"] += 1

    def _row(self, cells: Sequence[str], where: str) -> list[str]:
        columns = {"words": self.config.word_column, "tags": self.config.tag_column}
        indices = [self._find_column(field, columns[field], len(cells), where) for field in self.fields]
        if len(set(indices)) < len(indices):
            raise DataError(
                f"{where}: got {column_count(len(cells))}, expected 2 or more: words in column {indices[0]} and tags "
                "in another. Set reader.word_column and reader.tag_column to different ones, or add the tags."
            )
        row = [cells[i] for i in indices]
        if row[0] and not row[-1]:
            raise DataError(f"{where}: the word {row[0]!r} has an empty tag, expected one. Give it a tag, such as O.")
        return row

    def _find_column(self, field: str, column: int, count: int, where: str) -> int:
        index = _index(column, count)
        if index is None:
            option = "word_column" if field == "words" else "tag_column"
            raise DataError(
                f"{where}: got {column_count(count)}, expected one more for reader.{option}={column}. Set it to a "
                f"number from {-count} to {count - 1}."
            )
        return index


def _columns(line: str) -> list[str]:
    if not line.strip():
        return []
    return [cell.strip(" ") for cell in line.split("\t")] if "\t" in line else split_words(line)


def _index(column: int, count: int) -> int | None:
    index = column + count if column < 0 else column
    return index if 0 <= index < count else None
