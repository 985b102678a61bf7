"""Files of word vectors: word2vec text and binary, GloVe text, fastText text, NumPy arrays with a list of words."""

import codecs
import gzip
import tokenize
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import numpy as np

from elman.errors import DataError

_BROKEN_HEADER = (SyntaxError, TypeError, KeyError, OverflowError, RecursionError, tokenize.TokenError)
"""What NumPy raises besides for the header of an array that is none."""

_WIDEST = 1_000_000


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

    A word that comes twice keeps its first vector.

    Raises:
        DataError: the file is missing or empty, a row is broken or of another width; the message has the line or word.
    """
    if path.is_dir():
        raise DataError(f"{path}: a folder, expected a file. Vectors of a run are written by: elman export {path} FILE")
    if path.suffix == ".npy":
        return _first_of_each(*_mapped(path))
    try:
        with _open(path) as file:
            header = file.readline()
            sizes = header.split()
            counted = len(sizes) == 2 and all(part.isdigit() and len(part) < 19 for part in sizes)
            if counted and _is_binary(file.peek(4096)[:4096], int(sizes[1])):  # type: ignore[attr-defined]
                if int(sizes[1]) > _WIDEST:
                    raise DataError(f"{path}: got vectors of {int(sizes[1]):,} numbers, expected at most {_WIDEST:,}.")
                words, rows = _binary(path, file, int(sizes[0]), int(sizes[1]))
            else:
                width = int(sizes[1]) if counted else len(header.rstrip().split(b" ")) - 1
                lines = file if counted else _with(header, file)
                words, rows = _text(path, lines, width, 2 if counted else 1)
                if counted and len(words) != int(sizes[0]):
                    expected = f"expected {int(sizes[0]):,} as the first line says"
                    raise DataError(f"{path}: {len(words):,} vectors, {expected}. Was the file cut off?")
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
        words = words_path(path).read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError, *_BROKEN_HEADER) as error:
        raise DataError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}.") from error
    words = words[:-1] if words[-1] == "" else words
    if matrix.ndim != 2 or matrix.dtype != np.float32 or len(matrix) != len(words) or not words:
        got = f"{matrix.dtype} {matrix.shape} and {len(words):,} words in {words_path(path).name}"
        raise DataError(f"{path}: got {got}, expected float32 (V, E) and V words.")
    return words, matrix


def _text(path: Path, lines: Iterator[bytes], width: int, number: int) -> tuple[list[str], bytearray]:
    words, rows = [], bytearray()
    for place, line in enumerate(lines, start=number):
        # From the right: the words of some files have blanks in them.
        word, *numbers = line.rstrip().rsplit(b" ", width) if width > 0 else [b""]
        if len(numbers) != width or not word:
            got = max(0, len(line.split()) - 1)
            raise DataError(
                f"{path}:{place}: {got} numbers, expected {max(width, 1)} as on the first line. Mend the row."
            )
        try:
            with np.errstate(over="ignore"):  # what does not fit becomes infinite, which is refused
                row = np.array(numbers, dtype=np.float32)
            if not np.isfinite(row).all():
                raise ValueError("not all numbers are finite")
        except ValueError as error:
            raise DataError(f"{path}:{place}: {error}, in the vector of {_decoded(word)!r}. Mend the row.") from error
        words.append(_decoded(word))
        rows += row.tobytes()
    return words, rows


def _binary(path: Path, file: BinaryIO, count: int, width: int) -> tuple[list[str], bytearray]:
    words, rows = [], bytearray()
    for number in range(count):
        name = bytearray()
        while (letter := file.read(1)) not in (b" ", b""):
            name += letter
        data = file.read(4 * width)
        if len(data) != 4 * width:
            raise DataError(f"{path}: ends in word {number + 1:,} of {count:,}: it was cut off. Get the whole file.")
        words.append(_decoded(bytes(name).lstrip(b"\n")))
        rows += data
        if not np.isfinite(np.frombuffer(data, dtype="<f4")).all():
            raise DataError(f"{path}: not all numbers are finite, in the vector of {words[-1]!r}. Mend the row.")
    return words, rows


def _is_binary(beginning: bytes, width: int) -> bool:
    """Say whether what comes after the header are bytes of numbers.

    It is text if a whole first line has numbers, however it goes on. Else it is binary if it has control characters, or
    is no UTF-8 but for a letter that may be cut at the end.
    """
    line, end, _ = beginning.partition(b"\n")
    try:
        if end and len([float(number) for number in line.rstrip().rsplit(b" ", width)[1:]]) == width:
            return False
    except ValueError:
        pass
    if any(byte < 9 or 13 < byte < 32 for byte in beginning):
        return True
    decoded = codecs.getincrementaldecoder("utf-8")("replace").decode(beginning)
    return "\ufffd" in decoded and b"\xef\xbf\xbd" not in beginning


def _with(header: bytes, file: BinaryIO) -> Iterator[bytes]:
    if header:
        yield header
    yield from file


def _decoded(word: bytes) -> str:
    return word.decode("utf-8", "replace")


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")
