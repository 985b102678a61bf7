"""Writing so that a kill or a full disk at any moment leaves the state before it readable."""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from elman.errors import CheckpointError


def write_file(path: Path, *content: bytes | memoryview) -> None:
    """Replace a file in one step: write a new one beside it, force it to disk, rename.

    Args:
        path: of the file.
        content: what it is to hold, piece by piece.

    Raises:
        CheckpointError: the disk is full or the folder cannot be written; the old file is untouched.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        with partial.open("wb") as file:
            for piece in content:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise _not_written(path, error) from error


def write_folder(path: Path, files: Mapping[str, Iterable[bytes | memoryview]]) -> None:
    """Make a folder of files appear in one step, where there is none yet.

    Args:
        path: of the folder.
        files: what each is to hold, piece by piece.

    Raises:
        CheckpointError: the disk is full or the folder cannot be written; nothing appears then.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        for name, content in files.items():
            with (partial / name).open("wb") as file:
                for piece in content:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        _sync_folder(partial)
        partial.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise _not_written(path, error) from error


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep a folder to this process; the system frees it when the process ends, however that happens.

    Raises:
        CheckpointError: another process has it.
    """
    if os.name != "posix":
        yield
        return
    import fcntl

    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CheckpointError(f"{folder}: another process is training here. Wait for it, or stop it.") from None
        yield
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    """Force the names in a folder to disk, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _not_written(path: Path, error: OSError) -> CheckpointError:
    return CheckpointError(
        f"{path}: cannot be written: {error.strerror or error}. What was saved before is still there; "
        "free some space or fix the folder, then go on with elman train --resume."
    )
