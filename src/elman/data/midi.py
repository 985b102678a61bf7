"""Standard MIDI files, which every player and notation program reads."""

import struct
from collections.abc import Sequence

_TICKS = 480
"""Of a step, which is a quarter note."""

_APART = 4
"""Steps of silence between two pieces."""

_ON, _OFF, _LOUD = 0x90, 0x80, 80
_TEMPO, _MARKER, _END = 0x51, 0x06, 0x2F


def midi(pieces: Sequence[tuple[int, Sequence[tuple[int, int, int]]]], tempo: int = 120) -> bytes:
    """Return a file of format 0, a piano that plays some pieces one behind the other.

    Args:
        pieces: how many steps each has, and its notes: the step at which each begins, how many it sounds, and the MIDI
            number of its key.
        tempo: steps a minute, 4 or more: a step of 16 s is the longest that a file can say.

    Source: Standard MIDI Files 1.0 (1988), RP-001.
    """
    events = [(0, _meta(_TEMPO, struct.pack(">I", round(60e6 / tempo))[1:]))]
    begin = 0
    for number, (steps, notes) in enumerate(pieces, start=1):
        if len(pieces) > 1:
            events.append((begin, _meta(_MARKER, b"piece %d" % number)))
        events += [(begin + step, event) for step, event in _played(notes)]
        begin += steps + _APART
    events.append((max(0, begin - _APART), _meta(_END)))
    now, track = 0, b""
    for step, event in events:
        track += _length((step - now) * _TICKS) + event
        now = step
    return struct.pack(">4sIHHH", b"MThd", 6, 0, 1, _TICKS) + struct.pack(">4sI", b"MTrk", len(track)) + track


def _played(notes: Sequence[tuple[int, int, int]]) -> list[tuple[int, bytes]]:
    """Return what happens at which step, what ends before what begins."""
    ends = [(start + steps, 0, bytes((_OFF, key, 0))) for start, steps, key in notes]
    begins = [(start, 1, bytes((_ON, key, _LOUD))) for start, _, key in notes]
    return [(step, event) for step, _, event in sorted(ends + begins)]


def _meta(kind: int, data: bytes = b"") -> bytes:
    return bytes((0xFF, kind)) + _length(len(data)) + data


def _length(number: int) -> bytes:
    """Return a number as seven bits a byte, the highest first, all but the last with the top bit."""
    found = [number & 0x7F]
    while number := number >> 7:
        found.append(number & 0x7F | 0x80)
    return bytes(reversed(found))
