"""Running text from one column: a line a cell of a table, a line an object of JSON lines, a line a tagged sentence."""

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from elman.data.columns import check_columns
from elman.data.fields import Kind
from elman.data.json_records import looks_like_json
from elman.data.layout import has_sentences
from elman.data.readers.base import Reader
from elman.data.readers.conll import ConllReader
from elman.data.readers.jsonl import JsonlReader
from elman.data.readers.table import TableReader
from elman.data.records import Example
from elman.data.sources import head

_BLOCK_CHARACTERS = 1 << 16


class ColumnReader(Reader):
    """Yields the field `text`, as plain text has it: what stands in one column of a file of examples, a line each.

    Line breaks in a text become blanks. Of CoNLL columns the words of a sentence are a line, with blanks between.
    """

    class Config(Reader.Config):
        """Options of a column of texts."""

        name: str = "column"
        columns: dict[str, str | int] = Field(
            {}, description='The column of the texts by name or number from 1, such as {text="body"}; else a usual one.'
        )

        @model_validator(mode="after")
        def _columns_exist(self) -> Self:
            check_columns(self.columns)
            return self

    config: Config
    holds = {Kind.STREAM: 1}
    named_only = True

    def __init__(self, config: Config, fields: Sequence[str] = ("text",)) -> None:
        super().__init__(config, fields)
        self._passed: dict[Path, Counter[str]] = {}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 0: that a file of examples is meant as text has to be said."""
        return 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the texts of one file in blocks of whole lines, none of which was passed over within.

        Raises:
            DataError: as the format of the file has it.
        """
        lines: list[str] = []
        where, size, expected = "", 0, ""
        reader = self._reader(paths[0])
        for example in reader.read(paths):
            text = example.fields.get("text") or example.fields["words"]
            line = " ".join((text if isinstance(text, str) else " ".join(text)).splitlines()) + "\n"
            if lines and (example.where != expected or size > _BLOCK_CHARACTERS):
                yield Example({"text": "".join(lines)}, where)
                lines, size = [], 0
            where = where if lines else example.where
            lines.append(line)
            size += len(line)
            file, _, number = example.where.rpartition(":")
            expected = f"{file}:{int(number) + 1}" if number.isdecimal() else ""
        if lines:
            yield Example({"text": "".join(lines)}, where)
        self._passed[paths[0]] = reader.skipped  # a text is read several times, and each counts the same
        self.skipped.clear()
        self.skipped.update(sum(self._passed.values(), Counter[str]()))
        for remark in reader.remarks:
            self.remark(remark)

    def _reader(self, path: Path) -> Reader:
        """Return what reads the examples of a file."""
        beginning, encoding, columns = head(path), self.config.encoding, self.config.columns
        if looks_like_json(beginning):
            keys = {field: str(column) for field, column in columns.items()}
            return JsonlReader(JsonlReader.Config(encoding=encoding, columns=keys), ("text",))
        if has_sentences(beginning):
            return ConllReader(ConllReader.Config(encoding=encoding), ("words",))
        return TableReader(TableReader.Config(encoding=encoding, columns=columns), ("text",))
