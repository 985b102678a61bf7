"""What is said of bytes that cannot be read."""

import re

import pytest

from elman.data.sources import read_blocks, refuse_what_is_no_text
from elman.errors import DataError


@pytest.mark.parametrize(
    ("text", "encoding", "said"),
    [
        (
            "ok\nnice café",
            "latin-1",
            "a.txt:2: not utf-8: byte 9 of the line, 0xE9 behind 'nice caf': unexpected end of data; in latin-1 it is "
            "'é'. If the file is in that, give the same command --set reader.encoding=latin-1; else convert it: iconv "
            "-f latin-1 -t utf-8",
        ),
        (
            "it’s café\n",
            "cp1252",
            "a.txt:1: not utf-8: byte 3 of the line, 0x92 behind 'it': invalid start byte; in cp1252 it is '’'. If the "
            "file is in that, give the same command --set reader.encoding=cp1252; else convert it: iconv -f cp1252 -t "
            "utf-8",
        ),
        (
            "café\nit’s nice\n",
            "cp1252",
            "a.txt:1: not utf-8: byte 4 of the line, 0xE9 behind 'caf': invalid continuation byte; in cp1252 it is "
            "'é'. If the file is in that, give the same command --set reader.encoding=cp1252; else convert it: iconv "
            "-f cp1252 -t utf-8",
        ),
    ],
)
def test_the_first_byte_is_named_with_what_it_looks_like(tmp_path, text, encoding, said):
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    with pytest.raises(DataError) as refused:
        list(read_blocks(path))
    assert str(refused.value) == f"{tmp_path}/{said}"
    assert "".join(block for _, block in read_blocks(path, encoding)).strip() == text.strip()


def test_what_is_no_text_is_said_to_be_none(tmp_path):
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(range(256)))
    said = re.escape(f"{path}: not text: 28 of its first 256 bytes are control characters, expected letters. Is it the")
    with pytest.raises(DataError, match=said):
        list(read_blocks(path))
    with pytest.raises(DataError, match=said):
        refuse_what_is_no_text([path])
