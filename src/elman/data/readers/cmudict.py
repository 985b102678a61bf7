"""Pronouncing dictionaries as of CMU: `WORD  W ER D`, a word's further pronunciations in lines of their own."""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple

from pydantic import Field

from elman.data.columns import read_lines, whole_lines
from elman.data.readers.base import WritingReader
from elman.data.records import Example
from elman.errors import DataError

_PHONES = frozenset(
    "AA AE AH AO AW AY B CH D DH EH ER EY F G HH IH IY JH K L M N NG OW OY P R S SH T TH UH UW V W Y Z ZH".split()  # noqa: SIM905
)
_COMMENT = ";;;"
_REMARK = re.compile(r"\s+#.*$")
_VARIANT = re.compile(r"(?<=.)\(\d+\)$")
_STRESS = re.compile(r"(?<=[A-Z])[012]$")
_LINES_TO_RECOGNIZE = 100


class _Entry(NamedTuple):
    """A line of a dictionary."""

    word: str
    phones: str
    number: int


class CmudictReader(WritingReader):
    """Yields `source`, a word as it is written, and `target`, its pronunciations: phones with blanks between.

    A word is one example however many lines it has: those with the same word, or numbers such as `READ(1)` or
    `read(2)`, follow each other. Lines after `;;;` and what stands behind ` #` are comments.
    """

    class Config(WritingReader.Config):
        """Options of pronouncing dictionaries."""

        name: str = "cmudict"
        stress: bool = Field(True, description="AH0 and AH1 are two phones; no: AH is one.")

    config: Config
    apart = "each word is an example"
    levels = {"level": "character", "target_level": "phone"}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where every line is a word and phones of ARPAbet."""
        lines = [line for line in whole_lines(head) if not line.startswith(_COMMENT)][:_LINES_TO_RECOGNIZE]
        return 3 * bool(lines and all(_is_entry(line) for line in lines))

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the words of one file.

        Raises:
            DataError: a file cannot be read, is empty or has no word; a line has no phones.
        """
        path = paths[0]
        for word, lines in groupby(self._entries(path), itemgetter(0)):
            entries = list(lines)
            target = list(dict.fromkeys(entry.phones for entry in entries))
            if len(target) < len(entries):
                self.skipped["lines again"] += len(entries) - len(target)
            yield from self._pair(word, target, f"{path}:{entries[0].number}")

    def _entries(self, path: Path) -> Iterator[_Entry]:
        for number, line in read_lines(path, self.config.encoding):
            if line.startswith(_COMMENT) or not line.strip():
                self.skipped["comments" if line.strip() else "empty lines"] += 1
                continue
            word, phones = _cut(line)
            if not phones and not self.answers and "target" in self.fields:
                raise DataError(
                    f"{path}:{number}: got {word!r} without phones, expected some behind it, such as {word}  AH B. "
                    "Mend or remove the line."
                )
            if not self.config.stress:
                phones = [_STRESS.sub("", phone) for phone in phones]
            yield _Entry(_VARIANT.sub("", word), " ".join(phones), number)


def _cut(line: str) -> tuple[str, list[str]]:
    """Return word and phones of a line: between them are two blanks, or one."""
    line = _REMARK.sub("", line).strip()
    word, _, phones = line.partition("  " if "  " in line else " ")
    return word, phones.split()


def _is_entry(line: str) -> bool:
    phones = _cut(line)[1]
    return bool(phones) and all(_STRESS.sub("", phone) in _PHONES for phone in phones)
