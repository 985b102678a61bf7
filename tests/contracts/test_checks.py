"""Every check through one contract: it is pure, and whatever the data is, it says sentences or nothing."""

import copy
import random

import numpy as np
import pytest

from elman.checks import CHECKS
from elman.data.parts import Parts
from elman.data.running import RunningText
from tests.checks.making import PAIR, SERIES, TAGGED, WRITTEN, examples, parts, running

ODD = {
    "nothing": parts([]),
    "one": parts([("a", "x")]),
    "blank": parts([("", ""), (" ", " ")], [("", "")]),
    "no label": parts([("a b c d e f", []), ("a b c d e f", ["x", "y"])] * 20, [("b", [])]),
    "no ASCII": parts([("\u4f60\u597d \U0001f600", "\u00e9"), ("e\u0301\u200b", "e\u0301")] * 30, [("\u597d", "x")]),
    "half a letter": parts([("a\ud83d", "\ud83d")] * 12),
    "digits": parts([("\u00b2\u0663", "\u0661"), ("9" * 5000, "9" * 400)] * 12),
    "tags": parts([("a b", "O O"), ("", "")] * 12, [("", "")], TAGGED),
    "pairs": parts([("a", "b", "c")] * 12, [("a", "b", "d")], PAIR),
    "written": parts([("a", "b")] * 12, [("b", "a")], WRITTEN),
    "series": Parts(
        SERIES,
        ("frames",),
        examples(SERIES, [(np.full((n, 2), np.nan), "x") for n in (0, 1, 4, 4, 9)] * 5, "a"),
        examples(SERIES, [(np.zeros((1, 2)), "y")], "b"),
    ),
    "unknown": parts([("a", "x")], [("b " * 30, "x")], unknown=1.0),
    "empty text": running(""),
    "text": running("a\n" * 9, "\n\n\0\ufffd" + "x" * 99, unknown=1.0),
    "end of a text": running("a" * 99, held_out=0.5),
}  # fmt: skip
each = pytest.mark.parametrize("name", CHECKS.names())


@each
@pytest.mark.parametrize("data", ODD.values(), ids=ODD)
def test_odd_data_is_no_reason_to_fall(name, data):
    check = CHECKS.get(name)()
    assert check.takes
    assert set(check.takes) <= {Parts, RunningText}
    if isinstance(data, check.takes):
        before = copy.deepcopy(data) if isinstance(data, Parts) else data
        said = list(check.find(data))
        assert all(isinstance(text, str) and "\n" not in text and ": " in text for text in said)
        assert list(check.find(before)) == said  # of the data alone


@pytest.mark.parametrize("name", [name for name in CHECKS.names() if Parts in CHECKS.get(name).takes])
def test_order_decides_only_what_comes_first(name):
    check = CHECKS.get(name)()
    rows = [(f"the film number {i % 30} was fine", "pos" if i % 3 else "Pos") for i in range(60)]
    rows += [("na\ufffd\0", "NaN"), ("text", "label")]
    other = random.Random(1).sample(rows, len(rows))
    for valid in ([], rows[:7]):
        found = [len(list(check.find(parts(some, valid)))) for some in (rows, other)]
        assert found[0] == found[1]


@each
def test_it_says_what_it_is(name):
    check = CHECKS.get(name)
    assert check.weight in (1, 2, 3)
    assert CHECKS.summary(name).endswith(".")
    assert check.__doc__
