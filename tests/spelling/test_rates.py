"""Rates as they are defined, and lines with other numbers of words."""

import pytest

from elman.errors import DataError
from elman.spelling.pairs import aligned, read_pairs, word_pairs
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
    units = [(unit.right, unit.typed) for unit in aligned(right, typed)]
    assert units == [
        ("we", "we"), ("have to", "haveto"), ("go", "go"), ("sometimes", "some times"), ("to", "to"), ("the", "teh"),
        ("big", ""), ("town", "town"),
    ]  # fmt: skip
    assert [n for unit in aligned(right, typed) for n in unit.places] == list(range(8))


def test_words_of_pairs_come_without_marks():
    assert word_pairs([("The cat, sat.", "The cta, sat.")]) == [("The", "The"), ("cat", "cta"), ("sat", "sat")]


def test_pairs_are_read_with_bom_and_crlf(tmp_path):
    file = tmp_path / "pairs.tsv"
    file.write_bytes(b"\xef\xbb\xbfthe cat\tteh cat\r\n\r\na dog\ta dgo\r\n")
    assert read_pairs(file) == [("the cat", "teh cat"), ("a dog", "a dgo")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("the cat\n", r":1: got 'the cat', expected right<TAB>wrong, both with words."),
        ("a\tb\nthe\t\n", r":2: got 'the\\t', expected right<TAB>wrong"),
        ("\n", "has no line, expected right<TAB>wrong on each."),
    ],
)
def test_what_is_no_pair_is_refused(tmp_path, text, message):
    file = tmp_path / "pairs.tsv"
    file.write_text(text)
    with pytest.raises(DataError, match=message):
        read_pairs(file)
