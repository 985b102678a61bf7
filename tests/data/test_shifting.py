"""From which line on two files no longer fit."""

from elman.data.shifting import shift


def test_lines_of_one_length_tell_nothing():
    assert shift([[9] * 60, [9] * 59]) == ""


def test_the_line_is_found_by_lengths():
    first = [(7 * i) % 31 + 1 for i in range(60)]
    other = [2 * length for length in first]
    assert shift([first, other[:20] + other[21:]]) == "; by their lengths, they no longer fit from about line 21 on"
    assert shift([first, other[:30]]) == "; by their lengths, they no longer fit from about line 31 on"
