"""Numbers as files write them."""

import pytest

from elman.data.numbers import Decimals, finite


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", 3.0),
        (" -2.5e1\t", -25.0),
        ("0", 0.0),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("", None),
        ("1,5", None),
    ],
)
def test_only_what_is_a_finite_number_is_one(text, value):
    assert finite(text) == value


def test_decimals_of_one_file_have_one_mark():
    numbers = Decimals()
    assert [numbers.finite(text) for text in ("3", " 1,5 ", "-,5e1", "+2,", "1.5", "1,2,3", "nan")] == [
        3.0, 1.5, -5.0, 2.0, None, None, None,
    ]  # fmt: skip
    assert numbers.remark == "decimals stand behind commas: 1,5 is 1.5"
    assert numbers.expected == "a number, with decimals as in 1,5 before"
    points = Decimals()
    assert [points.finite(text) for text in ("1e3", "1.5", "1,5")] == [1000.0, 1.5, None]
    assert points.remark == ""
    assert [Decimals(commas=False).finite(text) for text in ("1.5", "1,5")] == [1.5, None]
