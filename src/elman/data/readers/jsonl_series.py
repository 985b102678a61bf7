"""Series in JSON lines: an object a series, with its numbers in a list, or in a list a channel."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from elman.data.clocks import TIMES
from elman.data.columns import NAMES, match_columns
from elman.data.fields import Field as Asked
from elman.data.fields import Kind
from elman.data.json_records import Document, first_object
from elman.data.pen import pen_recording
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.series import refuse_empty, refuse_too_large
from elman.errors import DataError
from elman.text.printed import counted

_PEN = frozenset(("strokes", "drawing", "ink", "pen"))
"""The keys of what a pen did."""

_LABELS = ("tags", *NAMES["labels"])
_IDS = ("id", "series", "series_id", "case", "length")


class JsonlSeriesReader(Reader):
    """Yields the fields `frames`, (T, F) numbers, NaN where one is null, and `labels`, `tags` or `text`.

    `{"values": [0.1, 0.3], "label": "up"}` has one number a frame, `{"values": [[0.1, 5], [0.3, 4]], ...}` a list a
    frame, `{"x": [0.1, 0.3], "y": [5, 4], ...}` a list a channel, which are called as their keys. All objects have the
    keys of the first; a list of times is not read. `{"strokes": [[1, -2, 0], [3, 4, 1]], "text": "on"}` is the way of a
    pen, (dx, dy, up), with a text beside it. `{"values": [0.1, 0.3], "labels": ["sit", "walk"]}` has a label a frame.
    """

    class Config(Reader.Config):
        """Options of series in JSON lines."""

        name: str = "jsonl_series"
        label: str = Field("", description="The key of the label; left out, label, class, ...")
        text: str = Field("", description="The key of the text; left out, text, sentence, ...")
        values: list[str] = Field([], description="The keys with lists of numbers; left out, all but those of times.")

    config: Config
    holds = {Kind.FRAMES: 1, Kind.LABELS: 1, Kind.TEXT: 1, Kind.TAGS: 1}
    apart = "each object is an example"

    def __init__(self, config: Config, fields: Sequence[str] = ("text",)) -> None:
        super().__init__(config, fields)
        self._keys: list[str] = list(config.values)

    @classmethod
    def gives(cls, fields: Sequence[Asked]) -> bool:
        """Say whether frames are asked for, and at most a label or one text beside them."""
        able = all(one.kind is not Kind.TEXTS for one in fields)
        return able and len(fields) <= 2 and any(one.kind is Kind.FRAMES for one in fields) and super().gives(fields)

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 where the first object has lists of numbers, and a text only where one is wanted or a pen wrote it."""
        record = first_object(head)
        if not isinstance(record, dict) or not _lists(record):
            return 0
        texts = bool(match_columns(("text",), list(record), {}))
        if "text" in fields or (texts and not set(record) & _PEN):
            return 3 if texts and "text" in fields else 0
        if any(_is_of_frames(record, key) for key in record):
            return 3 if "labels" not in fields else 0
        return 3 if not {"labels", "tags"} & {*fields} or ("labels" in fields and _labeled(record)) else 0

    @property
    def channels(self) -> Sequence[str]:
        """The keys, where each has a list of its own."""
        return self._keys if len(self._keys) > 1 else ()

    @property
    def _decided(self) -> Mapping[str, Any]:
        """The keys of the numbers."""
        return {"values": self._keys}

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the objects of one file.

        Raises:
            DataError: a file cannot be read or is empty; something is not an object, has no such key, or no numbers
                under it; lists are not equally long; a series has no value.
        """
        path = paths[0]
        document = Document(path, self.config.encoding, self.skipped)
        key = ""
        answer = next((field for field in ("labels", "tags", "text") if field in self.fields), "")
        for where, record in document.records():
            if not isinstance(record, dict):
                raise DataError(
                    f'{where}: got {str(record)[:40]!r}, expected an object such as {{"values": [0.1, 0.3], "label": '
                    '"up"}. Write one object a series.'
                )
            if not self._keys:
                self._keys = self._lists_of(record, where)
            if not key and answer:
                key = self._key_of(answer, record, where)
                self.called = {answer: key}
            frames = self._frames(record, where)
            pen = len(self._keys) == 1 and self._keys[0] in _PEN and frames.shape[1] == 3
            fields: dict[str, Any] = {"frames": pen_recording(frames, where) if pen else frames}
            if answer == "labels":
                value = record.get(key)
                given = value if isinstance(value, list) else [value]
                fields["labels"] = [str(one).strip() for one in given if one is not None and str(one).strip()]
            elif answer == "tags":
                fields["tags"] = self._tags(record, key, where, len(frames))
            elif answer:
                fields["text"] = self._text(record, key, where)
            yield Example(fields, where)
        if document.layout:
            self.remark(f"{path.name}: read as {document.layout}")

    def _lists_of(self, record: Mapping[str, Any], where: str) -> list[str]:
        """Return the keys of the first object that hold what was measured."""
        found = _lists(record)
        left = [key for key in found if key.lower() not in TIMES] or found
        if not found:
            raise DataError(
                f"{where}: no list of numbers: got the keys {', '.join(record) or 'none'}, expected one such as "
                '"values": [0.1, 0.3]. Name it with reader.values.'
            )
        if clocks := [key for key in found if key not in left]:
            self.remark(f"clock: {', '.join(clocks)} not read, guessed; --set reader.values='{found}' reads all")
        return left

    def _key_of(self, answer: str, record: Mapping[str, Any], where: str) -> str:
        """Return the key of the label, of those of each frame, or of the text."""
        names, option = list(record), "text" if answer == "text" else "label"
        given: str = getattr(self.config, option)
        found = match_columns((answer,), names, {answer: given} if given else {})
        if answer == "tags" and not found and not given:
            found = dict(zip(("tags",), match_columns(("labels",), names, {}).values(), strict=False))
        if not found:
            wanted = given or " or ".join(NAMES[answer][:3])
            raise DataError(
                f"{where}: no key {wanted}: got {', '.join(names)}. Name it with --set reader.{option}=KEY."
            )
        return names[found[answer]]

    @staticmethod
    def _tags(record: Mapping[str, Any], key: str, where: str, count: int) -> list[str]:
        """Return the label of each frame."""
        value = record.get(key)
        labels = ["" if one is None else str(one).strip() for one in value] if isinstance(value, list) else []
        if len(labels) != count:
            got = counted(len(labels), "labels") if isinstance(value, list) else repr(str(value)[:40])
            raise DataError(f"{where}: {key!r}: got {got}, expected a list of {count:,}, one for each frame.")
        if not all(labels):
            raise DataError(f"{where}: {key!r}: frame {labels.index('') + 1} has no label, expected one. Give it one.")
        return labels

    @staticmethod
    def _text(record: Mapping[str, Any], key: str, where: str) -> str:
        value = record.get(key)
        if not isinstance(value, str):
            raise DataError(f"{where}: {key!r}: got {str(value)[:40]!r}, expected a text.")
        return " ".join(value.split("\n"))

    def _frames(self, record: Mapping[str, Any], where: str) -> np.ndarray:
        """Return the numbers of one object, (T, F)."""
        columns = [self._numbers(record, key, where) for key in self._keys]
        lengths = {len(column) for column in columns}
        if len(lengths) > 1:
            counts = ", ".join(f"{len(column)} in {key!r}" for key, column in zip(self._keys, columns, strict=True))
            raise DataError(f"{where}: lists of different lengths: got {counts}, expected as many numbers in each.")
        frames = np.concatenate(columns, axis=1)
        refuse_empty(frames, where)
        refuse_too_large(frames, where)
        return frames

    @staticmethod
    def _numbers(record: Mapping[str, Any], key: str, where: str) -> np.ndarray:
        """Return the list of a key, (T, F)."""
        if key not in record:
            raise DataError(
                f"{where}: no key {key!r}: got {', '.join(record) or 'none'}, expected those of the first object. Give "
                "it one, or name others with reader.values."
            )
        value = record[key]
        rows = value if isinstance(value, list) else [value]
        frames = [row if isinstance(row, list) else [row] for row in rows]
        width = len(frames[0]) if frames else 1
        for place, frame in enumerate(frames, start=1):
            wrong = next((one for one in frame if not _is_number(one)), 0)
            if not _is_number(wrong):
                got = f"got {str(wrong)[:40]!r} in frame {place}"
                raise DataError(f"{where}: {key!r}: {got}, expected a number, or null where it is missing.")
            if len(frame) != width:
                got = f"got {len(frame)} numbers in frame {place}"
                raise DataError(f"{where}: {key!r}: {got}, expected {width} as in the first. Mend the list.")
        plain = [[float("nan") if one is None else one for one in frame] for frame in frames]
        return np.array(plain, np.float64).reshape(len(plain), width)


def _labeled(record: Mapping[str, Any]) -> bool:
    return bool(match_columns(("labels",), list(record), {}))


def _is_of_frames(record: Mapping[str, Any], key: str) -> bool:
    """Say whether a key has a label for each frame, some of which come again: several labels of a series never do."""
    value, lists = record[key], [len(record[one]) for one in _lists(record)]
    if (
        key.lower() not in _LABELS
        or not isinstance(value, list)
        or not all(isinstance(one, str | int) for one in value)
    ):
        return False
    return len(value) in lists and len({*value}) < len(value)


def _lists(record: Mapping[str, Any]) -> list[str]:
    """Return the keys of an object whose values are lists of numbers, or of lists of numbers."""
    return [key for key, value in record.items() if key.lower() not in (*_IDS, *_LABELS) and _is_series(value)]


def _is_series(value: Any) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return all(map(_is_number, value)) or all(
        isinstance(row, list) and row and all(map(_is_number, row)) for row in value
    )


def _is_number(value: Any) -> bool:
    """Say whether a value is missing, or a number that float64 has."""
    if value is None or isinstance(value, bool) or not isinstance(value, int | float):
        return value is None
    return isinstance(value, float) or abs(value) <= sys.float_info.max
