"""Spans by characters."""

import json
from pathlib import Path

import pytest

from elman.data.readers.jsonl import JsonlReader
from elman.data.readers.offsets import OffsetsReader
from elman.errors import DataError

TAGGED = ("words", "tags")
TEXT = "EU rejects New York's call."


def read(path, text, fields=TAGGED, **options):
    path.write_text(text)
    reader = OffsetsReader(OffsetsReader.Config(**options), fields)
    return [tuple(example.fields.values()) for example in reader.read([path])], reader


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"text": TEXT, "label": [[0, 2, "ORG"], [11, 19, "LOC"]]}),
        json.dumps({"id": 1, "text": TEXT, "entities": [{"label": "ORG", "start_offset": 0, "end_offset": 2}, {"label": "LOC", "start_offset": 11, "end_offset": 19}]}),  # noqa: E501
        json.dumps({"text": TEXT, "spans": [{"start": 0, "end": 2, "label": "ORG"}, {"start": 11, "end": 19, "label": "LOC"}]}),  # noqa: E501
        json.dumps([TEXT, {"entities": [[11, 19, "LOC"], [0, 2, "ORG"]]}]),
        json.dumps([[TEXT, {"entities": [[0, 2, "ORG"], [11, 19, "LOC"]]}]], indent=1),
        json.dumps([{"text": TEXT, "label": [[0, 2, "ORG"], [11, 19, "LOC"]]}]),
    ],
)  # fmt: skip
def test_words_and_tags_of_every_form(tmp_path, text):
    examples, _ = read(tmp_path / "a.jsonl", text)
    words = ["EU", "rejects", "New", "York", "'s", "call", "."]
    assert examples == [(words, ["B-ORG", "O", "B-LOC", "I-LOC", "O", "O", "O"])]
    assert OffsetsReader.recognizes(Path("a.jsonl"), text, TAGGED) == 3
    assert JsonlReader.recognizes(Path("a.jsonl"), text, TAGGED) < 3


def test_spans_within_words_and_within_spans_are_told(tmp_path):
    rows = [{"text": "the NewYork call", "label": [[4, 7, "LOC"], [0, 16, "X"], [0, 3, "Y"]]}]
    path = tmp_path / "a.jsonl"
    examples, reader = read(path, json.dumps(rows))
    assert examples[0][1] == ["B-X", "I-X", "I-X"]
    assert reader.skipped == {"spans within others": 2}
    examples, reader = read(path, json.dumps([{"text": "the NewYork call", "label": [[4, 7, "LOC"]]}]))
    assert examples[0][1] == ["O", "B-LOC", "O"]
    told = f"a.jsonl: 1 span with an end inside a word, all of which is then in it, first at {path}:row 1"
    assert reader.remarks == ["a.jsonl: read as one JSON array, not an object a line", told] or told in reader.remarks


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"text": "EU", "label": [[0, 3, "ORG"]]}, r":1: got the span .*, expected its start, end and name within a"),
        ({"text": "EU", "label": [[1, 1, "ORG"]]}, r":1: got the span"),
        ({"text": "EU", "label": "ORG"}, r":1: got .*, expected a text and its spans, such as .*\. Name the key of"),
    ],
)  # fmt: skip
def test_what_is_refused(tmp_path, row, message):
    with pytest.raises(DataError, match=message):
        read(tmp_path / "a.jsonl", json.dumps(row))


def test_words_alone_and_another_key(tmp_path):
    row = json.dumps({"text": "EU rejects", "marks": [[0, 2, "ORG"]]})
    assert read(tmp_path / "a", row, spans="marks")[0] == [(["EU", "rejects"], ["B-ORG", "O"])]
    assert read(tmp_path / "a", row, ("words",), spans="marks")[0] == [(["EU", "rejects"],)]


def test_what_it_does_not_recognize():
    for text in (
        '{"text": "a", "label": "x"}',
        '{"text": "a", "labels": ["x"]}',
        "text",
        '{"words": ["a"], "tags": ["A"]}',
    ):
        assert OffsetsReader.recognizes(Path("a.jsonl"), text, TAGGED) == 0
