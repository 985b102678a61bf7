"""Frames on disk, mapped into memory: those of a corpus may be larger than the machine's memory."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from elman.files.unnamed import cannot_hold, unnamed_file

_WHAT = "the frames"

ROOM = 1 << 24
"""Bytes that are worth a map of their own."""


class FrameStore:
    """Keeps arrays in an unnamed file, which the system removes with the process, however that ends.

    What was kept stays readable as long as somebody holds it.

    Args:
        folder: a folder on the disk that is to hold them.

    Raises:
        DataError: the folder cannot be written, or its disk is full.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = unnamed_file(folder, _WHAT, buffering=0)

    def close(self) -> None:
        """Let go of the file; maps of it stay."""
        self._file.close()

    def keep(self, arrays: Sequence[np.ndarray]) -> list[np.ndarray]:
        """Return the same arrays, mapped; all have the type of the first.

        Raises:
            DataError: the disk is full.
        """
        start = self._file.tell()
        whole = np.concatenate([np.ravel(array) for array in arrays]) if arrays else np.empty(0)
        self.append(whole)
        parts = np.split(self.mapped(start, whole.dtype, whole.shape), np.cumsum([one.size for one in arrays])[:-1])
        return [part.reshape(array.shape) for part, array in zip(parts, arrays, strict=False)]

    def append(self, array: np.ndarray) -> None:
        """Add an array at the end, to be mapped with the others.

        Raises:
            DataError: the disk is full.
        """
        view = memoryview(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data)
        try:
            while len(view):
                view = view[self._file.write(view) :]
        except OSError as error:
            raise cannot_hold(self._folder, _WHAT, error) from error

    def mapped(self, start: int, dtype: np.typing.DTypeLike, shape: tuple[int, ...]) -> np.ndarray:
        """Return what stands from a byte on."""
        if not np.prod(shape):
            return np.zeros(shape, dtype)
        return np.asarray(np.memmap(self._file, dtype, "r", start, shape))


def kept_together(rows: Iterable[np.ndarray], width: int, folder: Path) -> np.ndarray:
    """Return rows of frames one behind the other, (N, F), on the disk of a folder and mapped; float32.

    Args:
        rows: (T, F) each; one is in memory at a time.
        width: F.
        folder: on that disk.

    Raises:
        DataError: the disk is full.
    """
    store, count = FrameStore(folder), 0
    try:
        for frames in rows:
            store.append(frames.astype(np.float32, copy=False))
            count += len(frames)
        return store.mapped(0, np.float32, (count, width))
    finally:
        store.close()
