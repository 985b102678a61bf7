"""The rows of files of word vectors: a word and its numbers, as text or as bytes."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np

from elman.errors import DataError, quoted
from elman.text.printed import counted

_WIDEST = 1_000_000
_LARGEST = 1e10
"""Hardly a vector of a word has such numbers: bytes of text, read as numbers, do."""


def read_text(path: Path, lines: Iterator[bytes], width: int, number: int) -> tuple[list[str], bytearray]:
    """Return the words and the bytes of their numbers.

    Args:
        path: of the file, for messages.
        lines: `word x_1 ... x_E` each.
        width: E.
        number: of the first of the lines.

    Raises:
        DataError: a row is broken or of another width; the message has the line.
    """
    words, rows = [], bytearray()
    expected = f"expected {width} as on the first line" if width > 0 else "expected a word and its numbers"
    for place, line in enumerate(lines, start=number):
        if not line or line.isspace():
            continue
        # From the right: the words of some files have blanks in them.
        word, *numbers = line.rsplit(None, width) if width > 0 else [b""]
        if len(numbers) != width or not word or (width == 1 and len(word.split()) > 1):
            got = counted(len(line.split()) - 1, "numbers")
            raise DataError(f"{path}:{place}: {got}, {expected}. Mend the row.")
        try:
            with np.errstate(over="ignore"):  # what does not fit becomes infinite, which is refused
                row = _numbers(numbers)
            if not np.isfinite(row).all():
                raise ValueError("not all numbers are finite")
        except ValueError as error:
            wrong = next((text for text in map(_decoded, numbers) if not _is_number(text)), "")
            what = f"got {quoted(wrong)}, expected a number" if wrong else str(error)
            raise DataError(f"{path}:{place}: {what}, in the vector of {_decoded(word)!r}. Mend the row.") from error
        words.append(_decoded(word.rstrip()))
        rows += row.tobytes()
    return words, rows


def read_binary(path: Path, file: BinaryIO, count: int, width: int) -> tuple[list[str], bytearray]:
    """Return the words and the bytes of their numbers.

    Args:
        path: of the file, for messages.
        file: behind its first line: for each word its name, a blank and E float32, perhaps a line end.
        count: how many words there should be.
        width: E.

    Raises:
        DataError: bytes make no sense, or there are fewer or more words; the message has the word.
    """
    if width > _WIDEST:
        raise DataError(f"{path}: got vectors of {width:,} numbers, expected at most {_WIDEST:,}.")
    words, rows, doubtful = [], bytearray(), ""
    for number in range(count):
        name = bytearray()
        while (letter := file.read(1)) not in (b" ", b""):
            name += letter
        data = file.read(4 * width)
        if len(data) != 4 * width:
            raise DataError(
                f"{path}: ends in word {number + 1:,} of {count:,}: it was cut off{doubtful}. Get the whole file."
            )
        word = bytes(name).lstrip(b"\n")
        row = np.frombuffer(data, dtype="<f4")
        words.append(_decoded(word))
        if any(byte < 32 for byte in word):
            raise DataError(
                f"{path}: word {number + 1:,} of {count:,}: got the name {quoted(words[-1])}, expected letters: a word "
                f"here or before has a blank in it, which ends it in this format{doubtful}. Get the file as text."
            )
        if not np.isfinite(row).all():
            raise DataError(f"{path}: not all numbers are finite, in the vector of {words[-1]!r}. Mend the row.")
        if not doubtful and np.abs(row).max(initial=0) > _LARGEST:
            doubtful = f"; the first numbers that make no sense are those of {words[-1]!r}"
        rows += data
    if file.read(2) not in (b"", b"\n"):
        said = f"{counted(count, 'words')}, as many as its first line says"
        raise DataError(f"{path}: has more behind {said}{doubtful}. Mend the line.")
    return words, rows


def _numbers(written: list[bytes]) -> np.ndarray:
    """Return a row of numbers, whose decimals may stand behind commas.

    Raises:
        ValueError: some are no numbers.
    """
    try:
        return np.array(written, dtype=np.float32)
    except ValueError:
        return np.array([text.replace(b",", b".") for text in written], dtype=np.float32)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", "."))
    except ValueError:
        return False
    return True


def _decoded(word: bytes) -> str:
    return word.decode("utf-8", "replace")
