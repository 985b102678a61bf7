"""What is told where a column is missing, or no line of names is one."""

import pytest

from elman.data.advising import missing_columns, refuse_prose, several_labels
from elman.data.readers import READERS
from elman.errors import DataError

NAMES = ["id", "comment", "toxic", "long"]
ROWS = [["17", "a bad one", "1", "0"], ["18", "a good one", "0", "0"]]


@pytest.mark.parametrize("name", ["table", "timeline", "series"])
def test_a_line_of_prose_is_no_list_of_columns(tmp_path, name):
    path = tmp_path / "neg.txt"
    path.write_text("The book was dreadful, so terrible.\nThe plot was awful, really broken.\n" * 3)
    options = {"columns": {"text": "Text", "labels": "Rating"}} if name == "table" else {"values": ["temp"]}
    kind = READERS.get(name)
    reader = kind(kind.Config(name=name, **options), ("text", "labels") if name == "table" else ("frames",))
    match = (
        r"neg\.txt:1: a line of text, and no names of columns: got '[Tt]he book was dreadful, so terrible\.', expected "
        + {"table": "Text and Rating", "timeline": "a column 'temp'", "series": "a column 'series'"}[name]
        + r"\. Is it the file\?$"
    )
    with pytest.raises(DataError, match=match):
        list(reader.read([path]))


@pytest.mark.parametrize(
    "names",
    [["id", "what did you like about it"], ["How satisfied are you?", "age"], ["text", " so it was terrible."], ["a."]],
)
def test_names_of_columns_are_no_prose(names):
    refuse_prose("a.csv:1", names, "a column 'x'")


def test_several_columns_of_0_and_1_are_several_labels():
    told = missing_columns(("text", "labels"), NAMES, {}, {"text": 1}, ROWS)
    assert (
        ". toxic, long are 0 or 1: several labels of a text, a column each. Labels are read from one column: write the "
        "names of those that are 1 there, with ; between, and --set reader.label_separator=';'. Or learn one of these "
        """columns alone. Say which it is, such as --set reader.columns='{text="comment", labels="toxic"}'""" in told
    )


def test_columns_of_which_one_is_1_are_one_of_several_labels():
    told = several_labels(NAMES, [["17", "a bad one", "1", "0"], ["18", "a good one", "0", "1"]], ["labels"])
    assert told.startswith(" toxic, long are 0 or 1: one of several labels, a column each. Labels are read from one")
    assert "are 1 there. Or learn" in told


def test_one_column_of_0_and_1_is_a_label():
    assert several_labels(NAMES[:3], [row[:3] for row in ROWS], ["labels"]) == ""
    assert several_labels(NAMES, ROWS, ["source", "target"]) == ""


def test_names_of_a_table_over_time_alone_are_no_example(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("timestamp,temp\n")
    match = r"a\.csv:1: no row below the names of columns: got timestamp, temp\. Is it whole\?$"
    kind = READERS.get("table")
    with pytest.raises(DataError, match=match):
        list(kind(kind.Config(), ("text", "labels")).read([path]))
