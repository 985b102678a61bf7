"""The error model is the sum over derivations, as enumeration and textbooks have it."""

import numpy as np
import pytest

from elman.errors import DataError
from elman.spelling.channels.edits import Edits, Tables
from elman.spelling.edits import BEFORE, KINDS, _ways, derivations

LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Kernighan, Church & Gale's example: what makes "acress" of each word, and how likely each word is.
EDITS = [
    ("actress", "deletion", "c", "t", 0.000117),
    ("cress", "insertion", BEFORE, "a", 1.44e-06),
    ("caress", "transposition", "c", "a", 1.64e-06),
    ("access", "substitution", "c", "r", 2.09e-07),
    ("across", "substitution", "o", "e", 9.3e-06),
    ("acres", "insertion", "e", "s", 3.21e-05),
    ("acres", "insertion", "s", "s", 3.42e-05),
]
PRIORS = {"actress": 2.31e-05, "cress": 5.44e-07, "caress": 1.7e-06, "access": 9.16e-05, "across": 0.000299,
          "acres": 3.18e-05}  # fmt: skip


def enumerated(model, word, typed):
    numbers, total = {letter: n for n, letter in enumerate(model.letters, 1)}, 0.0
    for count in (1, 2):
        for way in _ways(BEFORE + word, typed, 1, 0, count):
            one = 1.0
            for edit in way:
                one *= getattr(model.tables, edit.kind)[numbers.get(edit.first, 0), numbers.get(edit.second, 0)]
            total += one
    return total


def test_acress_is_what_the_textbook_says():
    tables = Tables(*(np.zeros((27, 27)) for _ in KINDS))
    numbers = {BEFORE: 0} | {letter: n for n, letter in enumerate(LETTERS, 1)}
    for _, kind, first, second, probability in EDITS:
        getattr(tables, kind)[numbers[first], numbers[second]] = probability
    words = list(PRIORS)
    found = np.exp(Edits(LETTERS, tables, 0.05).log_probs(words, ["acress"] * 6)) * list(PRIORS.values())
    expected = [2.7027e-09, 7.8336e-13, 2.788e-12, 1.91444e-11, 2.7807e-09, 1.02078e-09 + 1.08756e-09]
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert words[int(found.argmax())] == "across"


@pytest.mark.parametrize(
    ("word", "typed"),
    [("acres", "acress"), ("the", "teh"), ("abc", "cab"), ("hello", "hlleo"), ("a", "aa"), ("to", "ot"), ("aa", "a"),
     ("better", "bettter"), ("seen", "sene"), ("ab", "ba"), ("été", "éte"), ("which", "wihch")],
)  # fmt: skip
@pytest.mark.parametrize("keyboard", [True, False])
def test_every_derivation_of_one_or_two_edits_counts(word, typed, keyboard):
    model = Edits.assumed(LETTERS, keyboard)
    assert np.exp(model.log_probs([word], [typed]))[0] == pytest.approx(enumerated(model, word, typed), rel=1e-12)


def test_a_pair_is_as_likely_beside_others_and_three_edits_are_not_possible():
    model = Edits.assumed(LETTERS)
    words, typed = ["the", "wonderful", "a", "house"], ["hte", "wodnerful", "abcd", "house"]
    found = model.log_probs(words, typed)
    assert found[2] == -np.inf
    assert found[3] == pytest.approx(np.log1p(-model.error))
    for one in (0, 1):
        assert found[one] == model.log_probs(words[one : one + 1], typed[one : one + 1])[0]


def test_rows_of_what_is_assumed_sum_to_the_rate_and_neighbours_are_likelier():
    model = Edits.assumed(LETTERS)
    np.testing.assert_allclose(model.tables.substitution[1:, 1:].sum(1), 0.03 / 4, rtol=0.01)
    s, d, p = (LETTERS.index(letter) + 1 for letter in "sdp")
    assert model.tables.substitution[s, d] > 10 * model.tables.substitution[s, p]


def test_ways_with_the_fewest_edits():
    assert [[edit.kind for edit in way] for way in derivations("the", "teh", 2)] == [["transposition"]]
    assert derivations("the", "the", 2) == [[]]
    assert derivations("the", "xyz", 2) == []


def test_what_is_learned_is_what_was_done():
    pairs = [("seen", "seem")] * 40 + [("seen", "seen")] * 960 + [("bar", "bra")] * 10 + [("bar", "bar")] * 990
    model = Edits.learned(pairs, LETTERS)
    n, m, x = (LETTERS.index(letter) + 1 for letter in "nmx")
    assert model.error == pytest.approx(50 / 2000)
    assert model.tables.substitution[n, m] == pytest.approx(40 / 1000, rel=0.1)
    assert 0 < model.tables.substitution[n, x] < 0.001
    a, r = LETTERS.index("a") + 1, LETTERS.index("r") + 1
    assert model.tables.transposition[a, r] == pytest.approx(10 / 1000, rel=0.4)


def test_pairs_without_a_mistake_teach_nothing():
    with pytest.raises(DataError, match="no word differs from what was typed by one or two letters, expected some"):
        Edits.learned([("the", "the"), ("a", "xyzuv")], LETTERS)
