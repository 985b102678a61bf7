"""From which line on two files no longer fit."""

import re

import numpy as np
import pytest

from elman.data.shifting import shift


def test_lines_of_one_length_tell_nothing():
    assert shift([[9] * 60, [9] * 59]) == ""


def test_the_line_is_found_by_lengths():
    first = [(7 * i) % 31 + 1 for i in range(60)]
    other = [2 * length for length in first]
    assert shift([first, other[:20] + other[21:]]) == "; by their lengths, they no longer fit from about line 21 on"
    assert shift([first, other[:30]]) == "; by their lengths, they no longer fit from about line 31 on"


def test_lengths_that_do_not_go_with_each_other_tell_nothing():
    draw = np.random.default_rng(0)
    free, other = draw.integers(20, 60, 1500).tolist(), draw.integers(20, 60, 1500).tolist()
    assert shift([free, other[:1490]]) == ""
    assert shift([free, [80 - length for length in free[:1490]]]) == "", "the longer the one, the shorter the other"
    assert shift([[3, 9, 4], [5, 6]]) == "", "two lines are alike by chance"


@pytest.mark.parametrize("missing", [0, 700, 1490])
def test_the_line_is_found_where_lengths_are_roughly_alike(missing):
    draw = np.random.default_rng(1)
    first = draw.integers(20, 90, 1500)
    other = (1.2 * first + draw.normal(0, 15, 1500)).astype(int).tolist()
    said = re.fullmatch(
        r"; by their lengths, they no longer fit from about line ([\d,]+) on",
        shift([first.tolist(), other[:missing] + other[missing + 10 :]]),
    )
    assert said
    assert abs(int(said[1].replace(",", "")) - missing - 1) <= 20
