"""Piano rolls as lists of keys and as notes."""

import numpy as np

from elman.data.rolls import KEYS, Note, frames_of_keys, keys_of, notes_of

STEPS = [[60, 64], [60], [], [21, 60, 108], [108]]


def test_lists_of_keys_are_numbers_and_lists_again():
    frames = frames_of_keys(STEPS)
    assert frames.shape == (5, len(KEYS))
    assert frames.sum() == 7
    assert keys_of(frames) == STEPS
    assert frames_of_keys([]).shape == (0, len(KEYS))


def test_a_key_that_sounds_at_steps_in_a_row_is_one_note():
    expected = [Note(0, 1, 64), Note(0, 2, 60), Note(3, 1, 21), Note(3, 1, 60), Note(3, 2, 108)]
    assert notes_of(frames_of_keys(STEPS)) == expected
    assert notes_of(np.zeros((3, 88))) == notes_of(np.zeros((0, 88))) == []
