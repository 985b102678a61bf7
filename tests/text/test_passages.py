"""Places of words and answers in passages: always of the original string, never of joined words."""

import json
import re
import string
from collections import Counter
from pathlib import Path

import pytest

from elman.metrics import METRICS
from elman.metrics.base import Written
from elman.text.passages import Placed, Span, found_at, passage_words, placed, spans_of, word_places
from elman.text.rules import exactly_matches, normalized_answer, overlap_f1
from elman.text.stems import stem

GOLDEN = json.loads((Path(__file__).parent / "golden_answers.json").read_text())


@pytest.mark.parametrize("text", ["a  b\tc\nd", "\ufeffx 😀 y", " 2½ 20–18 $5/kg ", "naïve e\u0301t\u00e9", ""])
def test_words_stand_where_they_are_said_to_stand(text):
    places = word_places(text)
    assert [text[begin:end] for begin, end in places] == passage_words(text)
    assert "".join(passage_words(text)) == "".join(text.split())


def test_an_answer_behind_an_emoji_blanks_and_breaks_is_cut_out_as_it_is_written():
    passage = "So 😀  it\tis\nthe U.S. Army  now"
    (one,) = spans_of(passage, [Span("U.S. Army", passage.index("U.S."))], everywhere=False)
    places = word_places(passage)
    assert passage[places[one.first][0] : places[one.last][1]] == "U.S. Army"


def test_a_number_between_dashes_keeps_its_borders():
    passage = "won 20–18 at 2½ each"
    start = passage.index("18")
    assert placed(word_places(passage), start, start + 2) == Placed(3, 3, False)
    start = passage.index("8 at")
    assert placed(word_places(passage), start, start + 1) == Placed(3, 3, True), "moved outwards, and counted"
    assert placed(word_places(passage), 3, 4) is None, "a blank touches no word"


def test_a_text_within_a_word_is_taken_where_it_is_a_word():
    passage = "The golden cup is of gold."
    given = Span("gold", passage.index("gold"))
    assert spans_of(passage, [given], False) == [Placed(5, 5, False)]
    assert spans_of("The golden cup", [Span("gold", 4)], False) == [Placed(1, 1, True)]


def test_an_answer_is_right_where_it_is_said_to_stand_or_everywhere():
    passage = "Ann saw Ben; Ann left, and Anna stayed."
    second = Span("Ann", passage.rindex("Ann left"))
    assert spans_of(passage, [second], False) == [Placed(4, 4, False)]
    assert spans_of(passage, [second], True) == [Placed(0, 0, False), Placed(4, 4, False)]
    assert spans_of(passage, [second, second, Span("moon", -1)], False) == [Placed(4, 4, False)], "each once"


@pytest.mark.parametrize(
    ("part", "start", "found"),
    [
        ("gold", 21, 21),
        ("gold", 23, 21),
        ("gold", 90, 21),
        ("gold", -1, 4),
        ("olden", 70, 5),
        ("silver", 4, -1),
    ],
    ids=["there", "near", "far: a word", "no place", "within a word alone", "nowhere"],
)
def test_where_an_answer_is_looked_for(part, start, found):
    assert found_at("The golden cup is of gold.", part, start) == found


def official(prediction, golds):
    """Return exact match and F1 as evaluate-v1.1.py computes them."""

    def normalize(text):
        text = "".join(letter for letter in text.lower() if letter not in set(string.punctuation))
        return " ".join(re.sub(r"\b(a|an|the)\b", " ", text).split())

    def f1(gold):
        mine, its = normalize(prediction).split(), normalize(gold).split()
        same = sum((Counter(mine) & Counter(its)).values())
        if not same:
            return 0.0
        precision, recall = same / len(mine), same / len(its)
        return 2 * precision * recall / (precision + recall)

    return max(normalize(prediction) == normalize(gold) for gold in golds), max(map(f1, golds))


@pytest.mark.parametrize("pair", GOLDEN, ids=lambda pair: pair["prediction"])
def test_answers_are_compared_by_the_official_rules(pair):
    prediction, golds = pair["prediction"], pair["golds"]
    assert normalized_answer(prediction) == pair["normalised"]
    assert [normalized_answer(gold) for gold in golds] == pair["norm_golds"]
    assert exactly_matches(prediction, golds) == pair["em"] == official(prediction, golds)[0]
    assert overlap_f1(prediction, golds) == pytest.approx(pair["f1"], abs=1e-12)
    assert overlap_f1(prediction, golds) == pytest.approx(official(prediction, golds)[1], abs=1e-12)


def test_two_empty_answers_match_exactly_and_share_no_word():
    assert exactly_matches("the", ["The"])
    assert overlap_f1("the", ["The"]) == 0


def test_metrics_are_means_over_texts_each_with_its_best_answer():
    pairs = [(pair["prediction"], pair["golds"]) for pair in GOLDEN]
    observed = Written([one for one, _ in pairs], [golds for _, golds in pairs])
    for name, place in (("exact_match", 0), ("answer_f1", 1)):
        metric = METRICS.get(name)()
        expected = sum(official(*pair)[place] for pair in pairs) / len(pairs)
        assert metric.value(metric.statistics(observed)) == pytest.approx(expected, abs=1e-12)
        each = sum(metric.statistics(Written([one], [golds])) for one, golds in pairs)
        assert metric.value(each) == pytest.approx(expected, abs=1e-12)


def test_words_that_differ_by_their_endings_share_a_stem():
    assert {stem(word) for word in ("Discovered", "discovers", "discovering", "discovery")} == {"discover"}
    assert [stem(word) for word in ("was", "is", "bed", "Tom", "")] == ["was", "is", "bed", "tom", ""]
