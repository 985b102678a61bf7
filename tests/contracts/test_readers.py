"""Every reader through one contract."""

import gzip

import pytest

from elman.data.readers import READERS
from elman.errors import DataError


@pytest.fixture(params=READERS.names())
def reader(request):
    kind = READERS.get(request.param)
    return kind(kind.Config())


def test_examples_say_where_they_stood(reader, text_file):
    examples = list(reader.read([text_file]))
    assert examples
    assert examples[0].where == f"{text_file}:1"


def test_gzip_gives_the_same_examples(reader, text_file, tmp_path):
    packed = tmp_path / "sentences.txt.gz"
    packed.write_bytes(gzip.compress(text_file.read_bytes()))
    plain = [example.fields for example in reader.read([text_file])]
    assert [example.fields for example in reader.read([packed])] == plain


def test_files_without_a_last_line_end_are_not_glued_together(reader, tmp_path):
    for name, text in (("a.txt", "one two"), ("b.txt", "three\n")):
        (tmp_path / name).write_text(text)
    examples = reader.read([tmp_path / "a.txt", tmp_path / "b.txt"])
    assert "".join(example.fields["text"] for example in examples) == "one two\nthree\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"broken\.txt: the file is empty\."),
        (b" \n\t\n", r"broken\.txt: nothing but white space\."),
        (b"one\ntwo\n\xff\xff\n", r"broken\.txt:3: not utf-8: .*--set reader\.encoding=latin-1"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_place(reader, tmp_path, content, message):
    path = tmp_path / "broken.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match=message):
        list(reader.read([path]))
