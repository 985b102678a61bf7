"""Distances and common subsequences in bits, against the tables that define them."""

import random

import pytest

from elman.text.edits import edit_distance
from elman.text.overlaps import common_length, common_subsequence


def table(left, right):
    """d_ij = min(d_{i-1,j} + 1, d_{i,j-1} + 1, d_{i-1,j-1} + [left_i ≠ right_j])"""
    above = list(range(len(right) + 1))
    for i, one in enumerate(left, 1):
        row = [i]
        for j, other in enumerate(right, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (one != other)))
        above = row
    return above[-1]


@pytest.mark.parametrize(("letters", "most", "count"), [("ab", 8, 400), ("abcde", 12, 200), (range(40), 150, 8)])
def test_bits_say_what_the_tables_say(letters, most, count):
    draw = random.Random(most)
    for _ in range(count):
        left, right = (draw.choices(letters, k=draw.randint(0, most)) for _ in "lr")
        assert edit_distance(left, right) == table(left, right)
        assert common_length(left, right) == common_length(right, left) == len(common_subsequence(left, right))


def test_words_and_numbers_are_compared_whole():
    assert edit_distance(["a", "bc"], ["a", "b", "c"]) == 2
    assert edit_distance([1, 2, 2], [2, 2]) == 1
    assert edit_distance("", "abc") == edit_distance("abc", "") == 3
    assert common_length([], ["a"]) == 0
