"""Piano rolls in characters."""

import numpy as np

from elman.answers.rolled import rolled
from elman.data.rolls import frames_of_keys


def test_the_lowest_and_the_highest_key_have_a_line():
    assert rolled(frames_of_keys([[21, 23], [108], [21]])).splitlines()[0] == "108  ▄"
    assert rolled(frames_of_keys([[21, 23], [108], [21]])).splitlines()[-2:] == [" 22 ▀", " 20 ▀ ▀"]


def test_a_bar_stands_behind_what_was_given_also_where_lines_are_cut():
    frames = frames_of_keys([[60]] * 7)
    assert rolled(frames, 3) == " 60 ▄▄▄│▄▄▄▄"
    assert rolled(frames, 5, width=4) == " 60 ▄▄▄▄\n\n 60 ▄│▄▄"
    assert rolled(frames, 4, width=4) == " 60 ▄▄▄▄│\n\n 60 ▄▄▄"
    assert rolled(frames, 7) == " 60 ▄▄▄▄▄▄▄│"


def test_silence_is_said():
    assert rolled(np.zeros((4, 88)), 2) == "silence"
