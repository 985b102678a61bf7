"""Scores of written texts against published numbers, which sacrebleu 2.6.0 gave, and counts by hand."""

import itertools

import pytest

from elman.metrics import METRICS
from elman.metrics.base import Edits, Written
from elman.text.edits import edit_distance
from elman.text.overlaps import common_subsequence

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


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("rouge_1", [0.83333333, 0.73684211, 0.4]),
        ("rouge_2", [0.6, 0.47058824, 0.25]),
        ("rouge_l", [0.83333333, 0.73684211, 0.4]),
    ],
)
def test_rouge_of_the_three_pairs(name, expected):
    # G9 of the goldens of encoder-decoders: lower case, letters and digits, no stemmer.
    metric = METRICS.get(name)()
    parts = [metric.statistics(Written([one], [true])) for one, true in zip(HYPOTHESES, REFERENCES, strict=True)]
    assert [metric.value(part) for part in parts] == pytest.approx(expected, abs=1e-8)
    whole = metric.value(metric.statistics(Written(HYPOTHESES, REFERENCES)))
    assert whole == pytest.approx(sum(expected) / 3, abs=1e-8)
    assert metric.value(sum(parts)) == pytest.approx(whole)


@pytest.mark.parametrize(("name", "expected"), [("rouge_l", 0.45454545), ("rouge_lsum", 0.72727273)])
def test_rouge_of_lines_is_not_that_of_the_text(name, expected):
    metric = METRICS.get(name)()
    written = "the cat sat on the mat \n it was a black cat"
    reference = "a black cat was there \n the cat sat on a mat"
    assert metric.value(metric.statistics(Written([written], [[reference]]))) == pytest.approx(expected, abs=1e-8)


@pytest.mark.parametrize("name", ["rouge_1", "rouge_2", "rouge_l", "rouge_lsum"])
def test_of_several_references_the_best_counts_and_nothing_written_is_0(name):
    metric = METRICS.get(name)()
    assert metric.value(metric.statistics(Written(["a b c"], [["x y z", "a b c"]]))) == 1
    assert metric.value(metric.statistics(Written([""], [["a b c"]]))) == 0
    assert metric.value(metric.statistics(Written(["!"], [["?"]]))) == 0


def test_the_longest_common_subsequence_by_trying_all():
    def longest(left, right):
        some = (itertools.combinations(range(len(left)), size) for size in range(len(left), -1, -1))
        for places in itertools.chain.from_iterable(some):
            found = iter(right)
            if all(left[place] in found for place in places):
                return len(places)
        return 0

    for left, right in itertools.product(["abcab", "ba", "", "aabbc"], ["bca", "cabab", "", "ccc"]):
        places = common_subsequence(left, right)
        assert places == sorted(set(places))
        assert len(places) == longest(left, right)
        found = iter(right)
        assert all(left[place] in found for place in places)
