"""What is suspicious about sources and targets."""

import pytest

from elman.checks.copied_targets import CopiedTargets
from elman.checks.marks_apart import MarksApart
from tests.checks.making import WRITTEN, parts


def test_targets_that_are_their_sources_are_told_from_half_on():
    rows = [(f"a{n}", f"a{n}" if n < 11 else f"b{n}") for n in range(20)]
    assert list(CopiedTargets().find(parts(rows, fields=WRITTEN))) == [
        "target: 11 of 20 are the same as their source (55%), first a:1. Was one file given twice?"
    ]
    assert not list(CopiedTargets().find(parts([*rows[2:], *rows[18:]], fields=WRITTEN)))
    assert not list(CopiedTargets().find(parts([("a", "a")] * 20)))


@pytest.mark.parametrize(("train", "valid", "told"), [(" .", ".", True), (" .", " .", False), (".", " ?", True)])
def test_marks_that_stand_apart_in_one_part_only_are_told(train, valid, told):
    rows = [[(f"x{n}", f"y{n}{mark}") for n in range(12)] for mark in (train, valid)]
    found = list(MarksApart().find(parts(*rows, fields=WRITTEN)))
    shares = ("100%", "0%") if train == " ." else ("0%", "100%")
    message = (
        f"target: of texts that end in a mark, {shares[0]} have a blank before it in training and {shares[1]} in "
        "validation, first b:1. Tokenize both, or neither."
    )
    assert found == ([message] if told else [])
