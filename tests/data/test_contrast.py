"""Files of different kinds, and lines that begin as sentences do."""

import random

import pytest

from elman.data.contrast import begin_sentences, differ

DRAW = random.Random(0)


def lines(words, count=200):
    return [" ".join(["The", *DRAW.choices(words, k=5)]) for _ in range(count)]


def test_files_differ_in_a_word_that_one_of_them_has():
    usual = [f"w{n}" for n in range(20)]
    assert differ([lines([*usual, "superb"]), lines([*usual, "awful"])])
    assert differ([lines(usual), lines(usual), lines([*usual, "awful"])])
    assert not differ([lines(usual), lines(usual)]), "chance"
    assert not differ([lines(["superb"], 5), lines(["awful"], 200)]), "too few lines to say"
    assert not differ([["pos film"] * 50, ["neg film"] * 50]), "what begins lines is apart"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("The film is slow\nIt is good\n", True),
        ("I like it\nA film\n", True),
        ("the end of the film\nit was what it is\n", True),
        ("pos The film is slow\nneg It is good\n", False),
        ("LOC:city Where is it ?\nNUM:date When was it ?\n", False),
        ("good a good film\nbad it has no end\ngood so fine\n", False),
        ("0 a film\n1 the 1 film\n", False),
        ("word\n", False),
        ("", False),
    ],
)
def test_lines_begin_as_sentences_do(text, sentences):
    assert begin_sentences(text.splitlines()) is sentences
