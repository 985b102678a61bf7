"""The allocator's switches are set, and set back."""

import ctypes

import pytest

from elman.native.memory import freed_memory_kept


class Library:
    """A C library that notes what it is told."""

    def __init__(self):
        self.told = []

    def mallopt(self, name, value):
        self.told.append((name, value))

    def malloc_trim(self, kept):
        self.told.append(("trim", kept))


def test_freed_memory_is_kept_within_and_given_back_afterwards(monkeypatch):
    library = Library()
    monkeypatch.setattr(ctypes, "CDLL", lambda name: library)

    def interrupted():
        with freed_memory_kept():
            assert library.told == [(-4, 0), (-1, 2**31 - 1)]
            library.told.clear()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert library.told == [(-4, 65536), (-1, 131072), ("trim", 0)]


def test_without_such_switches_nothing_happens(monkeypatch):
    monkeypatch.setattr(ctypes, "CDLL", lambda name: object())
    with freed_memory_kept():
        pass
