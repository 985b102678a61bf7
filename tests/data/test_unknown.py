"""Which share of the words of validation is unknown, as a task reads them by default."""

import pytest

from elman.data.unknown import unknown_word_share
from tests.checks.making import PAIR, SERIES, TAGGED, parts
from tests.text.test_cutting import NAMES


@pytest.mark.parametrize(
    ("train", "valid", "fields", "share"),
    [
        ([("It is.", "x")], [("is it so", "x")], None, 1 / 3),
        ([("it is . <unk>", "x")], [("It is.", "x")], None, 1 / 2),  # cut at blanks, as training is
        ([(name, "x") for name in [*NAMES, "x"]], [("Kaovq", "x")], None, 1 / 5),
        ([(name, name, "x") for name in [*NAMES, "x"]], [("Kaovq", "Kaov", "x")], PAIR, 1 / 2),  # by words
        ([("In 1999", "O O")], [("in 2024 then", "O O O")], TAGGED, 1 / 3),
        ([("a", "x")], [], None, 0),
        ([], [("a", "x")], None, 1),
        ([([[1.0]], "x")], [([[2.0]], "x")], SERIES, 0),
    ],
)
def test_words_are_cut_and_looked_up_as_a_task_does(train, valid, fields, share):
    assert unknown_word_share(parts(train, valid, *([fields] if fields else []))) == pytest.approx(share)
