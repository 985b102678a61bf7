"""Scores of word vectors against ones made by hand."""

import math
from pathlib import Path

import numpy as np
import pytest

from elman.data.questions import Analogies, QuestionFile, WordPairs
from elman.evaluation.cloze import cloze_verdict
from elman.evaluation.similarity import question_verdict, score_analogies, score_pairs
from elman.text.vocabulary import Vocabulary
from elman.vectors.lexicon import Lexicon
from elman.vectors.neighbours import Neighbours
from elman.version import __version__

ANGLES = {"a": 0, "b": 20, "c": 50, "d": 90}
VECTORS = {word: np.array([math.cos(math.radians(x)), math.sin(math.radians(x))]) for word, x in ANGLES.items()}


class Learned:
    """The same as a model has them."""

    vectors = np.array(list(VECTORS.values()))

    def vector_of(self, word):
        return None


def scored(pairs, scores, vectors=VECTORS):
    return score_pairs(WordPairs(pairs, np.array(scores, float)), vectors.get, "ws")


def test_pairs_in_the_order_of_people_score_one_and_turned_round_minus_one():
    pairs = [("a", "b"), ("b", "c"), ("b", "d"), ("a", "d")]  # 20, 30, 70 and 90 degrees
    assert scored(pairs, [9, 8, 4, 0.5])[0][0].value == pytest.approx(1)
    assert scored(pairs, [1, 2, 3, 4])[0][0].value == pytest.approx(-1)


def test_one_swapped_pair_costs_what_spearman_says():
    [score], counts, [detail] = scored([("a", "b"), ("b", "c"), ("b", "d"), ("a", "d")], [9, 4, 8, 0.5])
    assert score.value == pytest.approx(1 - 6 * (1 + 1) / (4 * 15))
    assert (score.name, score.unit, score.lower_is_better) == ("spearman_ws", "-1 to 1", False)
    assert score.signature == f"pairs:4|answered:4|cosine|elman:{__version__}"
    assert counts == {"pairs of ws": 4, "answered of ws": 4}
    assert detail.title == "Farthest from people's order: ws"
    assert detail.columns == ["pair", "people", "cosine"]
    assert detail.rows[:2] == [["b - c", "4", "0.866"], ["b - d", "8", "0.342"]]


def test_pairs_with_unknown_words_are_counted_and_left_out():
    pairs = [("a", "b"), ("a", "?"), ("b", "c"), ("?", "!"), ("a", "d")]
    [score], counts, [detail] = scored(pairs, [9, 10, 8, 11, 1])
    assert score.value == pytest.approx(1)
    assert score.signature.startswith("pairs:5|answered:3|")
    assert counts == {"pairs of ws": 5, "answered of ws": 3}
    assert sorted(row[0] for row in detail.rows) == ["a - b", "a - d", "b - c"]


@pytest.mark.parametrize("pairs", [[("?", "a"), ("b", "?")], [("a", "b"), ("b", "?")]], ids=["none", "one"])
def test_too_few_answered_pairs_have_no_score(pairs):
    [score], counts, details = scored(pairs, [1, 2])
    assert math.isnan(score.value)
    assert details == []
    assert counts["pairs of ws"] == 2


def test_no_pairs_have_no_score():
    assert math.isnan(scored([], [])[0][0].value)


def test_equal_cosines_have_no_order():
    assert math.isnan(scored([("a", "b"), ("b", "a")], [1, 2])[0][0].value)


def test_a_vector_of_zeros_is_near_nothing():
    found = scored([("a", "zero"), ("a", "c"), ("a", "b")], [1, 2, 3], {**VECTORS, "zero": np.zeros(2)})
    assert found[0][0].value == pytest.approx(1)
    assert ["a - zero", "1", "0.000"] in found[2][0].rows


def test_at_most_ten_differences_are_listed():
    rng = np.random.default_rng(0)
    vectors = {str(number): rng.normal(size=3) for number in range(30)}
    assert len(scored([("0", word) for word in vectors], rng.normal(size=30), vectors)[2][0].rows) == 10


