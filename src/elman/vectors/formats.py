"""Files of word vectors: word2vec text and binary, GloVe text, fastText text."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import numpy as np

from elman.errors import DataError


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

    A word that comes twice keeps its first vector.

    Raises:
        DataError: the file is missing or empty, a row is broken or of another width; the message has the line or word.
    """
    try:
        with _open(path) as file:
            header = file.readline()
            sizes = header.split()
            counted = len(sizes) == 2 and all(part.isdigit() for part in sizes)
            if counted and _is_binary(file.peek(4096)[:4096]):  # type: ignore[attr-defined]
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
    first = {word: row for row, word in reversed(list(enumerate(words)))}
    kept = sorted(first.values())
    matrix = np.stack(rows) if len(kept) == len(rows) else np.stack([rows[row] for row in kept])
    return Vectors([words[row] for row in kept], matrix)


def _text(path: Path, lines: Iterator[bytes], width: int, number: int) -> tuple[list[str], list[np.ndarray]]:
    words, rows = [], []
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
        rows.append(row)
    return words, rows


def _binary(path: Path, file: BinaryIO, count: int, width: int) -> tuple[list[str], list[np.ndarray]]:
    words, rows = [], []
    for number in range(count):
        name = bytearray()
        while (letter := file.read(1)) not in (b" ", b""):
            name += letter
        data = file.read(4 * width)
        if len(data) != 4 * width:
            raise DataError(f"{path}: ends in word {number + 1:,} of {count:,}: it was cut off. Get the whole file.")
        words.append(_decoded(bytes(name).lstrip(b"\n")))
        rows.append(np.frombuffer(data, dtype="<f4"))
        if not np.isfinite(rows[-1]).all():
            raise DataError(f"{path}: not all numbers are finite, in the vector of {words[-1]!r}. Mend the row.")
    return words, rows


def _is_binary(beginning: bytes) -> bool:
    """Say whether what comes after the header are bytes of numbers: no text has control characters."""
    return any(byte < 9 or 13 < byte < 32 for byte in beginning)


def _with(header: bytes, file: BinaryIO) -> Iterator[bytes]:
    if header:
        yield header
    yield from file


def _decoded(word: bytes) -> str:
    return word.decode("utf-8", "replace")


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path, "rb")) if path.suffix == ".gz" else path.open("rb")
