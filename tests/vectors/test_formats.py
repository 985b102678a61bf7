"""Files of word vectors."""

import gzip
import re
import struct
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.errors import DataError
from elman.vectors.formats import read_vectors

GLOVE = "the 0.5 -1 2e-1\nNew York 1 2 3\nnaïve -0.25 0 7\n"
WORDS = ["the", "New York", "naïve"]
MATRIX = np.array([[0.5, -1, 0.2], [1, 2, 3], [-0.25, 0, 7]], np.float32)


def write(folder, content, name="v.txt"):
    path = folder / name
    data = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    return path


def binary(words, matrix, between=b"\n"):
    """Return a word2vec binary file, as word2vec writes it with and gensim without a line break behind each vector."""
    records = (
        word.encode() + b" " + struct.pack(f"<{len(row)}f", *row) for word, row in zip(words, matrix, strict=True)
    )
    return f"{len(words)} {len(matrix[0])}\n".encode() + between.join(records) + between


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("glove.txt", GLOVE),
        ("glove.txt.gz", GLOVE),
        ("windows.txt", GLOVE.replace("\n", "\r\n")),
        ("word2vec.txt", "3 3\n" + GLOVE),
        ("fasttext.vec.gz", "3 3\n" + GLOVE.replace("\n", " \n")),
    ],
)
def test_text_is_read_with_a_header_or_without(tmp_path, name, content):
    words, matrix = read_vectors(write(tmp_path, content, name))
    assert words == WORDS
    assert matrix.dtype == np.float32
    assert (matrix == MATRIX).all()


@pytest.mark.parametrize("between", [b"\n", b""], ids=["word2vec", "gensim"])
@pytest.mark.parametrize("name", ["v.bin", "v.bin.gz"])
def test_binary_is_read_bit_for_bit(tmp_path, between, name):
    # 0.15 has the bytes 9a 99 19 3e; 10 and 32 as bytes are a line break and a blank within numbers.
    odd = np.frombuffer(bytes([10, 32, 10, 32]), "<f4")[0]
    matrix = np.array([[0.15, odd], [np.float32(1e-30), -3]], np.float32)
    words, found = read_vectors(write(tmp_path, binary(["naïve", "of"], matrix, between), name))
    assert words == ["naïve", "of"]
    assert found.tobytes() == matrix.tobytes()


@given(
    rows=st.dictionaries(
        st.text(st.characters(categories=["L"]), min_size=1, max_size=4),
        st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=5, max_size=5),
        min_size=1,
        max_size=9,
    ),
    header=st.booleans(),
)
def test_what_is_written_comes_back(tmp_path_factory, rows, header):
    lines = "".join(f"{word} {' '.join(map(repr, row))}\n" for word, row in rows.items())
    path = write(tmp_path_factory.mktemp("v"), f"{len(rows)} 5\n{lines}" if header else lines)
    words, matrix = read_vectors(path)
    assert words == list(rows)
    assert (matrix == np.array(list(rows.values()), np.float32)).all()


