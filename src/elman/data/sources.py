"""Files: what the user named, whether it is there, and its lines. `.gz` is read everywhere."""

import codecs
import glob
import gzip
import io
import os
import shlex
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from elman.data.misread import high_bytes, misread, no_text
from elman.errors import DataError
from elman.files.packed import opened

_BLOCK_CHARACTERS = 1 << 16
_LOOKED_AT = 1 << 12
_IN_A_FILE = (
    " Text itself is given in a file: write it to one. In Python: "
    "pathlib.Path('text.txt').write_text('\\n'.join(lines), 'utf-8')"
)
_LONGEST_PATH = 4096


def expand(patterns: Sequence[str], base: Path = Path(), folders: bool | None = False) -> list[Path]:
    """Return the files that names and globs stand for, in the order given, each glob sorted.

    Args:
        patterns: file names or globs, relative to `base`.
        base: the working directory, or the folder of the configuration that names them.
        folders: whether folders are meant and not files; None: either will do.

    Raises:
        DataError: a name leads nowhere, or to a folder where a file is meant, or the other way round.
    """
    found: list[Path] = []
    for pattern in patterns:
        if pattern == "-":
            raise DataError("-: standard input is not read here. Write it to a file, or give /dev/stdin.")
        path = base / pattern
        several = matches(path)
        if not several:
            text = _IN_A_FILE if " " in pattern and not path.suffix else ""
            raise DataError(f"{path}: no such file. Check the name; a glob must match at least one file.{text}")
        for match in several:
            if match.is_dir() and folders is False:
                raise DataError(f"{match}: a folder, expected a file. {_files_named(match)}")
            if folders and not match.is_dir():
                raise DataError(f"{match}: a file, expected a folder with a folder a class.")
        found += several
    return found


def _files_named(folder: Path) -> str:
    """Return how the files of a folder can be named: those of the ending that most have, in it or below it."""
    endings: Counter[tuple[bool, str]] = Counter()
    for found, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        endings.update((Path(found) == folder, Path(name).suffix) for name in names if not name.startswith("."))
        if endings:
            break  # those in the folder itself, or in the first one below it
    if not endings:
        return "It has no files."
    (within, ending), _ = endings.most_common(1)[0]
    glob_ = folder / ("" if within else "**") / f"*{ending}"
    return f"Name its files, such as {shlex.quote(str(glob_))}."


