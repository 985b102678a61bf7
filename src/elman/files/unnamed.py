"""Unnamed files, which the system removes with the process, however that ends."""

import tempfile
from pathlib import Path
from typing import BinaryIO, cast

from elman.errors import DataError


def unnamed_file(folder: Path | None, what: str, buffering: int = -1) -> BinaryIO:
    """Return one to write to and to read.

    Args:
        folder: a folder on the disk that is to hold it; None: where the system keeps such files.
        what: it is for, such as `the frames`.
        buffering: as of `open`.

    Raises:
        DataError: the folder cannot be written, or its disk is full.
    """
    try:
        return cast(BinaryIO, tempfile.TemporaryFile(dir=folder, buffering=buffering))
    except OSError as error:
        raise cannot_hold(folder, what, error) from error


def cannot_hold(folder: Path | None, what: str, error: OSError) -> DataError:
    """Return what is said where the disk of a folder does not take something."""
    where = folder or tempfile.gettempdir()
    return DataError(f"{where}: cannot hold {what}: {error.strerror}. Free space there, or give another --out.")
