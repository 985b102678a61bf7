"""What changes files, counted within a process, so that the n-th time something happens."""

import builtins
import errno
import io
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

ERRORS = {name: getattr(errno, name) for name in ("ENOSPC", "EDQUOT", "EIO", "EROFS", "EACCES", "EFBIG")}
"""What a system says where it will not write."""

_FULL = {"open", "write", "truncate", "fsync", "mkdir", "rename", "replace"}
_REFUSED = {
    "ENOSPC": _FULL,
    "EDQUOT": _FULL,
    "EFBIG": {"write", "truncate"},
}  # the others refuse all


@dataclass(frozen=True)
class Strike:
    """What happens, and when.

    Args:
        place: the number of the operation, from 1; 0 for never.
        error: what the system says, such as `ENOSPC`; empty for a kill.
        torn: whether a write is done by half before a kill.
        lasting: whether every operation after it fails too.
    """

    place: int = 0
    error: str = ""
    torn: bool = False
    lasting: bool = False

    def __str__(self) -> str:
        return f"{self.place}{'t' * self.torn}{self.error}{'+' * self.lasting}"

    @classmethod
    def of(cls, text: str) -> "Strike":
        """Return what `str` wrote, such as `12`, `12t`, `7ENOSPC+`."""
        digits = text[: len(text) - len(text.lstrip("0123456789"))]
        rest = text[len(digits) :]
        lasting, rest = rest.endswith("+"), rest.removesuffix("+")
        return cls(int(digits), "" if rest == "t" else rest, rest == "t", lasting)


class Operations:
    """Puts itself between Python and the system, and counts; for a process that ends soon, as nothing is put back.

    Args:
        strike: what is to happen.
    """

    def __init__(self, strike: Strike) -> None:
        self.count = 0
        self._strike = strike
        self._refused = _REFUSED.get(strike.error)
        raw, opened = self._file(), io.open

        def watched(file: Any, mode: str = "r", *values: Any, **more: Any) -> Any:
            if not set(mode) & set("wax+"):
                return opened(file, mode, *values, **more)
            self._next("open", file)
            return _layers(raw, file, mode, *values, **more)

        builtins.open = io.open = watched  # type: ignore[assignment]
        for name in ("fsync", "rename", "replace", "unlink", "remove", "mkdir", "rmdir", "ftruncate"):
            setattr(os, name, self._counted(name, getattr(os, name)))

    def _counted(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*values: Any, **more: Any) -> Any:
            self._next({"remove": "unlink", "ftruncate": "truncate"}.get(name, name), values[0])
            return function(*values, **more)

        return counted

    def _file(self) -> type[io.FileIO]:
        operations = self

        class Watched(io.FileIO):
            def write(self, data: Any) -> int:
                view = memoryview(data).cast("B")
                half = lambda: io.FileIO.write(self, view[: len(view) // 2])  # noqa: E731
                operations._next("write", self.name, half)
                return io.FileIO.write(self, view)

            def truncate(self, size: int | None = None) -> int:
                operations._next("truncate", self.name)
                return io.FileIO.truncate(self, size)

        return Watched

    def _next(self, name: str, where: Any, half: Callable[[], Any] | None = None) -> None:
        """Count one operation, and do what is to be done at it."""
        self.count += 1
        strike = self._strike
        if not strike.place or self.count < strike.place or (self.count > strike.place and not strike.lasting):
            return
        if not strike.error:
            if strike.torn and half:
                half()
            os.kill(os.getpid(), signal.SIGKILL)
        if self._refused is None or name in self._refused:
            if half and strike.error in ("ENOSPC", "EDQUOT", "EFBIG") and self.count == strike.place:
                with suppress(OSError):
                    half()
            number = ERRORS[strike.error]
            raise OSError(number, os.strerror(number), where if isinstance(where, str | os.PathLike) else None)


def _layers(
    raw: type[io.FileIO],
    file: Any,
    mode: str,
    buffering: int = -1,
    encoding: str | None = None,
    errors: str | None = None,
    newline: str | None = None,
    closefd: bool = True,
    opener: Any = None,
) -> Any:
    """Return what `open` returns, over a file of another class."""
    bare = raw(file, mode.replace("b", "").replace("t", ""), closefd, opener)
    if buffering == 0:
        return bare
    size = buffering if buffering > 1 else io.DEFAULT_BUFFER_SIZE
    buffered = io.BufferedRandom(bare, size) if "+" in mode else io.BufferedWriter(bare, size)
    return buffered if "b" in mode else io.TextIOWrapper(buffered, encoding, errors, newline)
