"""Token ids on disk, mapped into memory: a corpus may be larger than the machine's memory."""

import hashlib
import tempfile
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np

from elman.errors import DataError

_CHUNK = 1 << 20


class TokenStore:
    """A read-only sequence of token ids.

    Args:
        ids: a one-dimensional array, usually a memory map.
    """

    def __init__(self, ids: np.ndarray) -> None:
        self._ids = ids

    def __len__(self) -> int:
        return len(self._ids)

    def slice(self, start: int, stop: int) -> "TokenStore":
        """Return a part as a store of its own; nothing is copied."""
        return TokenStore(self._ids[start:stop])

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

    Args:
        folder: a folder on the disk that is to hold the ids.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = _unnamed_file(folder)
        self._size = 0

    def append(self, ids: np.ndarray) -> None:
        """Add ids (uint32) at the end."""
        _write(self._file, self._folder, ids.astype(np.uint32, copy=False))
        self._size += len(ids)

    def finish(self) -> TokenStore:
        """Return what was written."""
        return _mapped(self._file, np.dtype(np.uint32), self._size)


def renumber(store: TokenStore, table: np.ndarray, folder: Path) -> TokenStore:
    """Return a store with `table[i]` for each id i, in the narrowest type that holds them all."""
    dtype = np.min_scalar_type(int(table.max(initial=0)))
    file = _unnamed_file(folder)
    narrow = table.astype(dtype)
    for start in range(0, len(store), _CHUNK):
        _write(file, folder, narrow[store.slice(start, start + _CHUNK)._ids])
    return _mapped(file, dtype, len(store))


def _unnamed_file(folder: Path) -> BinaryIO:
    try:
        return cast(BinaryIO, tempfile.TemporaryFile(dir=folder))
    except OSError as error:
        raise DataError(f"{folder}: cannot hold the encoded text: {error.strerror}.") from error


def _write(file: BinaryIO, folder: Path, ids: np.ndarray) -> None:
    try:
        file.write(ids.tobytes())
    except OSError as error:
        raise DataError(f"{folder}: cannot hold the encoded text: {error.strerror}. Free some space.") from error


def _mapped(file: BinaryIO, dtype: np.dtype, size: int) -> TokenStore:
    file.flush()
    return TokenStore(np.memmap(file, dtype=dtype, mode="r", shape=(size,)) if size else np.zeros(0, dtype))
