"""JSON lines: a JSON object a line, its keys as the columns of a table; or one JSON array of such objects."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Self

from pydantic import Field, model_validator

from elman.data.advising import missing_columns
from elman.data.columns import (
    GOLD_LABEL,
    NO_CONSENSUS,
    check_columns,
    ends_with,
    match_columns,
)
from elman.data.fields import Kind
from elman.data.json_records import Document, first_record, looks_like_json
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.tagging import TagOptions
from elman.errors import DataError
from elman.text.blanks import split_words
from elman.text.characters import well_formed
from elman.text.printed import counted

_OBJECTS_TO_GUESS = 100
_ANSWERS = ("labels", "label", "score")
"""Fields that an object may lack: then it is no example, as where they are null or empty."""


class JsonlReader(Reader):
    """Yields the fields `text` and `labels`, pairs, or `words` and `tags`, perhaps with a `label`.

    Keys are known by their usual names, in the first object of a file, or as `columns` says; every object has them,
    and one without a label is passed over and told. Numbers become strings, NaN is null, and blanks around a string
    are dropped. Labels may be one or a list. Words and tags are lists, or strings with blanks between. A source may be
    a list of its sentences, a target a list of texts of which each is right. A file may also be one array of objects,
    or one object of all rows.
    """

    class Config(TagOptions, Reader.Config):
        """Options of JSON lines."""

        name: str = "jsonl"
        columns: dict[str, str] = Field(
            {}, description='The keys by field, such as {text="sentence", label="stars"}; others by their usual names.'
        )

        @model_validator(mode="after")
        def _columns_exist(self) -> Self:
            check_columns(self.columns)
            return self

    config: Config
    holds = {Kind.TEXT: 2, Kind.WORDS: 1, Kind.TAGS: 1, Kind.LABEL: 1, Kind.LABELS: 1, Kind.NUMBER: 1}
    apart = "each object with these keys is an example"

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 for the usual names, 2 where it begins as an object or as an array of objects; 1 without words."""
        record = first_record(head) if "words" in fields else None
        if isinstance(record, list) or (isinstance(record, dict) and not match_columns(("words",), list(record), {})):
            return 1
        if ends_with(path, ".jsonl", ".ndjson"):
            return 3
        return 2 if looks_like_json(head) else 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the objects of one file.

        Raises:
            DataError: a file cannot be read, is empty or has no object; a line is not an object; a key is missing or
                has a value that is none for the field; words and tags are not equally many.
        """
        path = paths[0]
        keys: dict[str, str] = {}
        document = Document(path, self.config.encoding, self.skipped)
        halves: Counter[str] = Counter()
        lacking: list[DataError] = []
        nulls: list[str] = []
        several = False
        count = 0
        records = document.records()
        for count, (where, record) in enumerate(records, start=1):  # noqa: B007 (it is asked for below)
            _check_object(record, where)
            self.called = keys = keys or self._keys(record, where, records)
            if unanswered := next((key for field, key in keys.items() if field in _ANSWERS and key not in record), ""):
                lacking.append(_no_key(unanswered, record, where))
                continue
            if "labels" in keys and not self.answers:
                several = several or isinstance(record[keys["labels"]], list)
                nulls += [where] if record[keys["labels"]] is None else []
            fields: dict[str, Any] = {}
            for field, key in keys.items():
                value = _value(field, record, key, where)
                fields[field] = _whole(value)
                halves.update([where] if fields[field] != value else [])
            _check_lengths(fields, where)
            yield from self._kept(fields, where)
        if 2 * len(lacking) >= max(1, count):
            raise DataError(f"{lacking[0]} So it is with {len(lacking):,} of {counted(count, 'objects')}.")
        if lacking:
            self.remark(f"{len(lacking):,} of {counted(count, 'objects')} passed over: {lacking[0]}")
        if nulls and several:
            self.remark(
                f"{path.name}: {counted(len(nulls), 'objects')} with null in place of a list of labels, read as having "
                f"none of them, first at {nulls[0]}. Leave out what nobody labelled; [] says that none fits"
            )
        self._tell(path, document, halves)

    def _tell(self, path: Path, document: Document, halves: Counter[str]) -> None:
        """Tell what one file has that other tools would not write."""
        if document.layout:
            self.remark(f"{path.name}: read as {document.layout}")
        if document.doubled:
            self.remark(f"{document.doubled}: a key stands twice in an object; the last one counts")
        if halves:
            count = f"{counted(halves.total(), 'texts')} with half a character (a lone surrogate)"
            self.remark(f"{path.name}: {count}, read as U+FFFD, first at {next(iter(halves))}")

    def _keys(self, first: Mapping[str, Any], where: str, others: Iterator[tuple[str, Any]]) -> dict[str, str]:
        names = list(first)
        found = match_columns(self.fields, names, self.config.columns)
        if len(found) < len(self.fields):
            some = [record for _, record in islice(others, _OBJECTS_TO_GUESS) if isinstance(record, dict)]
            rows = [[str(record.get(name, "")) for name in names] for record in (first, *some)]
            raise DataError(f"{where}: {missing_columns(self.fields, names, self.config.columns, found, rows)}.")
        return {field: names[found[field]] for field in self.fields}


def _check_object(record: Any, where: str) -> None:
    if not isinstance(record, dict):
        raise DataError(
            f'{where}: got {_kind(record)}, expected an object such as {{"text": "...", "label": "..."}}. Write '
            "one object a line, without a list around them."
        )


def _whole(value: str | list[str]) -> str | list[str]:
    """Return text without halves of characters."""
    return well_formed(value) if isinstance(value, str) else [well_formed(one) for one in value]


def _no_key(key: str, record: Mapping[str, Any], where: str) -> DataError:
    return DataError(
        f"{where}: no key {key!r}: got {', '.join(record) or 'none'}, expected those of the first object. Give it one, "
        "or name another with reader.columns."
    )


def _value(field: str, record: Mapping[str, Any], key: str, where: str) -> str | list[str]:
    if key not in record:
        raise _no_key(key, record, where)
    value = record[key]
    if field in ("source", "target") and isinstance(value, list):
        texts = [_scalar(one, key, where) for one in value]
        return " ".join(filter(None, texts)) if field == "source" else [text for text in texts if text]
    if field not in ("labels", "words", "tags"):
        text = _scalar(value, key, where)
        return "" if key.lower() == GOLD_LABEL and text == NO_CONSENSUS else text
    if isinstance(value, list):
        if field == "words" and None in value:
            number = value.index(None) + 1
            raise DataError(f"{where}: got null as word {number} of {len(value)}, expected a word. Mend the list.")
        return [_scalar(one, key, where) for one in value]
    text = _scalar(value, key, where)
    if field == "labels":
        return [text] if text else []
    return split_words(text)


def _scalar(value: Any, key: str, where: str) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    raise DataError(
        f"{where}: got {_kind(value)} as {key!r}, expected a string or a number. Name another key with reader.columns."
    )


def _check_lengths(fields: Mapping[str, Any], where: str) -> None:
    words, tags = fields.get("words"), fields.get("tags")
    if words is not None and tags is not None and len(words) != len(tags):
        raise DataError(
            f"{where}: got {len(words)} words and {len(tags)} tags, expected as many. Give each word a tag."
        )


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
