"""Rates as they are defined, and lines with other numbers of words."""

import pytest

from elman.spelling.pairs import Pair, units_of, word_pairs
from elman.spelling.rates import Rates, rates_of

TRIPLES = [
    ("the", "the", "the"), ("cat", "cta", "cat"), ("sat", "sat", "sat"), ("on", "no", "no"), ("a", "a", "the"),
    ("mat", "mst", "must"), ("by", "by", "by"), ("him", "hum", "hum"), ("now", "now", "now"), ("here", "hewe", "here"),
]  # fmt: skip


def test_ten_words():
    rates = rates_of(TRIPLES)
    assert rates == Rates(words=10, wrong=5, fixed=2, changed=4, broken=1)
    found = {score.name: score.value for score in rates.scores("")}
    assert found == {
        "errors": 0.4, "errors_if_nothing_is_done": 0.5, "fixed": 0.4, "broken": 0.2, "precision": 0.5,
        "F0.5": pytest.approx(0.47619047619047616, abs=1e-12),
    }  # fmt: skip
    share = rates.wrong / rates.words
    assert found["errors"] == pytest.approx((1 - found["fixed"]) * share + found["broken"] * (1 - share))


def test_joined_and_split_words_are_a_unit():
    right, typed = "we have to go sometimes to the big town", "we haveto go some times to teh town"
    units = [(unit.right, unit.typed) for unit in units_of(right, typed)]
    assert units == [
        ("we", "we"), ("have to", "haveto"), ("go", "go"), ("sometimes", "some times"), ("to", "to"), ("the", "teh"),
        ("big", ""), ("town", "town"),
    ]  # fmt: skip
    spans = [typed[unit.start : unit.start + len(unit.typed)] for unit in units_of(right, typed)]
    assert spans == [typed for _, typed in units]


def test_words_of_pairs_come_without_marks():
    assert word_pairs([Pair.of("The cat, sat.", "The cta, sat.")]) == [("The", "The"), ("cat", "cta"), ("sat", "sat")]


def test_a_long_line_that_lacks_its_last_word_takes_no_time():
    words = [f"w{number}" for number in range(3000)]
    units = units_of(" ".join(words), " ".join(words[:-1]))
    assert [unit.right for unit in units] == words
    assert (units[-1].typed, units[-1].start) == ("", len(" ".join(words[:-1])))
    assert [unit.typed for unit in units[:-1]] == words[:-1]
