"""Writing so that a kill or a full disk at any moment leaves the state before it readable."""

import glob
import os
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from elman.errors import CheckpointError, NotWrittenError

_STALE = 3600.0
"""Seconds after which nobody writes to a partial file any more that has not changed meanwhile."""


def partial_path(path: Path) -> Path:
    """Return a name beside a path that no other writer has: what is written there appears at the path by renaming.

    What writers to the same path left that were killed is removed.
    """
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.partial"):
        with suppress(OSError):
            if time.time() - left.stat().st_mtime > _STALE:
                remove(left)
    return path.with_name(f".{path.name}.{os.getpid():x}{secrets.token_hex(4)}.partial")


def remove(path: Path) -> None:
    """Remove a file or a folder, if there is one.

    Raises:
        OSError: it cannot be removed.
    """
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def is_partial(name: str) -> bool:
    """Say whether a file or folder of this name is what a writer, perhaps a killed one, was writing."""
    return name.startswith(".") and name.endswith(".partial")


def write_file(path: Path, *content: bytes | memoryview) -> None:
    """Replace a file in one step: write a new one beside it, force it to disk, rename.

    Args:
        path: of the file.
        content: what it is to hold, piece by piece.

    Raises:
        NotWrittenError: the disk is full or the folder cannot be written; the old file is untouched.
    """
    with write_files([path]) as [partial], partial.open("wb") as file:
        for piece in content:
            file.write(piece)


@contextmanager
def write_files(paths: Sequence[Path]) -> Iterator[list[Path]]:
    """Give paths to write to, which replace the files when all is written: all of them, or none.

    Raises:
        NotWrittenError: the disk is full or a folder cannot be written; the old files are untouched.
    """
    partials = [partial_path(path) for path in paths]
    try:
        yield partials
        for partial in partials:
            with partial.open("rb") as written:
                os.fsync(written.fileno())
        _put(partials, paths)
        for folder in dict.fromkeys(path.parent for path in paths):
            sync_folder(folder)
    except OSError as error:
        raise _not_written(paths[0], error) from error
    finally:
        for partial in partials:
            with suppress(OSError):
                partial.unlink()


def _put(partials: Sequence[Path], paths: Sequence[Path]) -> None:
    """Rename files to their places. Several belong together: a kill between two leaves one missing, never an older one.

    Raises:
        OSError: one cannot be renamed; all are as they were before.
    """
    before = {path: partial_path(path) for path in paths if path.exists()} if len(paths) > 1 else {}
    put: list[Path] = []
    try:
        for path, aside in before.items():
            path.rename(aside)
            put.append(path)
        for partial, path in zip(partials, paths, strict=True):
            partial.replace(path)
            put.append(path)
    except OSError:
        for path in dict.fromkeys(put):
            with suppress(OSError):
                before[path].replace(path) if path in before else path.unlink()
        raise
    for aside in before.values():
        with suppress(OSError):
            aside.unlink()


def write_folder(path: Path, files: Mapping[str, Iterable[bytes | memoryview]]) -> None:
    """Make a folder of files appear in one step, where there is none yet.

    Args:
        path: of the folder.
        files: what each is to hold, piece by piece.

    Raises:
        NotWrittenError: the disk is full or the folder cannot be written; nothing appears then.
    """
    partial = partial_path(path)
    try:
        partial.mkdir(parents=True)
        for name, content in files.items():
            with (partial / name).open("wb") as file:
                for piece in content:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        sync_folder(partial)
        partial.replace(path)
        sync_folder(path.parent)
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


@contextmanager
def removed_if_empty(folders: Sequence[Path]) -> Iterator[None]:
    """Remove folders, the innermost first, when an error comes and there is nothing in them."""
    try:
        yield
    except BaseException:
        with suppress(OSError):
            for folder in folders:
                folder.rmdir()
        raise


def sync_folder(folder: Path) -> None:
    """Force the names in a folder to disk, where the system can."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _not_written(path: Path, error: OSError) -> NotWrittenError:
    return NotWrittenError(
        path,
        error.strerror or error,
        "What was saved before is still there; free some space or fix the folder, then go on with elman train "
        "--resume.",
    )
