"""A terminal that is left as it was found."""

import os
import pty
import signal
import termios
from pathlib import Path
from types import SimpleNamespace

import pytest

from elman.cli.commands.type import command as type_command
from elman.cli.terminal import loading, one_by_one, type_lines
from elman.errors import ConfigError


@pytest.fixture
def terminal():
    ours, theirs = pty.openpty()
    yield theirs
    os.close(ours)
    os.close(theirs)


def test_within_it_keys_come_one_by_one_and_are_not_shown(terminal):
    with one_by_one(terminal):
        lines = termios.tcgetattr(terminal)[3]
    assert not lines & (termios.ECHO | termios.ICANON | termios.ISIG)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_an_error_puts_everything_back(terminal, error):
    before, handlers = termios.tcgetattr(terminal), [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGHUP)]
    with pytest.raises(error), one_by_one(terminal):
        raise error
    assert termios.tcgetattr(terminal) == before
    assert [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGHUP)] == handlers


def test_a_terminal_that_is_gone_is_no_error():
    ours, theirs = pty.openpty()
    with one_by_one(theirs):
        os.close(ours)
        os.close(theirs)


def test_loading_is_said_at_once_and_leaves_nothing_behind(capsys):
    with loading():
        assert capsys.readouterr().out == "loading ..."
    assert capsys.readouterr().out == "\r\x1b[J"
    with pytest.raises(RuntimeError), loading():
        raise RuntimeError
    assert capsys.readouterr().out == "loading ...\r\x1b[J"


def test_a_keyboard_shows_no_json(monkeypatch):
    person = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setattr("elman.cli.commands.type.sys", SimpleNamespace(stdin=person, stdout=person))
    with pytest.raises(ConfigError, match="--json: got the keyboard, expected lines that are typed already: a FILE"):
        type_command(Path("none"), Path("-"), json_=True, with_=[], k=3)


class Typed:
    """A line that shows its text."""

    suggestions = "1 the  2 a"

    def __init__(self):
        self.text, self.has_left = "", False

    def screen(self, width):
        return self.text, self.suggestions

    def press(self, key):
        self.text, self.has_left = self.text + key, key == "\x04"


def test_what_keys_do_is_shown_until_one_is_typed(monkeypatch, capsys):
    ours, theirs = pty.openpty()
    monkeypatch.setattr("sys.stdin", SimpleNamespace(fileno=lambda: theirs))
    given = iter([b"x", b"\x04"])
    monkeypatch.setattr("elman.cli.terminal._read", lambda terminal: next(given))
    type_lines(Typed())
    first, second = capsys.readouterr().out.split("\r\x1b[J")[1:3]
    hint = "Tab takes the first word, a digit another; Enter ends the line, Ctrl-D leaves"
    assert first == f"\n\r1 the  2 a\n\r{hint}\x1b[2A\r"
    assert second == "\n\r1 the  2 a\x1b[1A\rx"
    os.close(ours)
    os.close(theirs)
