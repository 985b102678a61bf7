"""Where large arrays lie while an n-gram model is made: in memory, or in files that the system may page out."""

import os
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import numpy as np

from elman.errors import DataError
from elman.files.unnamed import cannot_hold, unnamed_file

_WHAT = "the counts"
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30}


def parse_size(text: str) -> int:
    """Return how many bytes `300M` or `2G` are.

    Raises:
        ValueError: it is no size.
    """
    digits, unit = text[:-1], text[-1:].upper()
    if unit.isdigit():
        digits, unit = text, ""
    if unit not in _UNITS or not digits.isdecimal() or int(digits) == 0:
        raise ValueError(f"got {text!r}, expected a size such as 300M or 2G.")
    return int(digits) * _UNITS[unit]


class Workspace:
    """Room for arrays.

    Args:
        folder: where files of arrays lie, if they do; they have no name, so they go with the process.
        on_disk: whether arrays lie in files, which the system pages out when memory is short.
    """

    def __init__(self, folder: Path | None = None, on_disk: bool = False) -> None:
        self.folder = folder
        self.on_disk = on_disk

    def empty(self, size: int, dtype: np.typing.DTypeLike) -> np.ndarray:
        """Return an array whose values mean nothing yet.

        Raises:
            DataError: there is no room on the disk.
        """
        if not self.on_disk or not size:
            return np.empty(size, dtype)
        file = self.file()
        try:
            # Room that is taken now cannot be missing later, when writing to it would end the process.
            os.posix_fallocate(file.fileno(), 0, size * np.dtype(dtype).itemsize)
        except OSError as error:
            raise self.cannot(error) from error
        with file:
            return np.memmap(file, dtype=dtype, mode="r+", shape=(size,))

    def writer(self, dtype: np.typing.DTypeLike, most: int) -> "ArrayWriter":
        """Return a writer of an array that grows at its end, up to `most` values."""
        return ArrayWriter(self, np.dtype(dtype), most)

    def file(self) -> BinaryIO:
        """Return a file without a name.

        Raises:
            DataError: the folder cannot be written.
        """
        return unnamed_file(self.folder, _WHAT)

    def cannot(self, error: OSError) -> DataError:
        """Return the error to raise where the disk refuses."""
        return cannot_hold(self.folder, _WHAT, error)


class ArrayWriter:
    """An array that grows at its end.

    Args:
        work: where it lies.
        dtype: of its values.
        most: how many there may be.
    """

    def __init__(self, work: Workspace, dtype: np.dtype, most: int) -> None:
        self._work = work
        self._dtype = dtype
        self._file = work.file() if work.on_disk else None
        # Room that is never written to takes no memory: the system gives pages as they are touched.
        self._room = np.empty(0 if work.on_disk else most, dtype)
        self.size = 0

    def append(self, values: np.ndarray) -> None:
        """Add values at the end.

        Raises:
            DataError: the disk is full.
        """
        first = self.size
        self.size += len(values)
        if self._file is None:
            self._room[first : self.size] = values
            return
        try:
            self._file.write(np.ascontiguousarray(values, self._dtype).data)
        except OSError as error:
            raise self._work.cannot(error) from error

    def finish(self) -> np.ndarray:
        """Return the array.

        Raises:
            DataError: the disk is full.
        """
        if self._file is None:
            return self._room[: self.size]
        try:
            self._file.flush()
            if not self.size:
                return np.empty(0, self._dtype)
            return np.memmap(self._file, dtype=self._dtype, mode="r+", shape=(self.size,))
        except OSError as error:
            raise self._work.cannot(error) from error
        finally:
            with suppress(OSError):  # closing writes what is left once more, on a disk that has just refused it
                self._file.close()