def matches(pattern: str | Path) -> list[Path]:
    """Return the files that a name or a glob stands for, sorted; none where there are none."""
    path = Path(pattern)
    if len(str(path)) > _LONGEST_PATH:
        return []  # as nothing has such a name, and a glob of brackets takes the square of its length
    return [path] if is_there(path) else [Path(one) for one in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207


def are_there(name: str) -> bool:
    """Say whether a name leads to files: one, those of a glob, or some side by side with commas between."""
    return bool(matches(name)) or ("," in name and all(map(matches, name.split(","))))


def is_there(path: Path) -> bool:
    """Say whether there is something of this name; of one that is longer than a name can be, there is nothing."""
    return os.path.exists(path)  # noqa: PTH110  # which says so of every name


def files_of(folder: Path) -> list[Path]:
    """Return what is in a folder and not hidden, sorted."""
    try:
        return sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as error:
        raise DataError(f"{folder}: cannot be read as a folder: {error.strerror or error}.") from error


def refuse_pipes(paths: Iterable[Path]) -> None:
    """Refuse what cannot be read a second time, or never ends.

    Raises:
        DataError: one is a pipe or a device, such as `<(command)` of a shell.
    """
    for path in paths:
        if is_there(path) and not path.is_file() and not path.is_dir():
            raise DataError(
                f"{path}: a pipe or a device, which can be read only once, and it is read more than once here. Write "
                "it to a file first: command > FILE"
            )


def refuse_what_is_no_text(paths: Iterable[Path]) -> None:
    """Refuse spreadsheets, text whose letters have a zero byte beside each, and what is no text at all.

    Raises:
        DataError: one is so.
    """
    for path in paths:
        beginning = head(path)
        if beginning.startswith("PK\x03\x04") or 4 * beginning.count("\0") > len(beginning) > 0:
            raise _without_mark(path, beginning)
        if path.is_file():
            with opened(path) as file:
                what = no_text(file.read(_LOOKED_AT))
            if what:
                raise _not_text(path, what)


def head(path: Path, characters: int = 1 << 16) -> str:
    """Return how a file begins, as far as it can be read as UTF-8; empty for a folder and for what is no file.

    Raises:
        DataError: it could not be read again.
    """
    refuse_pipes([path])
    try:
        with opened(path) as file:
            return file.read(characters).decode("utf-8-sig", "replace").replace("\r\n", "\n")
    except (OSError, EOFError, zlib.error):
        return ""


def dropped(patterns: Sequence[str]) -> list[str]:
    """Return what reading leaves out of files besides line ends, by how each begins: a remark a file."""
    remarks = []
    for path in expand(patterns):
        if not path.is_file():
            continue
        with _reading(path), opened(path) as file:
            beginning = file.read(_BLOCK_CHARACTERS)
        found = [
            name
            for name, there in (
                ("a byte order mark", beginning.startswith(codecs.BOM_UTF8)),
                ("carriage returns at the ends of lines", b"\r\n" in beginning),
            )
            if there
        ]
        remarks += [f"{path}: {' and '.join(found)}: left out"] if found else []
    return remarks


def read_blocks(path: Path, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    r"""Yield whole lines of a file in blocks of about 64 K characters, each with the number of its first line.

    A line is never cut, so a file that is one long line is one block. Line ends of every system become `\n`, and a
    byte order mark is dropped.

    Raises:
        DataError: the file cannot be read, or not in this encoding; the message has the line.
    """
    try:
        with _reading(path), opened(path) as file, io.TextIOWrapper(file, encoding=_with_mark(encoding)) as text:
            number = 1
            while block := text.read(_BLOCK_CHARACTERS):
                if not block.endswith("\n"):
                    block += text.readline()
                if number == 1 and 4 * block.count("\0") > len(block):
                    raise _without_mark(path, block)
                yield number, block
                number += block.count("\n")
    except UnicodeError as error:
        with _reading(path):
            raise _wrong_encoding(path, encoding, error) from error
    except LookupError as error:
        raise DataError(f"{path}: {error}. Set reader.encoding to one Python knows, such as utf-8.") from error


def numbered_lines(path: Path, encoding: str = "utf-8") -> Iterator[tuple[int, str]]:
    """Yield the lines of a file with their numbers from 1 and without their ends.

    Raises:
        DataError: as of `read_blocks`.
    """
    for first, block in read_blocks(path, encoding):
        yield from enumerate(block.removesuffix("\n").split("\n"), start=first)


def lines_of(pattern: str, encoding: str = "utf-8") -> Iterator[str]:
    """Yield the lines of a file, or of all that a glob finds, one behind the other and without their ends.

    Raises:
        DataError: there is none, or as of `read_blocks`.
    """
    for path in expand([pattern]):
        yield from (line for _, line in numbered_lines(path, encoding))


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn what a file that cannot be read or unpacked raises into a DataError."""
    try:
        yield
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataError(f"{path}: not a whole gzip file: {error}. Unpack it to see where it breaks.") from error
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror or error}.") from error


def read_stream(stream: BinaryIO, encoding: str = "utf-8") -> Iterator[str]:
    """Yield the lines of a stream, such as standard input, as they come and without their ends.

    Raises:
        DataError: a line is not in this encoding; the message has its number.
    """
    text = io.TextIOWrapper(stream, encoding=_with_mark(encoding))
    number = 1
    try:
        for number, line in enumerate(text, start=2):  # noqa: B007 (the message below uses it)
            yield line.removesuffix("\n")
    except UnicodeError as error:
        reason = getattr(error, "reason", str(error))
        where = f"standard input, line {number} or later"
        raise DataError(f"{where}: not {encoding}: {reason}. Convert it first.") from error
    finally:
        text.detach()


def _with_mark(encoding: str) -> str:
    return "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding


def _without_mark(path: Path, block: str) -> DataError:
    """Return what to say of a file with a zero beside each letter."""
    if block.startswith("PK"):
        return _zipped(path)
    encoding = "utf-16-be" if block.startswith("\0") else "utf-16-le"
    return DataError(
        f"{path}: looks like UTF-16 without a mark: got a zero byte beside most letters, expected UTF-8. Set "
        f"reader.encoding={encoding}, or convert it: iconv -f {encoding} -t utf-8"
    )


def _zipped(path: Path) -> DataError:
    if path.suffix.lower() == ".npz":
        return DataError(
            f"{path}: looks like arrays (.npz): got no text in it, expected text. Drawings alone: elman train strokes; "
            'with a text for each they are JSON lines: {"strokes": [[1, -2, 0], [3, 4, 1]], "text": "on"}.'
        )
    return DataError(
        f"{path}: looks like a spreadsheet (xlsx) or another zip file, expected text. Save it as CSV, or unpack it."
    )


def _wrong_encoding(path: Path, encoding: str, error: UnicodeError) -> DataError:
    """Find the line that cannot be decoded, and say what the file looks like instead."""
    with opened(path) as file:
        head = file.read(2)
    if head == b"\x1f\x8b":
        return DataError(f"{path}: looks gzip-compressed. Give it the ending .gz, or unpack it.")
    if head == b"PK":
        return _zipped(path)
    if head in (b"\xff\xfe", b"\xfe\xff"):
        return DataError(f"{path}: not {encoding}, it starts like UTF-16. Try --set reader.encoding=utf-16.")
    with opened(path) as file:
        what = no_text(file.read(_LOOKED_AT))
        if what and not encoding.lower().startswith(("utf-16", "utf_16", "utf-32", "utf_32")):
            return _not_text(path, what)
    with opened(path) as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode(encoding)
            except UnicodeError as wrong:
                others = bytes(set().union(*(high_bytes(one, encoding) for one in file)))
                return DataError(f"{path}:{number}: not {encoding}: {misread(line, wrong, others)}")
    return DataError(f"{path}: not {encoding}: {error}. Set reader.encoding to what the file is in.")


def _not_text(path: Path, what: str) -> DataError:
    return DataError(f"{path}: not text: {what}, expected letters. Is it the right file?")