@pytest.mark.parametrize("content", ["a 1 2\nb 3 4\na 5 6\nc 7 8\n", binary("abac", [[1, 2], [3, 4], [5, 6], [7, 8]])])
def test_a_word_that_comes_twice_keeps_its_first_vector(tmp_path, content):
    words, matrix = read_vectors(write(tmp_path, content))
    assert words == ["a", "b", "c"]
    assert matrix.tolist() == [[1, 2], [3, 4], [7, 8]]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", r"v.txt: no vectors in it. Expected lines such as: the 0.12 -0.3 ..."),
        ("0 3\n", r"v.txt: no vectors in it."),
        ("a 1 2\nb 3\n", r"v.txt:2: 1 number, expected 2 as on the first line. Mend the row."),
        ("2 2\na 1 2\nb 3\n", r"v.txt:3: 1 number, expected 2 as on the first line. Mend the row."),
        ("a 1 2\n\nb 3\n", r"v.txt:3: 1 number, expected 2 as on the first line. Mend the row."),
        ("word\n", r"v.txt:1: 0 numbers, expected a word and its numbers. Mend the row."),
        ("a 1 2\nb 3 x4\n", r"v.txt:2: got 'x4', expected a number, in the vector of 'b'. Mend the row."),
        ("a 1 2\nb 3 1,5,0\n", r"v.txt:2: got '1,5,0', expected a number, in the vector of 'b'. Mend the row."),
        ("4 3.5\nred 1 2 3\n", r"v.txt:2: 3 numbers, expected 1 as on the first line. Mend the row."),
        ("a 1 2\nb 3 nan\n", "v.txt:2: not all numbers are finite, in the vector of 'b'. Mend the row."),
        ("a 1 -inf\n", "v.txt:1: not all numbers are finite, in the vector of 'a'. Mend the row."),
        ("3 2\na 1 2\nb 3 4\n", "v.txt: 2 vectors, expected 3 as the first line says. Was the file cut off?"),
        ("1 2\na 1 2\nb 3 4\n", "v.txt: 2 vectors, expected 1 as the first line says. Was the file cut off?"),
        (binary("ab", [[1, 2], [3, 4]])[:-5], "v.txt: ends in word 2 of 2: it was cut off. Get the whole file."),
        (
            binary(["red", "New York", "blue"], [[1, 2, 3], [4, 5, 6], [7, 8, 9]]),
            "expected letters: a word here or before has a blank in it, which ends it in this format; the first "
            "numbers that make no sense are those of 'New'. Get the file as text.",
        ),
        (
            binary("ab", [[1, 2], [3, 4]]).replace(b"2 2", b"1 2", 1),
            "v.txt: has more behind 1 word, as many as its first line says. Mend the line.",
        ),
        (binary("ab", [[1, 2], [3, 4]], b"")[:-9], "v.txt: ends in word 2 of 2: it was cut off. Get the whole file."),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(tmp_path, content, message):
    with pytest.raises(DataError, match=re.escape(message)):
        read_vectors(write(tmp_path, content))


@pytest.mark.parametrize(
    "content",
    [
        "\ufeff2 2\na 1 2\nb 3 4\n",
        "\ufeffa 1 2\nb 3 4\n",
        "a\t1\t2\nb\t3\t4\n",
        "2\t2\na\t1 2\nb\t3 4\n",
        "a 1  2 \nb  3 4\n",
        "a 1 2\n\n \nb 3 4\n\n",
        "2 2\n\na 1 2\r\nb 3 4\n",
        b"\xef\xbb\xbf" + binary("ab", [[1, 2], [3, 4]]),
    ],
)
def test_marks_tabs_blanks_and_empty_lines_are_passed_over(tmp_path, content):
    words, matrix = read_vectors(write(tmp_path, content))
    assert words == ["a", "b"]
    assert matrix.tolist() == [[1, 2], [3, 4]]


def test_the_words_beside_an_array_may_have_a_byte_order_mark(tmp_path):
    np.save(tmp_path / "v.npy", np.ones((2, 3), np.float32))
    (tmp_path / "v.words.txt").write_bytes("\ufeffa\nb\n".encode())
    assert read_vectors(tmp_path / "v.npy").words == ["a", "b"]


@pytest.mark.parametrize("content", [binary("ab", [[1, 2], [3, np.nan]]), "a 1 2\nb 3 1e99\n"], ids=["binary", "huge"])
def test_no_format_has_numbers_that_are_not_finite(tmp_path, content):
    with pytest.raises(DataError, match="not all numbers are finite, in the vector of 'b'"):
        read_vectors(write(tmp_path, content))


def damaged(content):
    return content[:40] + bytes(byte ^ 255 for byte in content[40:])


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda packed: packed[:-20], "Compressed file ended"),
        (damaged, "Error -3 while decompressing"),
        (lambda packed: b"no gzip", "Not a gzipped file"),
    ],
)
def test_a_damaged_archive_is_refused(tmp_path, spoil, reason):
    path = tmp_path / "v.gz"
    lines = "".join(f"w{i} {i * 0.37} {i * i}\n" for i in range(2000))
    path.write_bytes(spoil(gzip.compress(lines.encode())))
    with pytest.raises(DataError, match=rf"v.gz: cannot be read: {reason}"):
        read_vectors(path)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(DataError, match=r"gone.bin: cannot be read: No such file or directory."):
        read_vectors(tmp_path / "gone.bin")


@pytest.mark.parametrize("name", ["gensim.txt", "gensim.bin"])
def test_files_of_gensim_are_read(name):
    words, matrix = read_vectors(Path(__file__).parent / name)
    assert words == ["the", "of", "naïve", "東京", "New_York"]
    expected = [[0.1, -0.25, 3, 1e-3], [1, 2, 3, 4], [-0.5, 1 / 3, 7e-7, 123456.7], [0, -1, 0.7, 2e10], [5, 6, 7.5, -8]]
    assert matrix.tobytes() == np.array(expected, np.float32).tobytes()


