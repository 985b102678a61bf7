"""JSON lines."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.config import Settings
from elman.data.readers.jsonl import JsonlReader
from elman.errors import DataError
from tests.fields import kinds

LABELED = ("text", "labels")
TAGGED = ("words", "tags")


def read(path, rows, fields=LABELED, **options):
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    reader = JsonlReader(JsonlReader.Config(**options), fields)
    return [tuple(example.fields.values()) for example in reader.read([path])], reader


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.jsonl"


@pytest.mark.parametrize(
    ("value", "labels"),
    [("good ", ["good"]), (3, ["3"]), (0.5, ["0.5"]), (True, ["true"]), (["a", 2], ["a", "2"])],
)
def test_labels_of_every_kind(path, value, labels):
    assert read(path, [{"Review": " a film ", "id": 7, "Stars": value}], columns={"labels": "stars"})[0] == [
        ("a film", labels)
    ]


def test_words_and_tags(path):
    row = {"tokens": ["New York", 3], "ner_tags": [1, 0], "intent": "go", "labels": "x"}
    assert read(path, [row], TAGGED)[0] == [(["New York", "3"], ["1", "0"])]
    assert read(path, [row], ("words", "tags", "label"))[0] == [(["New York", "3"], ["1", "0"], "x")]
    row = {"words": "to Boston", "labels": "O CITY", "intent": "go"}
    assert read(path, [row], ("words", "tags", "label"))[0] == [(["to", "Boston"], ["O", "CITY"], "go")]


def test_pairs(path):
    row = {"premise": "a", "hypothesis": "b", "gold_label": "neutral", "score": 3.5}
    assert read(path, [row], ("first", "second", "label"))[0] == [("a", "b", "neutral")]
    assert read(path, [row], ("first", "second", "score"))[0] == [("a", "b", "3.5")]
    assert read(path, [row], ("first", "second"))[0] == [("a", "b")]


def test_what_is_empty_is_passed_over(path):
    rows = [{"text": "a", "label": "x"}, {"text": " ", "label": "x"}, "", {"text": "b", "label": None}]
    examples, reader = read(path, [*rows, {"text": "c", "label": []}])
    assert examples == [("a", ["x"]), ("b", []), ("c", [])], "whether no label is an answer is for the task to say"
    assert reader.skipped == {"rows with empty text": 1, "empty lines": 1}
    pair = {"first": "a", "second": "b", "label": None}
    examples, reader = read(path, [pair, {**pair, "label": "x"}], ("first", "second", "label"))
    assert examples == [("a", "b", "x")]
    assert reader.skipped == {"rows without a label": 1}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{oops}", r"a\.jsonl:2: not JSON: .*, expected an object a line\. Mend or remove the line\."),
        ("[" * 100_000, r"a\.jsonl:2: not JSON: .*, expected an object a line\."),
        ("[1]", r"a\.jsonl:2: got a list, expected an object such as \{\"text\": .*\. Write one object a line"),
        ("null", r"a\.jsonl:2: got null, expected an object"),
        ({"text": "a"}, r"a\.jsonl:2: no key 'label': got text, expected those of the first object\."),
        ({"text": ["a"], "label": 1}, r"a\.jsonl:2: got a list as 'text', expected a string or a number\. Name"),
        ({"text": "a", "label": {}}, r"a\.jsonl:2: got an object as 'label', expected a string or a number\."),
    ],
)
def test_what_is_refused(path, row, message):
    with pytest.raises(DataError, match=message):
        read(path, [{"text": "a", "label": "x"}, row])


def test_an_object_without_the_keys_is_refused_with_what_to_set(path):
    message = (
        r"a\.jsonl:1: no column for labels: got the columns text, stars, expected one of label, .*\. Say which it is, "
        r"such as --set reader\.columns='\{text=\"text\", labels=\"stars\"\}'\."
    )
    with pytest.raises(DataError, match=message):
        read(path, [{"text": "a", "stars": 3}])


def test_words_and_tags_that_are_not_equally_many_are_refused(path):
    with pytest.raises(
        DataError, match=r"a\.jsonl:1: got 2 words and 1 tags, expected as many\. Give each word a tag\."
    ):
        read(path, [{"words": ["a", "b"], "tags": ["A"]}], TAGGED)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"txt": "a"}, r"columns: got the field 'txt', expected one of: text, labels"),
        ({"text": 1}, r"columns\.text: got 1, expected a valid string"),
    ],
)
def test_columns_are_checked(columns, message):
    with pytest.raises(Exception, match=message):
        Settings({"reader": {"name": "jsonl", "columns": columns}}).build("reader", JsonlReader.Config)


def test_what_it_gives_and_recognizes():
    assert all(
        JsonlReader.gives(kinds(names)) for names in (LABELED, TAGGED, (*TAGGED, "label"), ("first", "second", "score"))
    )
    assert JsonlReader.recognizes(Path("a.ndjson.gz"), "", LABELED) == 3
    assert JsonlReader.recognizes(Path("a.txt"), '{"text": 1}\n', LABELED) == 2
    assert JsonlReader.recognizes(Path("a.txt"), "text\n", LABELED) == 0
    assert JsonlReader.recognizes(Path("a.jsonl,b.jsonl"), "", LABELED) == 0


cell = st.text(st.characters(codec="utf-8")).filter(lambda text: text.strip())


@given(rows=st.lists(st.tuples(cell, st.lists(cell, min_size=1)), min_size=1), ascii_only=st.booleans())
def test_what_is_written_is_read(tmp_path_factory, rows, ascii_only):
    path = tmp_path_factory.mktemp("jsonl") / "a.jsonl"
    lines = [json.dumps({"text": text, "labels": labels}, ensure_ascii=ascii_only) for text, labels in rows]
    assert read(path, lines)[0] == [(text.strip(), [label.strip() for label in labels]) for text, labels in rows]


def test_pairs_without_a_consensus_are_passed_over(path):
    rows = [{"sentence1": "a", "sentence2": "-", "gold_label": label} for label in ("-", "neutral", " - ")]
    examples, reader = read(path, rows, ("first", "second", "label"))
    assert examples == [("a", "-", "neutral")]
    assert reader.skipped == {"rows without a label": 2}
    assert read(path, [{"text": "a", "label": "-"}])[0] == [("a", ["-"])], "a label like another of a text alone"


OBJECTS = [("a", ["x"]), ("b", ["y"])]


@pytest.mark.parametrize(
    ("text", "said", "places"),
    [
        (
            '[{"text": "a", "label": "x"}, {"text": "b", "label": "y"}]\n',
            "one JSON array, not an object a line",
            "row 1,row 2",
        ),
        (
            '\n[\n  {\n  "text": "a",\n  "label": "x"\n  },\n  {"text": "b",\n   "label": "y"}\n]\n',
            "one JSON array, not an object a line",
            "3 7",
        ),
        (
            '{"data": [{"text": "a", "label": "x"}, {"text": "b", "label": "y"}], "version": 1}',
            "one JSON object with 2 rows, not an object a line",
            "row 1,row 2",
        ),
        (
            '{"text": ["a", "b"], "label": ["x", "y"]}',
            "one JSON object with 2 rows, not an object a line",
            "row 1,row 2",
        ),
        (
            '{"text": {"0": "a", "1": "b"}, "label": {"0": "x", "1": "y"}}',
            "one JSON object with 2 rows, not an object a line",
            "row 1,row 2",
        ),
        ('{\n"text": "a", "label": "x"}\n{\n"text": "b", "label": "y"}\n', "JSON objects over several lines", "1 3"),
        (
            '[\n{"text": "a", "label": "x"}, {"text": "b", "label": "y"}]\n',
            "one JSON array, not an object a line",
            "2,row 2",
        ),
    ],
)
def test_other_layouts_are_read_and_said(path, text, said, places):
    path.write_text(text)
    reader = JsonlReader(JsonlReader.Config(), LABELED)
    examples = list(reader.read([path]))
    assert [tuple(example.fields.values()) for example in examples] == OBJECTS
    split = places.split(",") if "," in places else places.split()
    assert [example.where for example in examples] == [f"{path}:{place}" for place in split]
    assert reader.remarks == [f"a.jsonl: read as {said}"]
    assert JsonlReader.recognizes(Path("a.txt"), text, LABELED) == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"text": "a", "label": "x"}\n', r":2: not JSON: the array does not end, or a comma is missing, expected an"),
        ('[{"text": "a", "label": "x"}]\nx', r":2: not JSON: something behind the end of the array, expected an array"),
        (
            '[{"text": "a",\n "label"}]',
            r":2: not JSON: Expecting ':' delimiter, expected an array of objects\. Mend the",
        ),
        ("[" * 100_000, r":1: not JSON: .*, expected an array of objects\."),
        ("[{}, [1]]", r":row 1: no column for text and labels: got the columns , expected"),
        ('[{"text": "a", "label": "x"}, 3]', r":row 2: got a number, expected an object such as"),
        ("[]", r"a\.jsonl: no example in it: got nothing, expected one or more"),
    ],
)
def test_what_is_refused_of_an_array(path, text, message):
    path.write_text(text)
    with pytest.raises(DataError, match=message):
        list(JsonlReader(JsonlReader.Config(), LABELED).read([path]))


def test_one_sentence_is_no_table_of_columns(path):
    assert read(path, ['{"tokens": ["EU", "rejects"], "tags": ["N", "V"]}'], TAGGED)[0] == [
        (["EU", "rejects"], ["N", "V"])
    ]


def test_nan_is_null(path):
    rows = ['{"text": "a", "label": NaN}', '{"text": NaN, "label": "x"}', '{"text": "b", "label": [NaN]}']
    examples, reader = read(path, [*rows, '{"text": "c", "label": Infinity}'])
    assert examples == [("a", []), ("b", [""]), ("c", ["Infinity"])]
    assert reader.skipped == {"rows with empty text": 1}


def test_half_a_character_is_replaced_and_told_with_place_and_count(path):
    rows = [r'{"text": "whole \ud83d\ude00", "label": "x"}', r'{"text": "half \ud83d", "label": "\ude00"}'] * 2
    examples, reader = read(path, rows)
    assert examples[:2] == [("whole \N{GRINNING FACE}", ["x"]), ("half \ufffd", ["\ufffd"])]
    assert reader.remarks == [
        f"a.jsonl: 4 texts with half a character (a lone surrogate), read as U+FFFD, first at {path}:2"
    ]


def test_a_key_that_stands_twice_is_told(path):
    examples, reader = read(path, ['{"text": "a", "label": "x"}', '{"text": "b", "label": "x", "label": "y"}'])
    assert examples[1] == ("b", ["y"])
    assert reader.remarks == [f"{path}:2: a key stands twice in an object; the last one counts"]


def test_null_is_no_word_and_no_tag(path):
    with pytest.raises(DataError, match=r"a\.jsonl:1: got null as word 2 of 2, expected a word\. Mend the list\."):
        read(path, [{"words": ["a", None], "tags": ["A", "B"]}], TAGGED)
    with pytest.raises(DataError, match=r"a\.jsonl:1: the word 'b' has an empty tag, expected one\. Give it a tag"):
        read(path, [{"words": ["a", "b"], "tags": ["A", None]}], TAGGED)
    with pytest.raises(DataError, match=r":1: the word 'a' has an .*; so it is with 1 further word\. Give each"):
        read(path, [{"words": ["a"], "tags": [""]}, {"words": ["a", "b"], "tags": ["A", ""]}], TAGGED)


def test_what_is_to_be_answered_has_an_object_each(path):
    path.write_text('{"text": "a"}\n{"text": ""}\n{"text": null}\n')
    reader = JsonlReader(JsonlReader.Config(), ("text",)).for_answers()
    assert [example.fields["text"] for example in reader.read([path])] == ["a", "", ""]


def test_objects_without_a_label_are_passed_over_and_told_unless_half_of_them_are(path):
    rows = [{"text": "a", "label": "x"}, {"text": "b"}, {"text": "c", "label": "y"}]
    examples, reader = read(path, rows)
    assert examples == [("a", ["x"]), ("c", ["y"])]
    assert reader.skipped == {}  # they are told in one line
    assert reader.remarks == [
        f"1 of 3 objects passed over: {path}:2: no key 'label': got text, expected those of the first object. Give it "
        "one, or name another with reader.columns."
    ]
    with pytest.raises(DataError, match=r"a\.jsonl:2: no key 'label': got text, .* So it is with 2 of 4 objects\."):
        read(path, [*rows, {"text": "d"}])
    with pytest.raises(DataError, match=r"a\.jsonl:2: no key 'text': got label, expected those of the first object\."):
        read(path, [rows[0], {"label": "x"}, rows[2]])


def test_the_keys_that_are_advised_are_those_with_such_values(path):
    rows = [{"nr": i, "stars": i % 2, "opinion": f"film {i} is good"} for i in range(12)]
    with pytest.raises(DataError, match=r"columns='\{text=\"opinion\", labels=\"stars\"\}'\.$"):
        read(path, rows)


def test_null_in_place_of_a_list_of_labels_is_told(path):
    rows = [{"text": "a", "labels": ["x", "y"]}, {"text": "b", "labels": None}, {"text": "c", "labels": []}]
    examples, reader = read(path, rows)
    assert examples == [("a", ["x", "y"]), ("b", []), ("c", [])]
    assert reader.remarks == [
        f"a.jsonl: 1 object with null in place of a list of labels, read as having none of them, first at {path}:2. "
        "Leave out what nobody labelled; [] says that none fits"
    ]
    assert read(path, [{"text": "a", "labels": "x"}, {"text": "b", "labels": None}])[1].remarks == []
