"""A terminal that is left as it was found."""

import os
import pty
import signal
import termios

import pytest

from elman.cli.terminal import one_by_one


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
