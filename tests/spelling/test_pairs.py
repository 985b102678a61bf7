"""Words beside what was typed for them: the fewest letters that differ, by the slow form, and soon for long lines."""

import random

import pytest

from elman.spelling import pairs
from elman.spelling.pairs import units_of
from elman.text.edits import edit_distance


def cost(right, typed):
    if not right or not typed:
        return 0.75
    a, b = "".join(right), "".join(typed)
    share, blank = edit_distance(a, b) / max(len(a), len(b)), len(right) != len(typed)
    return share + 0.1 * blank if share <= 0.3 or not blank else 2.0 + share


def slow(left, there):
    """Return what was typed for what, of all ways: the cheapest, of equal ones that with the least (a, b) last."""
    best = {(0, 0): (0.0, (0, 0))}
    for i in range(len(left) + 1):
        for j in range(len(there) + 1):
            ways = [
                (best[i - a, j - b][0] + cost(left[i - a : i], there[j - b : j]), (a, b))
                for a, b in ((1, 1), (1, 0), (0, 1), (1, 2), (2, 1))
                if a <= i and b <= j
            ]
            if ways:
                best[i, j] = min(ways)
    found, i, j = [], len(left), len(there)
    while i or j:
        a, b = best[i, j][1]
        found.append((" ".join(left[i - a : i]), " ".join(there[j - b : j])))
        i, j = i - a, j - b
    return found[::-1]


def quick(left, there):
    return [(unit.right, unit.typed) for unit in units_of(" ".join(left), " ".join(there))]


@pytest.mark.parametrize("away", [0, 1, 4])
def test_small_lines_are_aligned_as_by_the_slow_form(monkeypatch, away):
    monkeypatch.setattr(pairs, "_AWAY", away)
    draw = random.Random(away)
    for _ in range(250):
        left, there = (
            ["".join(draw.choices("ab", k=draw.randint(1, 4))) for _ in range(draw.randint(1, 8))] for _ in "lt"
        )
        if len(left) != len(there):  # else words stand side by side
            left, there = ["x", *left, "x"], ["y", *there, "y"]  # nothing in common at the ends
            assert quick(left, there) == slow(left, there)


def test_words_that_are_moved_far_are_found_as_by_the_slow_form():
    draw = random.Random(2)
    for _ in range(3):
        left = ["".join(draw.choices("abcd", k=draw.randint(1, 6))) for _ in range(24)]
        there = ["y", *left[9:], *left[:8], "y"]
        assert quick(["x", *left, "x"], there) == slow(["x", *left, "x"], there)


def test_a_long_line_with_a_few_mistakes_looks_at_few_pairs(monkeypatch):
    asked = []
    monkeypatch.setattr(pairs, "edit_distance", lambda a, b: asked.append((a, b)) or edit_distance(a, b))
    draw = random.Random(3)
    right = ["".join(draw.choices("abcdefgh", k=draw.randint(2, 9))) for _ in range(220)]
    typed = [*right[:110], "new", *right[110:]]
    typed[0], typed[-1] = typed[0] + "y", typed[-1] + "y"
    units = units_of(" ".join(right), " ".join(typed))
    assert [unit.typed for unit in units if unit.right == ""] == ["new"]
    assert len(asked) == len(set(asked)) < 10 * 220  # of 5 * 220 * 220 that there are
