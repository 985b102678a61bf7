"""Token ids on disk, mapped into memory: a corpus may be larger than the machine's memory."""

import hashlib
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

import numpy as np

from elman.errors import DataError

_CHUNK = 1 << 20


class TokenStore:
    """A read-only sequence of token ids.

    Args:
        ids: a one-dimensional array, usually a memory map.
        line_end: the id that ends a line, if there is one.
    """

    def __init__(self, ids: np.ndarray, line_end: int | None = None) -> None:
        self._ids = ids
        self.line_end = line_end

    def __len__(self) -> int:
        return len(self._ids)

    def slice(self, start: int, stop: int) -> "TokenStore":
        """Return a part as a store of its own; nothing is copied."""
        return TokenStore(self._ids[start:stop], self.line_end)

    @property
    def ids(self) -> np.ndarray:
        """The ids, (N)."""
        return self._ids

    def rows(self, starts: np.ndarray, length: int) -> np.ndarray:
        """Return `length` ids from each start, (B, length) int64; places before 0 or past the end give 0."""
        rows = np.zeros((len(starts), length), dtype=np.int64)
        for row, start in zip(rows, starts.tolist(), strict=True):
            first, last = max(start, 0), min(start + length, len(self._ids))
            if first < last:
                row[first - start : last - start] = self._ids[first:last]
        return rows

    def counts(self, size: int) -> np.ndarray:
        """Return how often each id below `size` occurs."""
        total = np.zeros(size, dtype=np.int64)
        for start in range(0, len(self), _CHUNK):
            total += np.bincount(self._ids[start : start + _CHUNK], minlength=size)
        return total

    @property
    def fingerprint(self) -> str:
        """A hash of the ids, whatever their width: equal data gives equal fingerprints."""
        digest = hashlib.sha256()
        for start in range(0, len(self), _CHUNK):
            digest.update(self._ids[start : start + _CHUNK].astype("<u4").tobytes())
        return digest.hexdigest()[:16]


class TokenStoreWriter:
    """Collects ids in an unnamed file, which the system removes with the process, however that ends.

    Used in a `with` statement; what `finish` returned stays readable after it.

    Args:
        folder: a folder on the disk that is to hold the ids.
        dtype: the type that they are kept in.

    Raises:
        DataError: the folder cannot be written, or its disk is full.
    """

    def __init__(self, folder: Path, dtype: np.typing.DTypeLike = np.uint32) -> None:
        self._folder = folder
        self._dtype = np.dtype(dtype)
        self._size = 0
        try:
            self._file = cast(BinaryIO, tempfile.TemporaryFile(dir=folder))  # noqa: SIM115
        except OSError as error:
            raise self._cannot(error) from error

    def __enter__(self) -> "TokenStoreWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # closing writes what is left once more, on a disk that has just refused it
            self._file.close()

    def append(self, ids: np.ndarray) -> None:
        """Add ids at the end."""
        try:
            self._file.write(ids.astype(self._dtype, copy=False).tobytes())
        except OSError as error:
            raise self._cannot(error) from error
        self._size += len(ids)

    def finish(self, line_end: int | None = None) -> TokenStore:
        """Return what was written. The map keeps the file alive after it is closed."""
        try:
            self._file.flush()
        except OSError as error:
            raise self._cannot(error) from error
        if not self._size:
            return TokenStore(np.zeros(0, self._dtype), line_end)
        return TokenStore(np.memmap(self._file, dtype=self._dtype, mode="r", shape=(self._size,)), line_end)

    def _cannot(self, error: OSError) -> DataError:
        return DataError(
            f"{self._folder}: cannot hold the encoded text: {error.strerror}. Free space there, or give another --out."
        )


def renumber(store: TokenStore, table: np.ndarray, folder: Path, line_end: int | None = None) -> TokenStore:
    """Return a store with `table[i]` for each id i, in the narrowest type that holds them all."""
    with TokenStoreWriter(folder, np.min_scalar_type(int(table.max(initial=0)))) as writer:
        for start in range(0, len(store), _CHUNK):
            writer.append(table[store.slice(start, start + _CHUNK)._ids])
        return writer.finish(line_end)
