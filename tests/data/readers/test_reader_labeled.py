"""A label in front of each line."""

from pathlib import Path

import pytest

from elman.data.readers.labeled import LabeledReader
from elman.errors import DataError

LABELED = ("text", "labels")


def read(path, text, fields=LABELED, **options):
    path.write_text(text, encoding="utf-8")
    reader = LabeledReader(LabeledReader.Config(**options), fields)
    return [(example.fields, example.where.rpartition(":")[2]) for example in reader.read([path])], reader


def test_the_first_word_is_the_label(tmp_path):
    examples, reader = read(tmp_path / "a.txt", "0 the film : slow \n\n1\n1\tgood\n")
    assert examples == [({"text": "the film : slow", "labels": ["0"]}, "1"), ({"text": "good", "labels": ["1"]}, "4")]
    assert reader.skipped == {"empty lines": 1, "labels without text": 1}


def test_sublabels_are_dropped_where_every_label_has_one(tmp_path):
    text = "LOC:city Where ?\nHUM:ind Who ?\n"
    assert [fields["labels"] for fields, _ in read(tmp_path / "a", text)[0]] == [["LOC"], ["HUM"]]
    assert [fields["labels"] for fields, _ in read(tmp_path / "a", text, sublabels="keep")[0]] == [
        ["LOC:city"],
        ["HUM:ind"],
    ]
    mixed = text + "good Who ?\n"
    assert [fields["labels"] for fields, _ in read(tmp_path / "a", mixed)[0]] == [["LOC:city"], ["HUM:ind"], ["good"]]
    assert read(tmp_path / "a", ":x Who ?\n")[0][0][0]["labels"] == [":x"]


def test_the_first_file_decides_for_all(tmp_path):
    for name, text in (("a", "good:x film\n"), ("b", "good film\nbad:y film\n")):
        (tmp_path / name).write_text(text)
    reader = LabeledReader(LabeledReader.Config(), LABELED)
    found = [example.fields["labels"] for example in reader.read([tmp_path / "a", tmp_path / "b"])]
    assert found == [["good"], ["good"], ["bad"]]


def test_a_file_of_marks_without_text_has_no_example(tmp_path):
    with pytest.raises(DataError, match=r"a: no example in it: got 2 empty lines, expected one or more\."):
        read(tmp_path / "a", "\ufeff\ufeff\n\n")


def test_labels_alone_are_no_examples(tmp_path):
    with pytest.raises(DataError, match=r"a: no example in it: got 2 labels without text, expected one or more\."):
        read(tmp_path / "a", "0\n1\n")


def test_labels_that_may_be_words_of_sentences_are_doubted(tmp_path):
    reader = LabeledReader(LabeledReader.Config(), LABELED)
    (tmp_path / "a").write_text("The film is slow\nMy dear\n")
    assert [one.fields["labels"] for one in reader.read([tmp_path / "a"])] == [["The"], ["My"]]
    assert reader.remarks == [
        "labels: the first word of each line, such as 'The', though lines begin as sentences do; --set "
        "reader.name=classes if each file is a class"
    ]
    (tmp_path / "b").write_text("pos The film is slow\nneg My dear\n")
    reader = LabeledReader(LabeledReader.Config(), LABELED)
    assert list(reader.read([tmp_path / "b"]))
    assert reader.remarks == []


def test_what_it_recognizes():
    def look(head):
        return LabeledReader.recognizes(Path("a.txt"), head, LABELED)

    assert look("0 a film\n1 another\n0 one\n0 cut") == 1
    assert look("".join(f"{i % 5} text\n" for i in range(50))) == 1
    assert look("".join(f"{i % 6} text\n" for i in range(50))) == 0
    assert look("".join(f"{i % 201} text\n" for i in range(5000))) == 0
    assert look("") == 0
    assert look("The film is good\nMy plot is not\n") == 0, "beginnings of sentences are no labels"
    for line in ("pos, good film", "pos|good film", '"a film",pos', '[{"text": "a"}]', "pos; film"):
        assert look(f"{line}\n") == 0, "a mark that other formats have"
    assert LabeledReader.recognizes(Path("a.csv"), "pos good\nneg bad\n", LABELED) == 0
