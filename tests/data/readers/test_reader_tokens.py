"""Tables with a token a row."""

from pathlib import Path

import pytest

from elman.data.readers.tokens import TokensReader
from elman.errors import DataError

TAGGED = ("words", "tags")
TEXT = """Sentence #,Word,POS,Tag
Sentence: 1,Thousands,NNS,O
,of,IN,O
,",",",",O
Sentence: 2,London,NNP,B-geo
,,X,O
"""


def read(path, text, fields=TAGGED, **options):
    path.write_text(text)
    reader = TokensReader(TokensReader.Config(**options), fields)
    return [(tuple(example.fields.values()), example.where) for example in reader.read([path])], reader


def test_a_sentence_begins_where_its_column_changes(tmp_path):
    path = tmp_path / "ner.csv"
    examples, reader = read(path, TEXT)
    assert examples == [
        ((["Thousands", "of", ","], ["O", "O", "O"]), f"{path}:2"),
        ((["London"], ["B-geo"]), f"{path}:5"),
    ]
    assert reader.skipped == {"rows with an empty word": 1}
    same = "sentence_id;word;ner\n1;a;O\n1;b;O\n2;c;O\n"
    assert [fields[0] for fields, _ in read(path, same)[0]] == [["a", "b"], ["c"]]


def test_columns_are_named(tmp_path):
    examples, _ = read(tmp_path / "a.csv", TEXT, columns={"tags": "POS"})
    assert examples[0][0][1] == ["NNS", "IN", ","]
    message = (
        r"a\.csv:1: no column for sentence: got the columns Word, Tag, expected one of sentence #, .*\. Name it, such "
        r"as --set reader\.columns='\{sentence=\"Word\"\}'\."
    )
    with pytest.raises(DataError, match=message):
        read(tmp_path / "a.csv", "Word,Tag\na,O\n")


def test_what_it_recognizes():
    assert TokensReader.recognizes(Path("a.csv"), TEXT, TAGGED) == 3
    assert TokensReader.recognizes(Path("a.csv"), "text,label\na,x\n", TAGGED) == 0
    assert TokensReader.recognizes(Path("a.txt"), "", TAGGED) == 0
