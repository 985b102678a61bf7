"""Scores of written texts against published numbers, which sacrebleu 2.6.0 gave, and counts by hand."""

import itertools
from functools import cache
from random import Random

import numpy as np
import pytest

from elman.evaluation.texts import nearest, text_scores
from elman.metrics import METRICS
from elman.metrics.base import Edits, Written, WrittenTokens
from elman.text.brackets import one_line, parsed
from elman.text.edits import edit_distance
from elman.text.overlaps import common_subsequence

HYPOTHESES = ["The cat sat on the mat.", "A man is riding a red bike down the street", "two dogs run"]
REFERENCES = [
    ["The cat is on the mat."],
    ["A man rides a red bicycle down the street."],
    ["Two dogs are running through the snow."],
]


@pytest.mark.parametrize(
    ("name", "expected"), [("bleu", 22.04252233), ("bleu_tokenized", 14.83537670), ("chrf", 44.88271158)]
)
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


def test_the_distance_of_sequences_is_that_of_its_definition():
    @cache
    def least(left, right):
        if not left or not right:
            return len(left) + len(right)
        changed = least(left[:-1], right[:-1]) + (left[-1] != right[-1])
        return min(changed, least(left[:-1], right) + 1, least(left, right[:-1]) + 1)

    draw = Random(5)
    for _ in range(200):
        left, right = ("".join(draw.choices("abc", k=draw.randrange(9))) for _ in range(2))
        assert edit_distance(left, right) == least(left, right), (left, right)


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
def test_D13_rouge_of_the_three_pairs(name, expected):
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


# PER and WER of the goldens of encoder-decoders (G6): words, their pronunciations, what was said.
WORDS = [
    ("L EH D/L IY D", "L IY D"),
    ("D EY T AH/D AE T AH/D AA T AH", "D AH T AH R"),
    ("K AE T", "K AH"),
]


@pytest.mark.parametrize(("variants", "per", "wer"), [(9, 0.4, 2 / 3), (1, 0.5, 1.0)])
def test_D40_pronunciations_are_held_against_the_nearest_variant(variants, per, wer):
    references = [every.split("/")[:variants] for every, _ in WORDS]
    written = Written([said for _, said in WORDS], references)
    tokens = WrittenTokens(
        [text.split() for text in written.hypotheses], [[one.split() for one in texts] for texts in references]
    )
    scores = {one.name: one for one in text_scores(written, tokens, nearest(tokens), "phone", "beam:1").scores}
    assert scores["error_rate"].value == pytest.approx(per)
    assert scores["error_rate"].unit == "changes a phone"
    assert ("references:nearest" in scores["error_rate"].signature) is (variants > 1)
    assert f"nrefs:{'var' if variants > 1 else 1}|" in scores["bleu"].signature
    metric = METRICS.get("word_error_rate")()
    assert metric.value(metric.statistics(written)) == pytest.approx(wer)


GOLD = """(S (NP-SBJ (DT The)(NN cat)) (VP (VBD sat) (PP-LOC (IN on) (NP (DT the)(NN mat)))
    (NP-TMP (-NONE- *T*-1))) (. .))"""
ANSWER = "(S (NP (DT The)(NN cat)) (VP (VBD sat) (PRT (IN on)) (NP (DT the)(NN mat))) (. .))"


@pytest.mark.parametrize("make", [lambda text: text, lambda text: one_line(parsed(text))])
def test_D31_brackets_as_evalb_counts_them(make):
    # EVALB of the goldens of encoder-decoders (G6): precision, recall and F1 are 80.
    metric = METRICS.get("bracket_f1")()
    counts = metric.counts(make(ANSWER).split(), [make(GOLD).split()])
    assert counts == [4, 5, 5]
    assert metric.value(np.array(counts)) == pytest.approx(0.8)
    assert METRICS.get("malformed_rate")().counts(make(ANSWER).split(), [make(GOLD).split()]) == [False, 1]


def test_adverbs_and_particles_are_one_and_punctuation_has_no_place():
    metric = METRICS.get("bracket_f1")()
    answer, gold = "(S (PRT XX )PRT , XX )S", "(S (ADVP XX , )ADVP XX )S"
    assert metric.counts(answer.split(), [gold.split()]) == [2, 2, 2]


@pytest.mark.parametrize(
    ("written", "counts", "malformed"),
    [
        ("(S (NP XX XX )NP (VP XX )VP )S", [3, 3, 3], False),
        ("(S (NP XX XX )NP (VP XX", [3, 3, 3], True),
        ("(S (NP XX XX )NP (VP XX )VP )S )S )X", [3, 3, 3], True),
        ("(S (NP XX XX )NP )S", [2, 2, 3], True),
        ("(S (NP XX XX )NP (VP XX XX XX )VP )S", [3, 3, 3], True),
        ("(S (NP XX XX )VP (VP XX )VP )S", [3, 3, 3], True),
        ("XX XX XX", [0, 0, 3], True),
        ("", [0, 0, 3], True),
    ],
)
def test_D31_trees_that_are_none_are_mended_and_told_of(written, counts, malformed):
    gold = ["(S", "(NP", "XX", "XX", ")NP", "(VP", "XX", ")VP", ")S"]
    assert METRICS.get("bracket_f1")().counts(written.split(), [gold]) == counts
    assert METRICS.get("malformed_rate")().counts(written.split(), [gold]) == [malformed, 1]


def test_texts_that_go_round_in_circles():
    metric = METRICS.get("repeat_rate")()
    assert metric.counts(["a"] * 6, [[]]) == [True, 1]
    assert metric.counts(["a"] * 5, [[]]) == [False, 1]
    assert metric.counts(["EH", "S", "EH", "S", "EH", "S", "EH", "S"], [[]]) == [True, 1]


def test_lengths_are_held_against_the_nearest():
    metric = METRICS.get("length_ratio")()
    assert metric.counts(["a", "b", "c"], [["a", "b", "c", "d", "e"], ["a"], ["a", "b", "c", "d"]]) == [3, 4]
    assert metric.counts(["a", "b", "c"], [["a", "b", "c", "d"], ["a", "b"]]) == [3, 2]


@pytest.mark.parametrize(("name", "expected"), [("rouge_1", 1.0), ("bleu", 100.0), ("chrf", 100.0)])
def test_each_metric_takes_several_references_as_it_defines(name, expected):
    metric = METRICS.get(name)()
    several = Written(
        ["a cat sat on it", "dogs run very fast"], [["a cat sat on it"], ["x", "dogs run very fast", "y z"]]
    )
    assert metric.value(metric.statistics(several)) == pytest.approx(expected)
