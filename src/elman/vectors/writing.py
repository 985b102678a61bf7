"""Writing files of word vectors, in the format that their name asks for."""

import io
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from elman.errors import ConfigError, DataError
from elman.vectors.formats import Vectors, words_path

Pieces = Iterator[bytes | memoryview]


def endings() -> list[str]:
    """Return the endings of names that have a format."""
    return list(_FORMATS)


def pieces(vectors: Vectors, path: Path) -> Mapping[Path, Pieces]:
    """Return the files that vectors are written as, each as its content piece by piece.

    .txt .vec     a line `V E`, then `word x_1 ... x_E` a line (word2vec, fastText)
    .glove        the same without the first line (GloVe)
    .bin          a line `V E`, then for each word its name, a blank, and E float32 (word2vec)
    .npy          an array (V, E) float32, and the words in `NAME.words.txt`

    `.gz` after all but the last compresses. Numbers of text have the nine digits that float32 needs.

    Raises:
        ConfigError: the name has another ending.
        DataError: a word that the format cannot hold: with a line break, or a blank or control character but in `.npy`.
    """
    packed = path.suffix == ".gz"
    ending = path.with_suffix("").suffix if packed else path.suffix
    if ending not in _FORMATS or (packed and ending == ".npy"):
        expected = f"{', '.join(_FORMATS)}, with or without .gz"
        raise ConfigError(f"{path}: its ending names no format of vectors. Expected one of: {expected}.")
    for word in vectors.words:
        # By control characters readers tell binary from text.
        if not word or any(letter in "\n\r" or (letter <= " " and ending != ".npy") for letter in word):
            held = word and not any(letter in "\n\r" for letter in word)
            other = "Export to .npy, or leave it out." if held else "Leave it out: no format holds it."
            raise DataError(f"{path}: {ending} cannot hold the word {word!r}. {other}")
    if ending == ".npy":
        return {path: _array(vectors), words_path(path): _list(vectors)}
    content = _FORMATS[ending](vectors)
    return {path: _compressed(content) if packed else content}


def _array(vectors: Vectors) -> Pieces:
    beginning = io.BytesIO()
    np.lib.format.write_array_header_1_0(
        beginning, {"descr": "<f4", "fortran_order": False, "shape": vectors.matrix.shape}
    )
    yield beginning.getvalue()
    for row in vectors.matrix:
        yield row.astype("<f4").tobytes()


def _list(vectors: Vectors) -> Pieces:
    for word in vectors.words:
        yield f"{word}\n".encode()


def _binary(vectors: Vectors) -> Pieces:
    yield _header(vectors)
    for word, row in zip(vectors.words, vectors.matrix, strict=True):
        yield word.encode() + b" " + row.astype("<f4").tobytes() + b"\n"


def _text(vectors: Vectors) -> Pieces:
    yield _header(vectors)
    yield from _lines(vectors)


def _lines(vectors: Vectors) -> Pieces:
    for word, row in zip(vectors.words, vectors.matrix, strict=True):
        yield f"{word} {' '.join(f'{x:.9g}' for x in row.tolist())}\n".encode()


def _header(vectors: Vectors) -> bytes:
    return "{} {}\n".format(*vectors.matrix.shape).encode()


def _compressed(content: Pieces) -> Pieces:
    packer = zlib.compressobj(wbits=31)  # with the header of a gzip file
    for piece in content:
        yield packer.compress(piece)
    yield packer.flush()


_FORMATS: dict[str, Callable[[Vectors], Pieces]] = {
    ".txt": _text, ".vec": _text, ".glove": _lines, ".bin": _binary, ".npy": _array,
}  # fmt: skip
