"""Sentiment trees as of Stanford: `(3 (2 It) (4 (2 works) (3 well)))`, one a line."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from pydantic import Field

from elman.data.columns import read_lines
from elman.data.fields import Kind
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import DataError

_PIECES = re.compile(r"\(\s*([^\s()]*)|(\))|([^\s()]+)")
_LABELS = ("0", "1", "2", "3", "4")
_BINARY = {"0": "negative", "1": "negative", "3": "positive", "4": "positive"}
_ESCAPES = {"-LRB-": "(", "-RRB-": ")", r"\/": "/", r"\*": "*"}
_ESCAPED = re.compile("|".join(map(re.escape, _ESCAPES)))


class Phrase(NamedTuple):
    """A labelled part of a sentence.

    Args:
        label: 0 (very negative) to 4 (very positive).
        start: index of its first word.
        end: index behind its last word.
    """

    label: str
    start: int
    end: int


class TreesReader(Reader):
    r"""Yields the fields `text` and `labels`: the words of a tree with blanks between, the label 0 to 4 of its root.

    Escapes of the Penn Treebank (-LRB-, -RRB-, \/ and \*) become what they stand for.
    """

    class Config(Reader.Config):
        """Options of sentiment trees."""

        name: str = "trees"
        phrases: Literal["sentences", "all"] = Field(
            "sentences",
            description="What training reads: sentences, or their phrases too; only sentences are scored.",
        )
        binary: bool = Field(False, description="0 and 1 become negative, 3 and 4 positive; 2 is passed over.")

    config: Config
    holds = {Kind.TEXT: 1, Kind.LABELS: 1}
    _phrases = False

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where it begins with a bracket and a digit."""
        return 3 if re.match(r"\s*\(\s*\d", head) else 0

    def for_training(self) -> "TreesReader":
        """Return a reader that yields phrases too, if they are wanted."""
        if self.config.phrases != "all":
            return self
        reader = type(self)(self.config, self.fields)
        reader.skipped, reader._phrases = self.skipped, True
        return reader

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the sentences of one file.

        Raises:
            DataError: a file cannot be read, is empty or has no example; a line is not one tree.
        """
        path = paths[0]
        for number, line in read_lines(path, self.config.encoding):
            if not line.strip():
                self.skipped["empty lines"] += 1
                continue
            words, phrases = _parse(line, f"{path}:{number}")
            seen = set()
            for phrase in phrases if self._phrases else phrases[:1]:
                text = " ".join(words[phrase.start : phrase.end])
                if (text, phrase.label) in seen:
                    continue
                seen.add((text, phrase.label))
                label = _BINARY.get(phrase.label) if self.config.binary else phrase.label
                if label is None and "labels" in self.fields:
                    self.skipped["neutral phrases"] += 1
                    continue
                values = {"text": text, "labels": [label]}
                yield Example({field: values[field] for field in self.fields}, f"{path}:{number}")


def _parse(line: str, where: str) -> tuple[list[str], list[Phrase]]:
    """Return the words of a tree, and its phrases in the order in which they open: the whole sentence first."""
    words: list[str] = []
    phrases: list[Phrase] = []
    opened: list[int] = []  # indices into phrases; a stack, since a tree may be deeper than Python recurses
    for match in _PIECES.finditer(line):
        label, close, word = match.groups()
        if phrases and not opened:
            raise _broken(where, f"{match[0]!r} after the end of the tree", "one tree a line")
        if label is not None:
            if label not in _LABELS:
                raise _broken(where, f"the label {label!r}", f"one of {', '.join(_LABELS)}")
            opened.append(len(phrases))
            phrases.append(Phrase(label, len(words), 0))
        elif not opened:
            raise _broken(where, repr(match[0]), "'(' and a label")
        elif close:
            closed = opened.pop()
            if phrases[closed].start == len(words):
                raise _broken(where, "brackets without a word", "one or more words")
            phrases[closed] = phrases[closed]._replace(end=len(words))
        else:
            words.append(_ESCAPED.sub(lambda found: _ESCAPES[found[0]], word))
    if opened:
        raise _broken(where, f"{len(opened)} more '(' than ')'", "as many of each")
    return words, phrases


def _broken(where: str, got: str, expected: str) -> DataError:
    return DataError(f"{where}: not a tree: got {got}, expected {expected}. A tree is such as (3 (2 It) (3 works)).")
