"""Text as people are shown it."""

import pytest

from elman.text.printed import counted, on_one_line


@pytest.mark.parametrize(
    ("count", "plural", "expected"),
    [
        (0, "words", "0 words"),
        (1, "words", "1 word"),
        (2345, "words", "2,345 words"),
        (1, "stretches", "1 stretch"),
        (1, "marks of lines", "1 mark of lines"),
        (1, "series of numbers", "1 series of numbers"),
        (1, "unknown", "1 unknown"),
        (1, "n-grams", "1 n-gram"),
        (1, "labels unseen in training", "1 label unseen in training"),
        (1, "unknown words", "1 unknown word"),
        (1, "-DOCSTART- lines", "1 -DOCSTART- line"),
        (1, "classes", "1 class"),
        (1, "analogies of cities", "1 analogy of cities"),
        (1, "empty series", "1 empty series"),
        (2, "headers again", "2 headers again"),
    ],
)
def test_one_thing_is_singular(count, plural, expected):
    assert counted(count, plural) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain é 日本 \u00a0", "plain é 日本 \u00a0"),
        ("a\x0cb\x00c\td\x1b[2J", r"a\x0cb\x00c\td\x1b[2J"),
        ("a\u2028b\x85", r"a\u2028b\x85"),
    ],
)
def test_nothing_leaves_its_line(text, expected):
    assert on_one_line(text) == expected
