"""Pictures in one file as MNIST has them (idx), their labels in a second one."""

import math
import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from elman.data.fields import Kind
from elman.data.readers.base import Reader
from elman.data.recordings import Medium, Recording
from elman.data.records import Example
from elman.errors import DataError
from elman.files.packed import opened

_BYTES = 0x08
_MOST = 1 << 32
"""Bytes that a file may have when it is unpacked."""


class IdxReader(Reader):
    """Yields the fields `frames`, a grey picture, and `labels`.

    A source is the file of pictures, such as `train-images-idx3-ubyte.gz`; that of its labels lies beside it and has
    `labels-idx1` in its name where this has `images-idx3`.
    """

    class Config(Reader.Config):
        """Options of idx files."""

        name: str = "idx"

    holds = {Kind.FRAMES: 1, Kind.LABELS: 1}
    apart = "each picture is an example"

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 4 for a file of pictures by its first four bytes."""
        return 4 if head.startswith("\0\0\x08\x03") else 0

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the pictures of one file.

        Raises:
            DataError: it cannot be read, has another size than it says, or its labels are not there or not as many.
        """
        path = paths[0]
        pictures = _read(path, 3)
        labels = _read(_labels_of(path), 1) if "labels" in self.fields else np.empty(0)
        if "labels" in self.fields and len(labels) != len(pictures):
            raise DataError(f"{_labels_of(path)}: {len(labels):,} labels, expected one for each of {len(pictures):,}.")
        for number, picture in enumerate(pictures):
            # What is written is bright there: ink and paper the other way round than on a page.
            fields: dict[str, object] = {"frames": Recording(picture, Medium.PICTURE)}
            if "labels" in self.fields:
                fields["labels"] = [str(labels[number])]
            yield Example(fields, f"{path}:{number + 1}")


def _labels_of(path: Path) -> Path:
    found = path.with_name(path.name.replace("images", "labels").replace("idx3", "idx1"))
    if found == path or not found.exists():
        raise DataError(
            f"{path}: no labels beside it: expected {found.name}, as train-labels-idx1-ubyte lies beside "
            "train-images-idx3-ubyte. Put it there."
        )
    return found


def _read(path: Path, dimensions: int) -> np.ndarray:
    """Return the bytes of a file as an array.

    Raises:
        DataError: it cannot be read, or has another size than it says.
    """
    try:
        with opened(path) as file:
            head = file.read(4 + 4 * dimensions)
            if len(head) < 4 + 4 * dimensions or head[:4] != bytes([0, 0, _BYTES, dimensions]):
                raise DataError(
                    f"{path}: no idx file of {dimensions} dimensions of bytes: it begins with {head[:4].hex(' ')}, "
                    f"expected 00 00 08 0{dimensions}. Is it the right file?"
                )
            shape = struct.unpack(f">{dimensions}I", head[4:])
            size = math.prod(shape)
            data = file.read(size + 1) if size <= _MOST else b""
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read: {error}. Unpack it to see where it breaks.") from error
    if len(data) != size:
        more = "more" if len(data) > size else f"{len(data):,}"
        raise DataError(f"{path}: says {' x '.join(map(str, shape))} bytes, has {more}. Is it whole?")
    return np.frombuffer(data, np.uint8).reshape(shape)
