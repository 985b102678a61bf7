"""CoNLL-U: the ten columns of Universal Dependencies, of which one is the tag, or those that CoNLL-U Plus names."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import Field

from elman.data.columns import ends_with, read_lines, whole_lines
from elman.data.fields import Kind
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.tagging import TagOptions
from elman.errors import DataError, quoted
from elman.text.printed import counted

_COLUMNS = ("id", "form", "lemma", "upos", "xpos", "feats", "head", "deprel", "deps", "misc")
_NAMED = re.compile(r"#\s*global\.columns\s*=\s*(.+)")
_MULTIWORD = re.compile(r"\d+-\d+")
_EMPTY_NODE = re.compile(r"\d+\.\d+")
_TEXT = re.compile(r"# ?text\s*=\s*(.+)")
_NUMBERED = re.compile(r"\d+(?:[-.]\d+)?\t")


@dataclass
class _Sentence:
    """A sentence as far as it was read.

    Args:
        words: it has.
        tags: of them.
        where: it begins.
        text: as its comment has it.
        written: its words, with blanks where they had some.
    """

    words: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    where: str = ""
    text: str = ""
    written: str = ""


class ConlluReader(Reader):
    """Yields the fields `words` and `tags`, a sentence an example.

    Words are the syntactic ones: ranges such as `3-4` and empty nodes such as `8.1` are passed over, comments too. A
    sentence ends at an empty line, and where numbers begin again. CoNLL-U Plus names its columns in its first line.
    """

    class Config(TagOptions, Reader.Config):
        """Options of CoNLL-U."""

        name: str = "conllu"
        tag: str = Field(
            "upos", description="The column that is the tag: upos, xpos, feats, deprel, or one that the file names."
        )

    config: Config
    holds = {Kind.WORDS: 1, Kind.TAGS: 1}
    apart = "sentences stand apart by blank lines"

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 for the usual names, where columns are named, and where most lines have ten of which one counts."""
        lines = [line for line in whole_lines(head) if not line.startswith("#")]
        counted = [line for line in lines if _NUMBERED.match(line) and line.count("\t") == len(_COLUMNS) - 1]
        named = _NAMED.match(head) is not None
        return 3 if named or 2 * len(counted) > len(lines) or ends_with(path, ".conllu", ".conllup") else 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the sentences of one file.

        Raises:
            DataError: a file cannot be read, is empty or has no sentence; a line has another number of columns, no
                number or no word; the column of the tag is not there.
        """
        path, sentence = paths[0], _Sentence()
        again: list[str] = []
        names: Sequence[str] = _COLUMNS
        for number, line in read_lines(path, self.config.encoding):
            where = f"{path}:{number}"
            if not line.strip():
                yield from self._ended(sentence)
                sentence = _Sentence()
            elif line.startswith("#"):
                named = _NAMED.match(line) if number == 1 else None
                names = named[1].lower().split() if named else names
                told = _TEXT.match(line)
                sentence.text = told[1] if told else sentence.text
            elif cells := self._cells(line, names, where):
                if sentence.words and cells[0] == "1":
                    again.append(where)
                    yield from self._ended(sentence)
                    sentence = _Sentence()
                sentence.where = sentence.where or where
                sentence.words.append(cells[self._column("form", names, where)])
                glued = "misc" in names and "SpaceAfter=No" in cells[names.index("misc")]
                sentence.written += sentence.words[-1] + " " * (not glued)
                if "tags" in self.fields:
                    sentence.tags.append(cells[self._column(self.config.tag.lower(), names, where)])
        yield from self._ended(sentence)
        if again:
            self.remark(
                f"{path.name}: numbers begin again at 1 without an empty line before, "
                f"{counted(len(again), 'times')}, first at {again[0]}: read as new sentences"
            )

    def _column(self, name: str, names: Sequence[str], where: str) -> int:
        if name not in names:
            raise DataError(
                f"{where}: no column {name!r}: got {', '.join(names)}. Set reader.tag to one of them, or "
                "reader.name=conll if they are other columns."
            )
        return names.index(name)

    def _ended(self, sentence: "_Sentence") -> Iterator[Example]:
        """Yield a sentence that is to its end, if it has words; one that is to be answered with its text."""
        if sentence.words:
            values: dict[str, Any] = {"words": sentence.words, "tags": sentence.tags}
            fields = {name: values[name] for name in self.fields}
            text = {"text": sentence.text or sentence.written.rstrip(" ")} if self.answers else {}
            yield Example(fields | text, sentence.where)

    def _cells(self, line: str, names: Sequence[str], where: str) -> list[str]:
        """Return the columns of a word, or nothing for a line that is none."""
        cells = line.split("\t")
        if len(cells) != len(names):
            raise DataError(
                f"{where}: got {len(cells)} columns, expected {len(names)} with tabs between, as CoNLL-U has. If they "
                "are other columns, set reader.name=conll."
            )
        if "id" not in names or cells[names.index("id")].isdecimal():
            if not cells[self._column("form", names, where)].strip():
                got = quoted(line)
                raise DataError(f"{where}: got an empty word in {got}, expected one. CoNLL-U writes _ for none.")
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
