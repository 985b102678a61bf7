"""Standard input, output and error as a command may rely on them: there, and never the cause of a traceback."""

import codecs
import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import get_terminal_size
from typing import Any, BinaryIO, cast

from elman.errors import ElmanError

_REPLACED = "elman-replaced"


class OutputError(ElmanError):
    """What was to be printed cannot be written."""


class NobodyReadsError(Exception):
    """Whoever read the output has enough of it."""


class _Stream:
    """A text stream of this process, whatever it is; what it does not do itself, that does."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        try:
            written: int = self._stream.write(text)
            return written
        except OSError as error:
            self.failed(error)
            return len(text)

    def flush(self) -> None:
        try:
            self._stream.flush()
        except OSError as error:
            self.failed(error)

    def failed(self, error: OSError) -> None:
        """Write nowhere from now on: Python would try once more when the process ends."""
        with suppress(OSError, ValueError):
            own = self._stream.fileno()
            nowhere = os.open(os.devnull, os.O_WRONLY)
            try:
                os.dup2(nowhere, own)
            finally:
                os.close(nowhere)


class _Output(_Stream):
    """Standard output: what cannot be written there ends the command, whoever caught the first error meanwhile."""

    _failure: Exception | None = None

    def __init__(self, stream: Any, closed: bool) -> None:
        super().__init__(stream)
        self.is_missed = closed

    def write(self, text: str) -> int:
        if text and self.is_missed:
            self.failed(OSError(errno.EBADF, "it is closed"))
        return super().write(text)

    def flush(self) -> None:
        if self._failure is not None:
            raise self._failure
        super().flush()

    def failed(self, error: OSError) -> None:
        super().failed(error)
        reason = f"standard output: cannot be written: {error.strerror or error}."
        self._failure = NobodyReadsError() if isinstance(error, BrokenPipeError) else OutputError(reason)
        raise self._failure from error


@contextmanager
def opened() -> Iterator[None]:
    """Within it, the three streams are there. Characters that an encoding has not are replaced, and that is said.

    Raises:
        OutputError: standard output cannot be written, as on a full disk, or was closed and something is written to
            it; at the latest when it is flushed. Of standard error nothing is said.
        NobodyReadsError: a pipe was closed at its other end.
    """
    before = sys.stdin, sys.stdout, sys.stderr
    nowhere = Path(os.devnull)  # opened once for each: a file of data must not get the number of a stream
    given = [stream or nowhere.open("r+", encoding="utf-8") for stream in before]
    stdin, stdout, stderr = given
    with _replacing(stdout) as replaced:
        sys.stdin, sys.stdout, sys.stderr = stdin, _Output(stdout, before[1] is None), _Stream(stderr)
        try:
            yield
        finally:
            with suppress(OutputError, NobodyReadsError):
                sys.stdout.flush()
            if replaced:
                print(f"note: {replaced[0]} has no sign for some characters: they are written as ?", file=sys.stderr)
            sys.stdin, sys.stdout, sys.stderr = before
            for stream, own in zip(given, before, strict=True):
                if own is None:
                    stream.close()


def need_no_output() -> None:
    """Take a standard output that is closed for one that nobody reads: what a command leaves are files."""
    if isinstance(sys.stdout, _Output):
        sys.stdout.is_missed = False


def width_of(stream: Any) -> int | None:
    """Return how many characters a line of the terminal has that a stream is; None if it is none."""
    return get_terminal_size().columns if stream.isatty() else None


def input_bytes() -> BinaryIO:
    """Return standard input, past Python's buffer where it is a file of the system.

    A thread may wait in it while the process ends: of a buffer it would hold the lock, which Python waits for in vain
    and then ends with a fatal error.
    """
    try:
        return cast(BinaryIO, io.FileIO(sys.stdin.fileno(), closefd=False))
    except (OSError, ValueError, AttributeError):  # something else stands in its place
        return sys.stdin.buffer


@contextmanager
def _replacing(stream: Any) -> Iterator[list[str]]:
    """Within it, what cannot be encoded becomes a question mark; gives a list of the encoding, once it has happened.

    A stream that gives bytes back as they came in, as in the C locale, still does.
    """
    seen: list[str] = []
    errors = (stream.errors or "") if isinstance(stream, io.TextIOWrapper) else ""

    def replace(error: UnicodeError) -> tuple[str | bytes, int]:
        if not isinstance(error, UnicodeEncodeError):
            raise error
        error.end = error.start + 1  # one by one: some are bytes that came in, others are not
        with suppress(UnicodeError):
            return codecs.lookup_error(errors)(error)
        if not seen:
            seen.append(error.encoding)
        return "?", error.end

    narrow = errors in ("strict", "surrogateescape")
    if narrow:
        codecs.register_error(_REPLACED, replace)
        stream.reconfigure(errors=_REPLACED)
    try:
        yield seen
    finally:
        if narrow:
            with suppress(OSError, ValueError):
                stream.reconfigure(errors=errors)
