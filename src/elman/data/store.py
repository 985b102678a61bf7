"""Token ids on disk, mapped into memory: a corpus may be larger than the machine's memory."""

import hashlib
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import cast

import numpy as np

from elman.files.unnamed import cannot_hold, unnamed_file
from elman.randomness import seed_of

_CHUNK = 1 << 20
_WHAT = "the encoded text"


class TokenStore:
    """A read-only sequence of token ids: a running text, or lines of which each is a text of its own.

    Args:
        ids: a one-dimensional array, usually a memory map.
        line_end: the id that ends a line, if there is one.
        ends: where each line ends, where lines are texts of their own; None for a running text.
    """

    def __init__(self, ids: np.ndarray, line_end: int | None = None, ends: np.ndarray | None = None) -> None:
        self._ids = ids
        self.line_end = line_end
        self.ends = ends

    def __len__(self) -> int:
        return len(self._ids)

    def slice(self, start: int, stop: int) -> "TokenStore":
        """Return a part of a running text as a store of its own; nothing is copied."""
        return TokenStore(self._ids[start:stop], self.line_end)

    def beginning(self, most: int) -> "TokenStore":
        """Return at most so many tokens: the first ones, or those of lines that are drawn, the same ones each time."""
        if self.ends is None or len(self) <= most:
            return self if len(self) <= most else self.slice(0, most)
        order = np.random.default_rng(seed_of(0, "lines")).permutation(len(self.ends))
        lengths = self.line_lengths
        fit = max(1, int(np.searchsorted(np.cumsum(lengths[order]), most, side="right")))
        chosen = np.sort(order[:fit])
        return TokenStore(self._ids[places_of_lines(self.ends, chosen)], self.line_end, np.cumsum(lengths[chosen]))

    @property
    def line_starts(self) -> np.ndarray:
        """Where each line begins that is a text of its own."""
        return np.zeros(0, np.int64) if self.ends is None else self.ends - self.line_lengths

    @property
    def line_lengths(self) -> np.ndarray:
        """How many tokens each line has that is a text of its own."""
        return np.diff(self.ends, prepend=0) if self.ends is not None else np.zeros(0, np.int64)

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
        if self.ends is not None:
            digest.update(self.ends.astype("<i8").tobytes())
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
        self._file = unnamed_file(folder, _WHAT)

    def __enter__(self) -> "TokenStoreWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # closing writes what is left once more, on a disk that has just refused it
            self._file.close()

    def append(self, ids: np.ndarray) -> None:
        """Add ids at the end; of many, such as those of one long line, only a part is copied at once."""
        try:
            for start in range(0, len(ids), _CHUNK):
                self._file.write(ids[start : start + _CHUNK].astype(self._dtype, copy=False).tobytes())
        except OSError as error:
            raise cannot_hold(self._folder, _WHAT, error) from error
        self._size += len(ids)

    def finish(self, line_end: int | None = None, ends: np.ndarray | None = None) -> TokenStore:
        """Return what was written. The map keeps the file alive after it is closed.

        Args:
            line_end: the id that ends a line, if there is one.
            ends: where each line ends, where lines are texts of their own.
        """
        try:
            self._file.flush()
        except OSError as error:
            raise cannot_hold(self._folder, _WHAT, error) from error
        if not self._size:
            return TokenStore(np.zeros(0, self._dtype), line_end, ends)
        return TokenStore(np.memmap(self._file, dtype=self._dtype, mode="r", shape=(self._size,)), line_end, ends)


def renumber(store: TokenStore, table: np.ndarray, folder: Path, line_end: int | None = None) -> TokenStore:
    """Return a store with `table[i]` for each id i, in the narrowest type that holds them all."""
    with TokenStoreWriter(folder, np.min_scalar_type(int(table.max(initial=0)))) as writer:
        for start in range(0, len(store), _CHUNK):
            writer.append(table[store.slice(start, start + _CHUNK)._ids])
        return writer.finish(line_end, store.ends)


def places_of_lines(ends: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return where the tokens of some lines stand, one line behind the other.

    Args:
        ends: where each line ends.
        rows: which lines.
    """
    stops = ends[rows]
    lengths = stops - np.where(rows > 0, ends[rows - 1], 0)
    return np.repeat(stops - np.cumsum(lengths), lengths) + np.arange(lengths.sum())


def take_lines(store: TokenStore, rows: np.ndarray, folder: Path) -> TokenStore:
    """Return some lines of a store as one of their own, in that order."""
    lengths = store.line_lengths[rows]
    ends = np.cumsum(lengths)
    with TokenStoreWriter(folder, store.ids.dtype) as writer:
        borders = np.searchsorted(ends, np.arange(0, int(lengths.sum()), _CHUNK))
        for part in np.split(rows, borders[1:]):
            writer.append(store.ids[places_of_lines(cast(np.ndarray, store.ends), part)])
        return writer.finish(store.line_end, ends)
