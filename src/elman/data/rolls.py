"""Piano rolls: which keys sound at each step, as numbers, as lists of keys and as notes."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

LOWEST, HIGHEST = 21, 108
KEYS = [str(key) for key in range(LOWEST, HIGHEST + 1)]
"""The keys of a piano, by their MIDI numbers."""


class Note(NamedTuple):
    """A key that is held.

    Args:
        start: the step at which it begins, from 0.
        steps: how many it sounds.
        key: its MIDI number.
    """

    start: int
    steps: int
    key: int


def keys_of(frames: np.ndarray) -> list[list[int]]:
    """Return the MIDI numbers of the keys that sound at each step.

    Args:
        frames: (T, 88), 1 where a key sounds, else 0.
    """
    return [(np.flatnonzero(row) + LOWEST).tolist() for row in np.asarray(frames)]


def notes_of(frames: np.ndarray) -> list[Note]:
    """Return the notes of a piece, by when they begin: a key that sounds at steps in a row is held over them.

    Args:
        frames: (T, 88), 1 where a key sounds, else 0.
    """
    silence = np.zeros((1, HIGHEST - LOWEST + 1), np.int8)
    changes = np.diff(np.concatenate([silence, np.asarray(frames) > 0, silence]).astype(np.int8), axis=0).T
    keys, starts = np.nonzero(changes > 0)  # of each key in the order of time
    _, stops = np.nonzero(changes < 0)
    found = zip(starts.tolist(), (stops - starts).tolist(), (keys + LOWEST).tolist(), strict=True)
    return sorted(Note(*one) for one in found)


def frames_of_keys(steps: Sequence[Sequence[int]]) -> np.ndarray:
    """Return what `keys_of` gave as numbers again, (T, 88)."""
    found = np.zeros((len(steps), HIGHEST - LOWEST + 1))
    for step, keys in enumerate(steps):
        found[step, [key - LOWEST for key in keys]] = 1
    return found
