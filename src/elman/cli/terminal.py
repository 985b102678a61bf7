"""A terminal whose keys arrive one by one, and that is always left as it was found."""

import os
import signal
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from shutil import get_terminal_size
from typing import Any

from elman.keyboard.keys import PASTE_OFF, PASTE_ON, Keys
from elman.keyboard.line import LEAVE, Line

_HINT = "Tab takes the first word, a digit another; Enter ends the line, Ctrl-D leaves"
_ENDING = (signal.SIGTERM, signal.SIGHUP)


def type_lines(line: Line) -> None:
    """Let someone type lines until they leave, with the suggestions below the line that is typed."""
    keys, inside, hint = Keys(), sys.stdin.fileno(), _HINT
    with one_by_one(inside):
        while not line.has_left:
            _draw(line, hint)
            given, hint = _read(inside), ""
            for key in keys.feed(given) if given else [LEAVE]:
                ended = line.press(key)
                if ended is not None:
                    _write(f"\r\x1b[J{ended}\n")
                if line.has_left:
                    break
        _write(f"\r\x1b[J{line.text}\n" if line.text else "\r\x1b[J")


@contextmanager
def loading() -> Iterator[None]:
    """Say within it that something is loaded, and leave nothing of that behind."""
    _write("loading ...")
    try:
        yield
    finally:
        _write("\r\x1b[J")


@contextmanager
def one_by_one(terminal: int) -> Iterator[None]:
    """Within it, a terminal sends each key at once, does not show it, and no key is an interrupt.

    However it is left, by an error, a signal that ends the process or the end of the terminal, everything is put back.
    """
    before = termios.tcgetattr(terminal)
    own = [(number, signal.signal(number, _end)) for number in _ENDING]
    try:
        now = termios.tcgetattr(terminal)
        now[0] &= ~(termios.ICRNL | termios.IXON)
        now[3] &= ~(termios.ECHO | termios.ICANON | termios.ISIG | termios.IEXTEN)
        termios.tcsetattr(terminal, termios.TCSADRAIN, now)
        _write(PASTE_ON)
        yield
    finally:
        with suppress(termios.error, OSError):
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)
        for number, handler in own:
            signal.signal(number, handler)
        _write(PASTE_OFF)


def _end(number: int, _frame: Any) -> None:
    raise SystemExit(128 + number)


def _read(terminal: int) -> bytes:
    """Return what was typed; nothing once the terminal is gone."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


def _draw(line: Line, hint: str) -> None:
    """Show the line, the suggestions below it, and what keys do below these until one is typed."""
    width = get_terminal_size().columns
    text, suggestions = line.screen(width)
    below = [suggestions, hint[: max(1, width - 1)]] if hint else [suggestions]
    # What is below comes first: the cursor then stands behind what is typed, however wide its characters are.
    _write("\r\x1b[J" + "".join(f"\n\r{one}" for one in below) + f"\x1b[{len(below)}A\r{text}")


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
