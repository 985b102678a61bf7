"""What is written is what is read."""

import gzip
import re

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from elman.errors import ConfigError, DataError
from elman.vectors.formats import Vectors, read_vectors, words_path
from elman.vectors.writing import endings, pieces

WORDS = ["the", "naïve", "東京", "New_York"]
MATRIX = np.array(
    [[0.1, -0.0, 3, 1e-45], [1, 2, 3, 4], [-0.5, 1 / 3, 3.4e38, 123456.7], [0, -1, 0.7, 2e10]], np.float32
)
PACKED = [".txt.gz", ".vec.gz", ".glove.gz", ".bin.gz"]


def write(vectors, path):
    for place, content in pieces(vectors, path).items():
        place.write_bytes(b"".join(content))
    return path


TOKENS = st.text(st.characters(categories=["L", "M", "N", "P", "S"]), min_size=1, max_size=6)
FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)
ROWS = st.integers(2, 6).flatmap(
    lambda width: st.dictionaries(TOKENS, st.lists(FLOATS, min_size=width, max_size=width), min_size=1, max_size=8)
)


@pytest.mark.parametrize("ending", [*endings(), *PACKED])
@given(rows=ROWS)
@example(rows={"3": [4.0, 5.0]})
@example(rows={"-0.5": [-0.0, 1e-45, 3.4028234663852886e38]})
@example(rows={"of": [0.1, 0.1]})  # as binary it has no control characters
def test_every_format_gives_back_every_bit(tmp_path_factory, ending, rows):
    matrix = np.array(list(rows.values()), np.float32)
    path = write(Vectors(list(rows), matrix), tmp_path_factory.mktemp("v") / f"v{ending}")
    found = read_vectors(path)
    assert found.words == list(rows)
    assert found.matrix.tobytes() == matrix.tobytes()


@pytest.mark.parametrize(
    ("ending", "content"),
    [
        (".txt", "2 2\na 0.5 -2\nb 0.100000001 1e+10\n"),
        (".vec", "2 2\na 0.5 -2\nb 0.100000001 1e+10\n"),
        (".glove", "a 0.5 -2\nb 0.100000001 1e+10\n"),
    ],
)
def test_text_looks_as_its_format_has_it(tmp_path, ending, content):
    vectors = Vectors(["a", "b"], np.array([[0.5, -2], [0.1, 1e10]], np.float32))
    assert write(vectors, tmp_path / f"v{ending}").read_text() == content
    packed = write(vectors, tmp_path / f"v{ending}.gz")
    assert gzip.decompress(packed.read_bytes()).decode() == content


def test_binary_looks_as_word2vec_writes_it(tmp_path):
    path = write(Vectors(["a", "ö"], np.array([[1], [-2]], np.float32)), tmp_path / "v.bin")
    assert path.read_bytes() == b"2 1\na \x00\x00\x80?\n\xc3\xb6 \x00\x00\x00\xc0\n"


def test_an_array_is_mapped_and_its_words_are_beside_it(tmp_path):
    path = tmp_path / "v.npy"
    assert [*pieces(Vectors(WORDS, MATRIX), path)] == [path, words_path(path)] == [path, tmp_path / "v.words.txt"]
    write(Vectors(WORDS, MATRIX), path)
    words, matrix = read_vectors(path)
    assert words == WORDS
    assert isinstance(matrix, np.memmap)
    assert not matrix.flags.writeable
    assert np.load(path).tobytes() == MATRIX.tobytes()
    assert words_path(path).read_bytes() == "the\nnaïve\n東京\nNew_York\n".encode()


def test_an_array_may_have_words_with_blanks(tmp_path):
    words = ["New York", " ", "a\tb", "\x85"]
    assert read_vectors(write(Vectors(words, MATRIX), tmp_path / "v.npy")).words == words


@pytest.mark.parametrize("ending", endings())
def test_part_of_a_wider_table_and_other_floats_are_written_as_float32(tmp_path, ending):
    wide = np.asfortranarray(np.random.default_rng(0).normal(size=(8, 9)))[::2, 1:7]
    found = read_vectors(write(Vectors(WORDS, wide), tmp_path / f"v{ending}"))
    assert found.matrix.tobytes() == wide.astype(np.float32).tobytes()


@pytest.mark.parametrize("name", ["v.csv", "v", "v.gz", "v.npz", "v.npy.gz", "v.txt.zip", "v.TXT"])
def test_an_unknown_ending_is_refused(tmp_path, name):
    expected = (
        f"{name}: its ending names no format of vectors. Expected one of: .txt, .vec, .glove, .bin, .npy, with or"
    )
    with pytest.raises(ConfigError, match=re.escape(expected)):
        pieces(Vectors(WORDS, MATRIX), tmp_path / name)


@pytest.mark.parametrize("ending", [*endings(), *PACKED])
@pytest.mark.parametrize("word", ["", "a\nb", "\n", "a\rb"])
def test_no_format_holds_an_empty_word_or_a_line_break(tmp_path, ending, word):
    kind = ending.removesuffix(".gz")
    expected = f"v{ending}: {kind} cannot hold the word {word!r}. Leave it out: no format holds it."
    with pytest.raises(DataError, match=re.escape(expected)):
        pieces(Vectors(["a", word], MATRIX[:2]), tmp_path / f"v{ending}")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("ending", [ending for ending in [*endings(), *PACKED] if ending != ".npy"])
def test_only_an_array_holds_a_word_with_a_blank(tmp_path, ending):
    with pytest.raises(DataError, match="cannot hold the word 'New York'"):
        pieces(Vectors(["New York"], MATRIX[:1]), tmp_path / f"v{ending}")
