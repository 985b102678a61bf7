"""Files, and running text as ids."""

import gzip
import os
import tracemalloc
from pathlib import Path

import pytest

import elman
from elman.data.corpus import encode, learn, training_part, unknowns
from elman.data.records import Example
from elman.data.sources import expand, head, read_blocks, refuse_pipes
from elman.errors import DataError
from elman.text.tokenizers import TOKENIZERS
from elman.text.vocabulary import Vocabulary


def text_of(path, **options):
    return "".join(text for _, text in read_blocks(path, **options))


def test_globs_are_sorted_and_names_keep_their_order(tmp_path):
    for name in ("b.txt", "a.txt", "c.md"):
        (tmp_path / name).write_text(name)
    assert [p.name for p in expand(["c.md", "*.txt"], tmp_path)] == ["c.md", "a.txt", "b.txt"]
    with pytest.raises(DataError, match=r"\*\.csv: no such file"):
        expand(["*.csv"], tmp_path)
    with pytest.raises(DataError, match=r"a a: no such file.* Text itself is given in a file: write it to one"):
        elman.train("lm", "a " * 5000 + "a", out=tmp_path / "run")


@pytest.mark.skipif(os.name != "posix", reason="pipes that have a name")
def test_what_is_read_twice_is_no_pipe_and_no_device(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    said = ": a pipe or a device, which can be read only once, and it is read more than once here. Write it to a file"
    for path in (tmp_path / "pipe", Path("/dev/zero")):
        with pytest.raises(DataError, match=f"{path}{said} first: command > FILE"):
            refuse_pipes([tmp_path, path])
        with pytest.raises(DataError, match=f"{path}{said}"):
            head(path)
    assert head(tmp_path) == ""
    assert head(tmp_path / "nothing") == ""


def test_line_ends_marks_and_gzip(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfone\r\ntwo\rthree\n")
    assert text_of(path) == "one\ntwo\nthree\n"
    packed = tmp_path / "a.txt.gz"
    packed.write_bytes(gzip.compress("über\n".encode("latin-1")))
    assert text_of(packed, encoding="latin-1") == "über\n"
    wide = tmp_path / "wide.txt"
    wide.write_bytes("äö\n".encode("utf-16"))
    assert text_of(wide, encoding="utf-16") == "äö\n"


def test_blocks_are_whole_lines_with_their_numbers(tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("".join(f"line {i}\n" for i in range(30_000)))
    blocks = list(read_blocks(path))
    assert len(blocks) > 2
    number = 1
    for first, text in blocks:
        assert first == number
        assert text.endswith("\n")
        number += text.count("\n")
    assert number == 30_001


def test_a_file_that_cannot_be_read(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("x")

    def refuse(self, *arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(DataError, match=r"a\.txt: cannot be read: Permission denied\."):
        text_of(path)


def test_an_encoding_without_lines_says_what_it_can(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("ab".encode("utf-16-le") + b"\x00")
    with pytest.raises(DataError, match=r"a\.txt(:1)?: not utf-16-le"):
        text_of(path, encoding="utf-16-le")


def blocks(*texts):
    return [Example({"text": text}, f"file:{i}") for i, text in enumerate(texts)]


def test_the_last_part_is_held_out_and_its_own_tokens_are_unknown(tmp_path):
    tokenizer = TOKENIZERS.get("character")()
    vocabulary, train, valid = learn(blocks("aab", "aab", "ax"), tokenizer, tmp_path, 0.25)
    assert vocabulary.tokens == ("<unk>", "a", "b")
    assert (len(train.store), len(valid.store)) == (6, 2)
    assert valid.store.rows(valid_starts(), 2).tolist() == [[1, 0]]


def valid_starts():
    import numpy as np

    return np.array([0])


def test_nothing_held_out_counts_lines_and_characters(tmp_path):
    tokenizer = TOKENIZERS.get("word")()
    vocabulary, train, valid = learn(blocks("a b\n", "b\n"), tokenizer, tmp_path, 0.0)
    assert valid is None
    assert (train.characters, train.lines, len(train.store)) == (6, 2, 5)
    other = encode(blocks("b zz\n"), tokenizer, vocabulary, tmp_path)
    assert vocabulary.decode(other.store.rows(valid_starts(), 3)[0]) == ["b", "<unk>", "<eos>"]


@pytest.mark.parametrize(
    ("held_out", "expected"), [(0.0, "ab\ncd\nef\nghi\n"), (0.5, "ab\ncd\n"), (0.3, "ab\ncd\nef\n")]
)
def test_a_tokenizer_learns_from_the_part_that_is_not_held_out(held_out, expected):
    blocks = [Example({"text": text}) for text in ("ab\ncd\n", "ef\nghi\n")]
    assert "".join(training_part(lambda: blocks, held_out)) == expected


def test_utf_16_without_a_mark_is_named(tmp_path):
    path = tmp_path / "a.txt"
    for encoding in ("utf-16-le", "utf-16-be"):
        path.write_bytes("text,label\ngood film,pos\n".encode(encoding))
        message = (
            rf"a\.txt: looks like UTF-16 without a mark: got a zero byte beside most letters, expected UTF-8\. Set "
            rf"reader\.encoding={encoding}, or convert it: iconv -f {encoding} -t utf-8$"
        )
        with pytest.raises(DataError, match=message):
            list(read_blocks(path))
        assert "good film" in "".join(text for _, text in read_blocks(path, encoding))


def test_a_spreadsheet_is_named(tmp_path):
    path = tmp_path / "a.csv"
    message = r"a\.csv: looks like a spreadsheet \(xlsx\) or another zip file, expected text\. Save it as CSV"
    for content in (b"PK\x03\x04\x14\xff\xfe\n", b"PK\x03\x04" + b"\0" * 50 + b"\n"):
        path.write_bytes(content)
        with pytest.raises(DataError, match=message):
            list(read_blocks(path))


def test_a_text_of_one_long_line_is_encoded_without_copies_of_it(tmp_path):
    text = "abcdefgh" * 300_000 + "\n"
    vocabulary = Vocabulary(["<unk>", *"\nabcdefg"], [0] * 9)
    tracemalloc.start()
    try:
        found = encode([Example({"text": text}, "f:1")], TOKENIZERS.get("character")(), vocabulary, tmp_path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (len(found.store), found.lines, unknowns(found.store, vocabulary)) == (2_400_001, 1, 300_000)
    assert peak < 13 * len(text)  # 8 for the ids of the block, the rest for what is written of them at once