@pytest.mark.parametrize("width", [1, 2, 300])
def test_binary_without_control_characters_is_told_from_text(tmp_path, width):
    matrix = np.full((2, width), 0.1, np.float32)  # bytes cd cc cc 3d
    words, found = read_vectors(write(tmp_path, binary(["of", "naïve"], matrix)))
    assert words == ["of", "naïve"]
    assert found.tobytes() == matrix.tobytes()


def array_file(folder, matrix=MATRIX, words="a\nb\nc\n"):
    np.save(folder / "v.npy", matrix)
    if words is not None:
        (folder / "v.words.txt").write_text(words, encoding="utf-8")
    return folder / "v.npy"


@pytest.mark.parametrize("words", ["a\nb\nc\n", "a\nb\nc"])
def test_an_array_is_read_with_the_words_beside_it(tmp_path, words):
    assert read_vectors(array_file(tmp_path, words=words)).words == ["a", "b", "c"]


def test_of_words_that_come_twice_in_an_array_the_first_is_kept(tmp_path):
    words, matrix = read_vectors(array_file(tmp_path, words="a\nb\na\n"))
    assert words == ["a", "b"]
    assert (matrix == MATRIX[:2]).all()


@pytest.mark.parametrize(
    ("matrix", "words", "message"),
    [
        (MATRIX, None, "v.npy: cannot be read: No such file or directory."),
        (
            MATRIX,
            "a\nb\n",
            "v.npy: got float32 (3, 3) and 2 words in v.words.txt, expected float32 (V, E) and V words.",
        ),
        (MATRIX, "", "v.npy: got float32 (3, 3) and 0 words in v.words.txt, expected"),
        (MATRIX[:0], "", "v.npy: got float32 (0, 3) and 0 words in v.words.txt, expected"),
        (MATRIX.astype(np.float64), "a\nb\nc\n", "v.npy: got float64 (3, 3) and 3 words in v.words.txt, expected"),
        (MATRIX[0], "a\nb\nc\n", "v.npy: got float32 (3,) and 3 words in v.words.txt, expected"),
    ],
)
def test_an_array_and_words_that_do_not_fit_are_refused(tmp_path, matrix, words, message):
    with pytest.raises(DataError, match=re.escape(message)):
        read_vectors(array_file(tmp_path, matrix, words))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "EOF: reading magic string"),
        (b"no array at all", "the magic string is not correct"),
        (b"PK\x03\x04 an archive", "the magic string is not correct"),
    ],
)
def test_what_is_no_array_is_refused(tmp_path, content, reason):
    with pytest.raises(DataError, match=rf"v.npy: cannot be read: {reason}"):
        read_vectors(write(tmp_path, content, "v.npy"))


def test_the_header_of_an_array_that_is_all_brackets_is_refused(tmp_path):
    header = b"{'shape': (2, 3" + b"{" * 1000
    content = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    with pytest.raises(DataError, match=r"v.npy: cannot be read: .*\w\.$"):
        read_vectors(write(tmp_path, content, "v.npy"))


def test_a_cut_array_and_one_of_objects_are_refused(tmp_path):
    path = array_file(tmp_path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(DataError, match=r"v.npy: cannot be read: mmap length is greater than file size"):
        read_vectors(path)
    with pytest.raises(DataError, match=r"v.npy: cannot be read: .*Python objects in dtype"):
        read_vectors(array_file(tmp_path, np.array([["a", None]], object)))


def test_words_beside_an_array_that_are_not_utf_8_are_refused(tmp_path):
    path = array_file(tmp_path)
    (tmp_path / "v.words.txt").write_bytes(b"a\nb\n\xff\n")
    with pytest.raises(DataError, match=r"v.npy: cannot be read: 'utf-8' codec can't decode byte 0xff"):
        read_vectors(path)


@pytest.mark.parametrize("head", ["", "2 2\n"])
def test_decimals_of_text_may_stand_behind_commas(tmp_path, head):
    path = tmp_path / "v.txt"
    path.write_text(f"{head}a 1,5 -2\nb ,25 3,0e-1\n")
    np.testing.assert_array_equal(read_vectors(path).matrix, np.float32([[1.5, -2], [0.25, 0.3]]))
