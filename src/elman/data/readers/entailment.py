"""Pairs of texts in XML, as the RTE challenges have them: `<pair entailment="YES"><t>...</t><h>...</h></pair>`."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.parsers import expat

from pydantic import Field

from elman.data.columns import read_lines
from elman.data.fields import Kind
from elman.data.places import Places
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import DataError

_USUAL = ("entailment", "value", "label")
_PARTS = {"t": "first", "h": "second"}
_PAIR = re.compile(r"<pair\b[^>]*>\s*<t\b")
_DECLARED = re.compile(r"^\s*<\?xml[^>]*\?>")


class EntailmentReader(Reader):
    """Yields the fields `first` and `second`, the text and the hypothesis of a pair, and `label`.

    The label is an attribute of the pair. Entities that a file defines itself are refused: a few can unfold to more
    than a machine holds.
    """

    class Config(Reader.Config):
        """Options of pairs in XML."""

        name: str = "entailment"
        label: str = Field("", description="The attribute with the label; left out, entailment, value or label.")

    config: Config
    holds = {Kind.TEXT: 2, Kind.LABEL: 1}

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where a pair begins with its text."""
        return 3 if "first" in fields and _PAIR.search(head) else 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the pairs of one file.

        Raises:
            DataError: a file cannot be read, is no XML or defines entities; a pair has no label, or not both texts.
        """
        path = paths[0]
        pairs, places = _Pairs(path), Places(path)
        for number, text in read_lines(path, self.config.encoding):
            pairs.feed(f"{_DECLARED.sub('', text) if number == 1 else text}\n")
            for line, attributes, parts in pairs.taken():
                yield from self._example(attributes, parts, places.at(line))
        pairs.end()

    def _example(self, attributes: dict[str, str], parts: dict[str, str], where: str) -> Iterator[Example]:
        fields: dict[str, Any] = {}
        for tag, field in _PARTS.items():
            if field not in parts:
                raise DataError(f"{where}: a pair without <{tag}>, expected its two texts in <t> and <h>.")
            fields[field] = " ".join(parts[field].split())
        if "label" in self.fields:
            wanted = [self.config.label] if self.config.label else _USUAL
            name = next((name for name in wanted if name in attributes), None)
            if name is None:
                has = ", ".join(attributes) or "none"
                raise DataError(
                    f"{where}: a pair without {' or '.join(wanted)}: got the attributes {has}. Name the one with the "
                    "label with --set reader.label=NAME."
                )
            fields["label"] = attributes[name].strip()
        yield from self._kept({field: fields[field] for field in self.fields}, where)


class _Pairs:
    """Takes XML piece by piece and gives the pairs that have ended, with the lines where they began."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.EntityDeclHandler = self._refuse_entity
        self._found: list[tuple[int, dict[str, str], dict[str, str]]] = []
        self._open: tuple[int, dict[str, str], dict[str, str]] | None = None
        self._inside = ""

    def feed(self, text: str) -> None:
        self._parse(text, last=False)

    def end(self) -> None:
        self._parse("", last=True)

    def taken(self) -> list[tuple[int, dict[str, str], dict[str, str]]]:
        found, self._found = self._found, []
        return found

    def _parse(self, text: str, last: bool) -> None:
        try:
            self._parser.Parse(text, last)
        except expat.ExpatError as error:
            what = expat.ErrorString(error.code)
            raise DataError(f"{self._path}:{error.lineno}: not XML: {what}. Write & as &amp; and < as &lt;.") from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "pair":  # one that another was not closed for begins outside of its texts
            self._open, self._inside = (self._parser.CurrentLineNumber, attributes, {}), ""
        elif self._open is not None and tag in _PARTS:
            self._inside = _PARTS[tag]
            self._open[2][self._inside] = ""

    def _end(self, tag: str) -> None:
        if tag in _PARTS:
            self._inside = ""
        elif tag == "pair" and self._open is not None:
            self._found.append(self._open)
            self._open = None

    def _characters(self, text: str) -> None:
        if self._open is not None and self._inside:
            self._open[2][self._inside] += text

    def _refuse_entity(self, name: str, *_declared: object) -> None:
        raise DataError(
            f"{self._path}:{self._parser.CurrentLineNumber}: defines the entity {name!r}, expected none: write its "
            "text where it is used."
        )
