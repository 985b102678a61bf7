"""A piece of work in a process of its own, forked from one that has everything imported."""

import json
import os
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

MEGABYTE = 2**20


class Ended(NamedTuple):
    """How a process ended.

    Args:
        code: its exit code; None if a signal ended it.
        signal: that signal, or 0.
        said: what it wrote to standard error.
        result: what the work returned, if it came to its end.
    """

    code: int | None
    signal: int
    said: str
    result: Any

    @property
    def killed(self) -> bool:
        """Whether it was killed, as was wanted."""
        return self.signal == signal.SIGKILL

    @property
    def slow(self) -> bool:
        """Whether its time was over."""
        return self.signal == signal.SIGALRM

    @property
    def last(self) -> str:
        """The last line of what it said."""
        return (self.said.strip().splitlines() or [""])[-1][:300]


def run(work: Callable[[], Any], seconds: float = 60, memory: int = 0, kill_after: float = 0) -> Ended:
    """Do some work in a forked process, and wait for it.

    Args:
        work: what is done; an int that it returns is the exit code, and what else it returns is carried over as JSON.
        seconds: after which it is ended by SIGALRM.
        memory: megabytes that it may take beyond what it has at its start; 0 for no bound.
        kill_after: seconds after which it is killed; 0 for never.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as result:
        process = os.fork()
        if not process:
            _work(work, said.fileno(), result.fileno(), seconds, memory)
        if kill_after:
            time.sleep(kill_after)
            os.kill(process, signal.SIGKILL)
        _, status = os.waitpid(process, 0)
        said.seek(0)
        result.seek(0)
        text, written = said.read().decode(errors="replace"), result.read()
    code = os.WEXITSTATUS(status) if os.WIFEXITED(status) else None
    return Ended(code, os.WTERMSIG(status) if code is None else 0, text, json.loads(written) if written else None)


def _work(work: Callable[[], Any], said: int, result: int, seconds: float, memory: int) -> None:
    """Do it, and end the process."""
    code = 1
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(null, 1)
        os.dup2(said, 2)
        if memory:
            most = _mapped() + memory * MEGABYTE
            resource.setrlimit(resource.RLIMIT_AS, (most, most))
        found = work()
        code = found if isinstance(found, int) else 0
        if not isinstance(found, int | None):
            os.write(result, json.dumps(found).encode())
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _mapped() -> int:
    """Return the bytes of address space that this process has."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
