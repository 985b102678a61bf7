"""The records of a JSON file: an object a line, one array of objects, or columns side by side."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from elman.data.columns import NAMES, match_columns, read_lines
from elman.data.places import Places
from elman.data.sources import read_blocks
from elman.errors import DataError
from elman.text.printed import counted

_ARRAY = re.compile(r"\s*\[\s*(?:[\[{]|\])")
_WRAPPERS = ("data", "rows", "examples", "records", "items", "sentences", "texts")
_SPACE = re.compile(r"\s*")


class Document:
    """Reads the records of one file, in whatever layout.

    Args:
        path: the file.
        encoding: its encoding.
        skipped: counts empty lines.
    """

    def __init__(self, path: Path, encoding: str, skipped: Counter[str]) -> None:
        self.path, self.encoding = path, encoding
        self.layout = ""
        """What the file is, where it is not an object a line."""
        self.doubled = ""
        """Where a key stood twice in an object for the first time."""
        self._skipped = skipped
        self._where = ""

    def records(self) -> Iterator[tuple[str, Any]]:
        """Yield what stands for each example, with its place.

        Raises:
            DataError: the file cannot be read, is empty or no JSON.
        """
        lines = read_lines(self.path, self.encoding)
        start: list[tuple[int, str]] = []
        while sum(bool(line.strip()) for _, line in start) < 2 and (numbered := next(lines, None)):
            start.append(numbered)
        if is_whole([line for _, line in start]):
            yield from self._whole()
            return
        for number, line in chain(start, lines):
            self._where = f"{self.path}:{number}"
            if line.strip():
                yield self._where, self._line(line)
            else:
                self._skipped["empty lines"] += 1

    def _line(self, line: str) -> Any:
        try:
            return json.loads(line, **self._hooks)
        except (ValueError, RecursionError) as error:
            raise DataError(
                f"{self._where}: not JSON: {error}, expected an object a line. Mend or remove the line."
            ) from error

    def _whole(self) -> Iterator[tuple[str, Any]]:
        text = "".join(block for _, block in read_blocks(self.path, self.encoding))
        names = Places(self.path, one_line="\n" not in text.strip())
        place = _after_space(text, 0)
        if text[place] == "[":
            self.layout = "one JSON array, not an object a line"
            yield from self._array(text, place, names)
            return
        place, found = self._decode(text, place)
        columns = _columns(found)
        if columns is not None and _after_space(text, place) == len(text):
            self.layout = f"one JSON object with {counted(len(columns), 'rows')}, not an object a line"
            yield from ((f"{self.path}:row {row}", record) for row, record in enumerate(columns, start=1))
            return
        self.layout = "JSON objects over several lines"
        seen, begin = 0, _after_space(text, 0)
        line = 1
        while True:
            line, seen = line + text.count("\n", seen, begin), begin
            yield names.at(line), found
            begin = _after_space(text, place)
            if begin == len(text):
                return
            place, found = self._decode(text, begin)

    def _array(self, text: str, begin: int, names: Places) -> Iterator[tuple[str, Any]]:
        """Yield what stands in an array, which begins at a place of a text."""
        seen, line = 0, 1
        place = _after_space(text, begin + 1)
        while text[place : place + 1] != "]":
            line, seen = line + text.count("\n", seen, place), place
            self._where = names.at(line)
            place, found = self._decode(text, place)
            yield self._where, found
            place = _after_space(text, place)
            if text[place : place + 1] == ",":
                place = _after_space(text, place + 1)
            elif text[place : place + 1] != "]":
                raise self._broken(text, place, "the array does not end, or a comma is missing")
        if _after_space(text, place + 1) != len(text):
            raise self._broken(text, _after_space(text, place + 1), "something behind the end of the array")

    def _decode(self, text: str, place: int) -> tuple[int, Any]:
        try:
            found, end = json.JSONDecoder(**self._hooks).raw_decode(text, place)
        except json.JSONDecodeError as error:
            raise self._broken(text, error.pos, error.msg) from error
        except (ValueError, RecursionError) as error:
            raise self._broken(text, place, str(error)) from error
        return end, found

    def _broken(self, text: str, place: int, what: str) -> DataError:
        where = f"{self.path}:{1 + text.count(chr(10), 0, place)}"
        return DataError(f"{where}: not JSON: {what}, expected an array of objects. Mend the file, or export it again.")

    @property
    def _hooks(self) -> dict[str, Any]:
        return {"object_pairs_hook": self._object, "parse_constant": _constant}

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs) and not self.doubled:
            self.doubled = self._where or str(self.path)
        return found


def is_whole(lines: Sequence[str]) -> bool:
    """Say whether a JSON file is one array, one object with all rows, or objects over lines, and no object a line.

    Args:
        lines: its first lines, two or more that are not empty if it has so many.
    """
    first, *others = [line.strip() for line in lines if line.strip()] or [""]
    if _ARRAY.match(first) or first in ("[", "{"):
        return True
    if others or not first.startswith("{"):
        return False
    try:
        return _columns(json.loads(first)) is not None
    except (ValueError, RecursionError):
        return False


def first_record(head: str) -> Any:
    """Return the first object of a file that begins so, what stands first in its array, or None."""
    text = head.lstrip()
    text = text[1:].lstrip() if _ARRAY.match(text) else text
    try:
        return json.JSONDecoder().raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


def first_object(head: str) -> Any:
    """Return the first record of a file that begins so; of lines among which some are none, the first that is one."""
    found = first_record(head)
    if isinstance(found, dict) or _ARRAY.match(head):
        return found
    for line in head.splitlines():
        if line.lstrip().startswith("{"):
            return first_record(line)
    return found


def looks_like_json(head: str) -> bool:
    """Say whether a file begins like an object or an array of objects."""
    return head.lstrip().startswith("{") or _ARRAY.match(head) is not None


def _columns(found: Any) -> Sequence[Mapping[str, Any]] | None:
    """Return the rows of an object that has them in a list, such as `data`, or as columns of equal length."""
    if not isinstance(found, dict) or not found:
        return None
    values = list(found.values())
    for name in _WRAPPERS:
        rows = found.get(name)
        if isinstance(rows, list) and rows and isinstance(rows[0], dict):
            return rows
    if all(isinstance(value, dict) for value in values):
        values = [list(value.values()) for value in values]
    elif not all(isinstance(value, list) for value in values):
        return None
    if len(values) < 2 or len({len(value) for value in values}) > 1 or _is_sentence(found) or _is_recording(found):
        return None
    return [dict(zip(found, row, strict=True)) for row in zip(*values, strict=True)]


def _is_sentence(found: Mapping[str, Any]) -> bool:
    """Say whether an object of lists is one sentence: words and their tags."""
    return len(match_columns(("words", "tags"), list(found), {})) == 2


def _is_recording(found: Mapping[str, Any]) -> bool:
    """Say whether an object of lists is one recording: a list of numbers a channel, and perhaps a label a frame."""
    others = [name for name, value in found.items() if not all(one is None or _is_number(one) for one in value)]
    return len(others) < len(found) and all(name.lower() in (*NAMES["tags"], *NAMES["labels"]) for name in others)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _after_space(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return place if found is None else found.end()


def _constant(name: str) -> float | None:
    """Return null for NaN, as tools write a missing value, and other numbers that JSON does not know as they are."""
    return None if name == "NaN" else float(name)
