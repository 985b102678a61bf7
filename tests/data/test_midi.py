"""MIDI files, read back by another reader of the standard."""

import pytest

from elman.data.midi import _length, midi


def number(data, at):
    """Return a number of seven bits a byte, and where it ends."""
    found = 0
    while True:
        found, at = found << 7 | data[at] & 0x7F, at + 1
        if data[at - 1] < 0x80:
            return found, at


def events(data):
    """Yield (tick, what) of a file of format 0: what are the two or three bytes of a note, or a kind and its data."""
    assert data[:14] == b"MThd\0\0\0\6\0\0\0\1\1\xe0"
    assert data[14:18] == b"MTrk"
    assert int.from_bytes(data[18:22]) == len(data) - 22
    at, tick = 22, 0
    while at < len(data):
        passed, at = number(data, at)
        tick += passed
        if data[at] == 0xFF:
            size, begin = number(data, at + 2)
            yield tick, (data[at + 1], data[begin : begin + size])
            at = begin + size
        else:
            yield tick, tuple(data[at : at + 3])
            at += 3


@pytest.mark.parametrize(
    ("ticks", "data"),  # the examples of the standard
    [
        (0, "00"),
        (0x40, "40"),
        (0x7F, "7f"),
        (0x80, "8100"),
        (0x2000, "c000"),
        (0x3FFF, "ff7f"),
        (0x4000, "818000"),
        (0x1FFFFF, "ffff7f"),
        (0x0FFFFFFF, "ffffff7f"),
    ],
)
def test_lengths_are_those_of_the_standard(ticks, data):
    assert _length(ticks) == bytes.fromhex(data)


def test_notes_end_before_others_begin_and_silence_at_the_end_is_kept():
    found = list(events(midi([(9, [(0, 2, 60), (2, 1, 60), (2, 4, 64)])], 100)))
    assert found == [
        (0, (0x51, (600_000).to_bytes(3))),
        (0, (0x90, 60, 80)),
        (960, (0x80, 60, 0)),
        (960, (0x90, 60, 80)),
        (960, (0x90, 64, 80)),
        (1440, (0x80, 60, 0)),
        (2880, (0x80, 64, 0)),
        (4320, (0x2F, b"")),
    ]


def test_pieces_stand_one_behind_the_other_with_silence_between_and_a_mark_before_each():
    found = list(events(midi([(2, [(0, 1, 60)]), (1, []), (1, [(0, 1, 72)])])))
    marks = [(tick, what[1]) for tick, what in found if what[0] == 0x06]
    assert marks == [(0, b"piece 1"), (6 * 480, b"piece 2"), (11 * 480, b"piece 3")]
    assert [tick // 480 for tick, what in found if what[:2] in ((0x90, 60), (0x90, 72))] == [0, 11]
    assert found[-1] == (12 * 480, (0x2F, b""))


def test_nothing_is_a_file_with_a_tempo_and_an_end():
    assert [what[0] for _, what in events(midi([]))] == [0x51, 0x2F]
