"""Scores of written texts against published numbers, which sacrebleu 2.6.0 gave, and counts by hand."""

import pytest

from elman.metrics import METRICS
from elman.metrics.base import Edits, Written
from elman.text.edits import edit_distance

HYPOTHESES = ["The cat sat on the mat.", "A man is riding a red bike down the street", "two dogs run"]
REFERENCES = [
    ["The cat is on the mat."],
    ["A man rides a red bicycle down the street."],
    ["Two dogs are running through the snow."],
]


@pytest.mark.parametrize(("name", "expected"), [("bleu", 22.04252233), ("chrf", 44.88271158)])
def test_the_three_pairs(name, expected):
    # G9 of the goldens of encoder-decoders.
    metric = METRICS.get(name)()
    whole = metric.statistics(Written(HYPOTHESES, REFERENCES))
    assert metric.value(whole) == pytest.approx(expected, abs=1e-8)
    parts = [metric.statistics(Written([one], [true])) for one, true in zip(HYPOTHESES, REFERENCES, strict=True)]
    assert metric.value(sum(parts)) == pytest.approx(expected, abs=1e-8)


def test_of_several_references_each_is_right():
    metric = METRICS.get("bleu")()
    several = Written(["a b c d e"], [["x y z v w", "a b c d e"]])
    assert metric.value(metric.statistics(several)) == pytest.approx(100)


@pytest.mark.parametrize(
    ("left", "right", "changes"),
    [
        ("kitten", "sitting", 3),
        ("", "abc", 3),
        ("abc", "", 3),
        ("abc", "abc", 0),
        ("ab", "ba", 2),
        (["a", "b"], ["b"], 1),
    ],
)
def test_changes_are_counted(left, right, changes):
    assert edit_distance(left, right) == edit_distance(right, left) == changes


def test_errors_for_each_token_that_should_be_there():
    metric = METRICS.get("error_rate")()
    assert metric.value(metric.statistics(Edits(3, 2))) == 1.5
