"""Drawings as the way of a pen, in `.npz` files without pickle: all points behind each other, and how many each has."""

import math
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy
from pydantic import Field

from elman.data.fields import Kind
from elman.data.pen import looks_absolute, pen_recording
from elman.data.readers.base import PartedReader, Reader
from elman.data.records import Example
from elman.data.stretch import parted
from elman.errors import DataError

_MOST = 1 << 32
"""Bytes of an array that are read at most."""

_LOOKED_AT = 100


class StrokesReader(PartedReader):
    """Yields the field `frames`, points (dx, dy, up): 1 at the last point of a stroke.

    An array `<part>_strokes`, (N, 3), has the points of all drawings of a part, `<part>_len` how many each has.
    `FILE#valid` means one part of a file.
    """

    class Config(Reader.Config):
        """Options of drawings."""

        name: str = "strokes"
        part: str = Field(
            "train", min_length=1, description="Which part is read where none is named behind the file: train, valid."
        )

    config: Config
    holds = {Kind.FRAMES: 1}
    apart = "each drawing is an example"

    @classmethod
    def recognizes(cls, path: Path, head: str, fields: Sequence[str]) -> int:
        """Say 3 for the ending, where the file is a zip."""
        return 3 if path.name.lower().endswith(".npz") and head.startswith("PK") else 0

    def overlap(self, one: str, other: str) -> bool:
        """Say whether two parts are one."""
        return (one or self.config.part) == (other or self.config.part)

    def _examples(self, paths: Sequence[Path]) -> Iterator[Example]:
        """Yield the drawings of one part.

        Raises:
            DataError: the file cannot be read, or has no such part; lengths do not fit the points.
        """
        path, named = parted(paths[0])
        part = named or self.config.part
        arrays = read_arrays(path, (f"{part}_strokes", f"{part}_len"))
        points, lengths = arrays[f"{part}_strokes"], arrays[f"{part}_len"].astype(np.int64).ravel()
        if points.ndim != 2 or (lengths < 0).any() or int(lengths.sum()) != len(points):
            raise DataError(
                f"{path}: {part}_len adds up to {int(lengths.sum()):,}, but {part}_strokes has {len(points):,} points, "
                "expected as many."
            )
        absolute, start = 0, f"{path}:{part}" if named else path
        for number, end in enumerate(np.cumsum(lengths).tolist(), start=1):
            where = f"{start}:{number}"
            own = points[end - int(lengths[number - 1]) : end]
            if len(own) < 2 and not self.answers:
                self.skipped["drawings of one point or none"] += 1
                continue
            absolute += number <= _LOOKED_AT and looks_absolute(own)
            yield Example({"frames": pen_recording(own, where)}, where)
        if 2 * absolute > min(len(lengths), _LOOKED_AT):
            self.remark(
                f"{path.name}: points look like places on the paper, and are read as steps from the one before: take "
                "differences first"
            )


def read_arrays(path: Path, names: Sequence[str]) -> Mapping[str, np.ndarray]:
    """Return arrays of numbers of an `.npz` file; nothing in it is executed, and its headers are believed only so far.

    Raises:
        DataError: it is none, lacks one of them, or has one that is too large, of objects, or cut off.
    """
    try:
        with zipfile.ZipFile(path) as file:
            there = {name.removesuffix(".npy") for name in file.namelist() if name.endswith(".npy")}
            lacking = [name for name in names if name not in there]
            if lacking:
                raise DataError(
                    f"{path}: no array {lacking[0]!r}: got {', '.join(sorted(there)[:8]) or 'none'}. Name a part that "
                    f"is there: {path}#NAME."
                )
            return {name: _array(file, name, path) for name in names}
    except (
        OSError,
        UnicodeError,
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
    ) as error:
        raise DataError(f"{path}: cannot be read as .npz: {error}. Is it whole?") from error


def _array(file: zipfile.ZipFile, name: str, path: Path) -> np.ndarray:
    with file.open(f"{name}.npy") as member:
        try:
            version = npy.read_magic(member)
            header: Any = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
            shape, fortran, dtype = header(member)
        except ValueError as error:
            raise DataError(f"{path}: array {name!r} is none: {error}. Is it whole?") from error
        size = math.prod(shape) * dtype.itemsize
        if dtype.kind not in "iuf" or fortran or not 0 <= size <= _MOST:
            raise DataError(
                f"{path}: array {name!r} of {dtype} and shape {shape}, expected numbers in rows, at most {_MOST >> 30} "
                "GB of them. Save it anew, without pickle."
            )
        data = member.read(size)
    if len(data) != size:
        raise DataError(f"{path}: array {name!r} says {size:,} bytes, has {len(data):,}. Is it whole?")
    return np.frombuffer(data, dtype).reshape(shape)
