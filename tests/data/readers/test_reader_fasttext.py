"""The format of fastText."""

from pathlib import Path

import pytest

from elman.data.readers.fasttext import FasttextReader
from elman.errors import DataError

LABELED = ("text", "labels")


def read(path, text, fields=LABELED, **options):
    path.write_text(text, encoding="utf-8")
    reader = FasttextReader(FasttextReader.Config(**options), fields)
    return [(example.fields, example.where.rpartition(":")[2]) for example in reader.read([path])], reader


def test_a_label_stands_anywhere_in_its_line(tmp_path):
    text = "__label__a __label__b-c  some  text with __label__x end\n\n__label__d\n __label__e\tx__label__ \n"
    text += "y __label__a\n"
    examples, reader = read(tmp_path / "a.txt", text)
    assert examples == [
        ({"text": "some  text with end", "labels": ["a", "b-c", "x"]}, "1"),
        ({"text": "x__label__", "labels": ["e"]}, "4"),
        ({"text": "y", "labels": ["a"]}, "5"),
    ]
    assert reader.skipped == {"empty lines": 1, "labels without text": 1}


def test_another_prefix(tmp_path):
    assert read(tmp_path / "a", "#x text\n", prefix="#")[0] == [({"text": "text", "labels": ["x"]}, "1")]


def test_text_alone_needs_no_labels(tmp_path):
    examples, _ = read(tmp_path / "a", "some text\n__label__x more\n", ("text",))
    assert [fields for fields, _ in examples] == [{"text": "some text"}, {"text": "more"}]


@pytest.mark.parametrize("line", ["some text", "__label__ some text", "text__label__x"])
def test_a_line_without_a_label_is_refused(tmp_path, line):
    message = rf"a:2: no label: got '{line}', expected __label__NAME and the text\. Give it one, or set reader\.prefix"
    with pytest.raises(DataError, match=message):
        read(tmp_path / "a", f"__label__x text\n{line}\n")


def test_where_a_line_has_several_labels_one_may_have_none(tmp_path):
    text = "some text\n__label__x __label__y text\n"
    examples, reader = read(tmp_path / "a", text)
    assert [fields["labels"] for fields, _ in examples] == [[], ["x", "y"]]
    assert reader.settled.unlabeled == "keep"
    assert read(tmp_path / "a", "some text\n", unlabeled="keep")[0][0][0]["labels"] == []
    with pytest.raises(DataError, match=r"a:1: no label: got 'some text'"):
        read(tmp_path / "a", text, unlabeled="refuse")


def test_what_it_recognizes():
    assert FasttextReader.recognizes(Path("a.txt"), "text\ntext __label__x\n__label__y text\n", LABELED) == 3
    assert FasttextReader.recognizes(Path("a.txt"), "\n__label__x text\n", LABELED) == 3
    assert FasttextReader.recognizes(Path("a.txt"), "text\n", LABELED) == 0