# king - man + woman is queen, and paris - france + italy is rome.
TABLE = np.array(
    [[1, 0, 0, 0], [0, 1, 0, 0], [1, 0, 1, 0], [0, 1, 1, 0], [0.1, 0, 0, 1], [0.1, 0, 0.9, 1], [5, 5, 0, 0.1]],
    np.float32,
)
IDS = {word: number for number, word in enumerate(["man", "woman", "king", "queen", "france", "paris", "odd"])}
RIGHT = ("man", "king", "woman", "queen")
WRONG = ("man", "king", "woman", "odd")
UNKNOWN = ("man", "king", "woman", "empress")


def answered(sections):
    return score_analogies(Analogies(sections), IDS.get, Neighbours(TABLE), "gq")


def test_analogies_are_scored_in_all_and_by_section():
    [score], counts, [detail] = answered(
        {"sexes": [RIGHT, WRONG, UNKNOWN], "same": [RIGHT], "unknown": [UNKNOWN] * 2, "empty": []}
    )
    assert score.value == pytest.approx(2 / 3)
    assert (score.name, score.unit, score.lower_is_better) == ("accuracy_gq", "of questions", False)
    assert score.signature == f"analogies:6|answered:3|3CosAdd|elman:{__version__}"
    assert counts == {"questions of gq": 6, "answered of gq": 3}
    assert detail.title == "By section: gq"
    assert detail.columns == ["section", "accuracy", "right", "answered", "asked"]
    assert detail.rows[:2] == [["sexes", 0.5, 1, 2, 3], ["same", 1.0, 1, 1, 1]]
    assert [row[0] for row in detail.rows if math.isnan(row[1])] == ["unknown", "empty"]
    assert [row[2:] for row in detail.rows[2:]] == [[0, 0, 2], [0, 0, 0]]


@pytest.mark.parametrize("sections", [{}, {"empty": []}, {"unknown": [UNKNOWN]}])
def test_without_an_answered_analogy_there_is_no_score(sections):
    assert math.isnan(answered(sections)[0][0].value)


def test_the_words_of_a_question_are_never_its_answer():
    # Nearest to king - man + man is king itself.
    [score], _, _ = answered({"": [("man", "king", "man", "king")]})
    assert score.value == 0


# Texts


def test_a_text_has_the_loss_of_its_pairs_and_its_gaps():
    found = cloze_verdict(2.5, 10, 6, [3, 1, 2], np.array([3, 0, 2]))
    assert [(score.name, score.value) for score in found.scores] == [
        ("cross_entropy", 2.5),
        ("cloze_accuracy", pytest.approx(2 / 3)),
    ]
    assert (found.counts, found.shown) == ({"words": 6, "pairs": 10, "gaps": 3}, "2.5000 nats/pair")


def test_a_text_without_pairs_says_so():
    found = cloze_verdict(0.0, 0, 1, [], np.empty(0))
    assert [score.name for score in found.scores] == ["cross_entropy"]
    assert found.shown == "no pair of words to validate on"


# Files of questions


def test_files_of_one_name_are_told_apart_by_their_folders():
    words = Lexicon(Vocabulary(["a", "b", "c", "d"], [1] * 4), True, Learned())
    pairs = WordPairs([("a", "b"), ("b", "c"), ("b", "d")], np.array([9.0, 8.0, 4.0]))
    files = [QuestionFile(Path(name), pairs) for name in ("one/ws.txt", "two/ws.txt", "two/other.txt")]
    found = question_verdict(files, words)
    assert [score.name for score in found.scores] == ["spearman_one_ws", "spearman_two_ws", "spearman_other"]
    assert found.shown == "spearman one ws 1.000, spearman two ws 1.000, spearman other 1.000"
    assert found.counts["words"] == 4
    assert len(found.details) == 3
