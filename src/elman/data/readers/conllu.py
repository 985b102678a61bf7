"""CoNLL-U: the ten columns of Universal Dependencies, of which one is the tag."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import Field

from elman.data.columns import ends_with, read_lines
from elman.data.fields import Kind
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.tagging import TagOptions
from elman.errors import DataError

_WIDTH = 10
_MULTIWORD = re.compile(r"\d+-\d+")
_EMPTY_NODE = re.compile(r"\d+\.\d+")


class ConlluReader(Reader):
    """Yields the fields `words` and `tags`, a sentence an example.

    Words are the syntactic ones: ranges such as `3-4` and empty nodes such as `8.1` are passed over, comments too.
    """

    class Config(TagOptions, Reader.Config):
        """Options of CoNLL-U."""

        name: str = "conllu"
        tag: Literal["upos", "xpos", "feats", "deprel"] = Field("upos", description="The column that is the tag.")

    config: Config
    holds = {Kind.WORDS: 1, Kind.TAGS: 1}

    columns: ClassVar[dict[str, int]] = {"upos": 3, "xpos": 4, "feats": 5, "deprel": 7}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 for the usual name, and where a first sentence of ten columns counts its words."""
        first = next((line for line in head.split("\n") if line.strip() and not line.startswith("#")), "")
        counted = first.startswith(("1\t", "1-")) and first.count("\t") == _WIDTH - 1
        return 3 if counted or ends_with(path, ".conllu") else 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the sentences of one file.

        Raises:
            DataError: a file cannot be read, is empty or has no sentence; a line has not ten columns or no number.
        """
        path = paths[0]
        words: list[str] = []
        tags: list[str] = []
        start = 0
        column = self.columns[self.config.tag]
        for number, line in read_lines(path, self.config.encoding):
            if not line.strip():
                if words:
                    yield self._example(words, tags, f"{path}:{start}")
                words, tags = [], []
            elif not line.startswith("#") and (cells := self._cells(line, f"{path}:{number}")):
                start = start if words else number
                words.append(cells[1])
                tags.append(cells[column])
        if words:
            yield self._example(words, tags, f"{path}:{start}")

    def _example(self, words: list[str], tags: list[str], where: str) -> Example:
        values = {"words": words, "tags": tags}
        return Example({field: values[field] for field in self.fields}, where)

    def _cells(self, line: str, where: str) -> list[str]:
        """Return the columns of a word, or nothing for a line that is none."""
        cells = line.split("\t")
        if len(cells) != _WIDTH:
            raise DataError(
                f"{where}: got {len(cells)} columns, expected {_WIDTH} with tabs between, as CoNLL-U has. If they are "
                "other columns, set reader.name=conll."
            )
        if cells[0].isdecimal():
            return cells
        if _MULTIWORD.fullmatch(cells[0]):
            self.skipped["multiword tokens"] += 1
        elif _EMPTY_NODE.fullmatch(cells[0]):
            self.skipped["empty nodes"] += 1
        else:
            raise DataError(
                f"{where}: got {cells[0]!r} in the first column, expected the number of the word, such as 3, 3-4 or "
                "8.1. If they are other columns, set reader.name=conll."
            )
        return []
