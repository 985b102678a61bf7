"""What is being trained, for whoever waits for it."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_SECONDS = 0.2
_listener: ContextVar[Callable[[str], None] | None] = ContextVar("underway", default=None)
_last: ContextVar[float] = ContextVar("underway_last", default=0.0)


@contextmanager
def listening(listener: Callable[[str], None]) -> Iterator[None]:
    """Within it, a listener is told in a line what is trained and how far that is, five times a second at most."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def underway(what: str, done: int, of: int) -> None:
    """Tell that so many updates of a training are done.

    Args:
        what: the network, and its seed or how many seeds are trained beside each other.
        done: updates; 0 is always told.
        of: how many there will be.
    """
    listener, now = _listener.get(), time.monotonic()
    if listener is not None and (not done or now - _last.get() >= _SECONDS):
        _last.set(now)
        listener(f"{what}: {done / max(1, of):.0%} of {of:,} updates")
