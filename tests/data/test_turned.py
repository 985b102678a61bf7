"""Texts and labels that have changed places."""

import json

import pytest

from elman.data.readers.jsonl import JsonlReader
from elman.data.readers.parallel import ParallelReader
from elman.data.readers.table import TableReader
from elman.errors import DataError

FIELDS = ("text", "labels")
ROWS = [(f"film {i} is as good as it gets", ("good", "bad")[i % 2]) for i in range(30)]


def read(kind, *paths):
    return list(kind(kind.Config(), FIELDS).read(paths))


def test_a_table_whose_columns_have_changed_places_is_refused_with_what_to_set(tmp_path):
    path = tmp_path / "a.tsv"
    path.write_text("label\ttext\n" + "".join(f"{text}\t{label}\n" for text, label in ROWS))
    with pytest.raises(DataError) as refused:
        read(TableReader, path)
    assert str(refused.value) == (
        f"{path}:2: text and labels have changed places: got 30 different labels in 30 rows, such as 'film 0 is as "
        "good as it gets', and 2 different texts: 'good', 'bad'; expected few labels, and texts that differ. --set "
        'reader.columns=\'{text="label", labels="text"}\''
    )
    right = TableReader(TableReader.Config(columns={"text": "label", "labels": "text"}), FIELDS)
    assert next(right.read([path])).fields == {"text": ROWS[0][0], "labels": ["good"]}


def test_other_formats_are_refused_too(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"text": label, "label": text}) + "\n" for text, label in ROWS))
    with pytest.raises(
        DataError, match=r"changed places: .* --set reader.columns='\{text=\"label\", labels=\"text\"\}'"
    ):
        read(JsonlReader, path)
    texts, labels = tmp_path / "texts", tmp_path / "labels"
    texts.write_text("".join(f"{text}\n" for text, _ in ROWS))
    labels.write_text("".join(f"{label}\n" for _, label in ROWS))
    assert len(read(ParallelReader, texts, labels)) == 30


def test_a_long_label_is_shown_short(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,label\n" + "".join(f"{label},{text * 50}\n" for text, label in ROWS))
    with pytest.raises(DataError) as refused:
        read(TableReader, path)
    assert len(str(refused.value)) < 400 + len(str(path))


@pytest.mark.parametrize(
    "rows",
    [
        [(f"w{i % 3}", f"label {i} of a b") for i in range(12)],  # few rows
        [(f"film {i} x", f"label of {i} a") for i in range(30)],  # all differ
        [("yes", f"label {i} of a b") for i in range(30)],  # one text says nothing
        [(f"w{i % 3}", f"l{i}") for i in range(30)],  # labels of one word
    ],
)
def test_what_may_be_meant_is_read(tmp_path, rows):
    path = tmp_path / "a.csv"
    path.write_text("text,label\n" + "".join(f"{text},{label}\n" for text, label in rows))
    assert len(read(TableReader, path)) == len(rows)


def test_a_row_that_is_broken_is_told_in_its_turn(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("text,label\na,x\nb,y\nc\n")
    found = TableReader(TableReader.Config(), FIELDS).read([path])
    with pytest.raises(DataError, match=r"a.csv:4: got 1 column, expected 2"):
        list(found)
