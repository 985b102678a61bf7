"""Running text from a column of examples."""

import pytest

from elman.config import Settings
from elman.data.readers.column import ColumnReader
from elman.errors import ConfigError, DataError

TABLE = 'id,review,stars\n1,"a film, long",5\n2,"two\nlines",1\n3,,2\n4,the end,3\n'


def read(path, text, **options):
    path.write_text(text)
    reader = ColumnReader(ColumnReader.Config(**options))
    return [(one.fields["text"], one.where.removeprefix(f"{path}:")) for one in reader.read([path])], reader


def test_a_cell_is_a_line_and_a_block_has_lines_that_follow_each_other(tmp_path):
    blocks, reader = read(tmp_path / "a.csv", TABLE)
    assert blocks == [("a film, long\ntwo lines\n", "2"), ("the end\n", "6")]
    assert reader.skipped == {"rows with empty text": 1}
    list(reader.read([tmp_path / "a.csv"]))
    assert reader.skipped == {"rows with empty text": 1}, "a text is read several times"


def test_a_column_is_named_or_counted(tmp_path):
    assert read(tmp_path / "a.csv", TABLE, columns={"text": "stars"})[0][0] == ("5\n1\n", "2")
    assert read(tmp_path / "a.csv", "a b;x\nc;y\n", columns={"text": 2})[0] == [("x\ny\n", "1")]
    with pytest.raises(DataError, match=r"a\.csv:1: no column for text: got the columns id, review, stars, expected"):
        read(tmp_path / "a.csv", TABLE, columns={"text": "plot"})
    with pytest.raises(ConfigError, match="columns: got the field 'txt', expected one of: text, labels"):
        Settings({"reader": {"columns": {"txt": 1}}}).build("reader", ColumnReader.Config)


def test_a_text_of_an_object_and_the_words_of_a_sentence_are_lines(tmp_path):
    assert read(tmp_path / "a.jsonl", '{"text": "a\\nb", "y": 1}\n{"text": "c", "y": 2}\n')[0] == [("a b\nc\n", "1")]
    assert read(tmp_path / "a.json", '[{"body": "a"}, {"body": "c"}]', columns={"text": "body"})[0][0][0] == "a\n"
    columns = "the O\ncat B-ANI\n\na O\ndog B-ANI\nruns O\n\n"
    assert [text for text, _ in read(tmp_path / "a.conll", columns)[0]] == ["the cat\n", "a dog runs\n"]


def test_long_texts_come_in_several_blocks(tmp_path):
    blocks, _ = read(tmp_path / "a.csv", "text,label\n" + "a long line of words,x\n" * 5000)
    assert "".join(text for text, _ in blocks) == "a long line of words\n" * 5000
    assert len(blocks) == 2
    assert blocks[1][1] == str(2 + blocks[0][0].count("\n"))
