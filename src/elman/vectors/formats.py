"""Files of word vectors: word2vec text and binary, GloVe text, fastText text, NumPy arrays with a list of words."""

import codecs
import tokenize
import zlib
from itertools import chain
from pathlib import Path
from typing import NamedTuple

import numpy as np

from elman.errors import DataError
from elman.files.packed import opened
from elman.text.printed import counted
from elman.vectors.rows import read_binary, read_text

_BROKEN_HEADER = (SyntaxError, TypeError, KeyError, OverflowError, RecursionError, MemoryError, tokenize.TokenError)
"""What NumPy raises besides for the header of an array that is none; MemoryError where brackets are nested deeply."""


class Vectors(NamedTuple):
    """Words and their vectors.

    Args:
        words: each once.
        matrix: row i is the vector of word i, (V, E) float32.
    """

    words: list[str]
    matrix: np.ndarray


def read_vectors(path: Path) -> Vectors:
    """Return the vectors of a file, whatever of the known formats it is in; `.gz` is unpacked.

    text      `word x_1 ... x_E` a line, after a line `V E` (word2vec, fastText) or not (GloVe)
    binary    a line `V E`, then for each word its name, a blank, and E float32 (word2vec)
    .npy      an array (V, E), which is mapped into memory and not read, with its words in `NAME.words.txt`

    A word that comes twice keeps its first vector. Tabs and several blanks are as one blank; a byte order mark and
    empty lines are passed over.

    Raises:
        DataError: the file is missing or empty, a row is broken or of another width; the message has the line or word.
    """
    if path.is_dir():
        raise DataError(f"{path}: a folder, expected a file. Vectors of a run are written by: elman export {path} FILE")
    if path.suffix == ".npy":
        return _first_of_each(*_mapped(path))
    try:
        with opened(path) as file:
            header = file.readline().removeprefix(codecs.BOM_UTF8)
            sizes = header.split()
            headed = len(sizes) == 2 and all(part.isdigit() and len(part) < 19 for part in sizes)
            if headed and _is_binary(file.peek(4096)[:4096], int(sizes[1])):  # type: ignore[attr-defined]
                words, rows = read_binary(path, file, int(sizes[0]), int(sizes[1]))
            else:
                width = int(sizes[1]) if headed else len(sizes) - 1
                words, rows = read_text(path, file if headed else chain([header], file), width, 2 if headed else 1)
                if headed and len(words) != int(sizes[0]):
                    expected = f"expected {int(sizes[0]):,} as the first line says"
                    raise DataError(f"{path}: {counted(len(words), 'vectors')}, {expected}. Was the file cut off?")
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    if not words:
        raise DataError(f"{path}: no vectors in it. Expected lines such as: the 0.12 -0.3 ...")
    return _first_of_each(words, np.frombuffer(rows, np.float32).reshape(len(words), -1))


def words_path(path: Path) -> Path:
    """Return where the words of a `.npy` file are."""
    return path.with_suffix(".words.txt")


def _first_of_each(words: list[str], matrix: np.ndarray) -> Vectors:
    first = {word: row for row, word in reversed(list(enumerate(words)))}
    if len(first) == len(words):
        return Vectors(words, matrix)
    kept = sorted(first.values())
    return Vectors([words[row] for row in kept], matrix[kept])


def _mapped(path: Path) -> tuple[list[str], np.ndarray]:
    """Return the words and the array of a `.npy` file; nothing of the array is read."""
    try:
        matrix = np.lib.format.open_memmap(path, mode="r")
        words = words_path(path).read_text(encoding="utf-8-sig").split("\n")
    except (OSError, ValueError, *_BROKEN_HEADER) as error:
        reason = getattr(error, "strerror", None) or str(error) or "its header is nested too deeply"
        raise DataError(f"{path}: cannot be read: {reason}.") from error
    words = words[:-1] if words[-1] == "" else words
    if matrix.ndim != 2 or matrix.dtype != np.float32 or len(matrix) != len(words) or not words:
        got = f"{matrix.dtype} {matrix.shape} and {len(words):,} words in {words_path(path).name}"
        raise DataError(f"{path}: got {got}, expected float32 (V, E) and V words.")
    return words, matrix


def _is_binary(beginning: bytes, width: int) -> bool:
    """Say whether what comes after the header are bytes of numbers.

    It is text if a whole first line has numbers, however it goes on. Else it is binary if a row ends where one of bytes
    would, or it has control characters, or is no UTF-8 but for a letter that may be cut at the end.
    """
    line, end, _ = beginning.partition(b"\n")
    try:
        if end and len([float(number) for number in line.rsplit(None, width)[1:]]) == width:
            return False
    except ValueError:
        pass
    row = len(beginning.partition(b" ")[0]) + 1 + 4 * width
    if beginning[row : row + 1] == b"\n" or any(byte < 9 or 13 < byte < 32 for byte in beginning):
        return True
    decoded = codecs.getincrementaldecoder("utf-8")("replace").decode(beginning)
    return "\ufffd" in decoded and b"\xef\xbf\xbd" not in beginning
