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


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (("993,44", "1.017,05", "1.017", "1.017.200"), (993.44, 1017.05, 1017.0, 1017200.0)),
        (("1,234.50", "1,234", "1,234,567", "0.5"), (1234.5, 1234.0, 1234567.0, 0.5)),
        (("1 234,5", "1\u202f234 567", "1'000", "12 34"), (1234.5, 1234567.0, 1000.0, None)),
        (("1.234", "1.234,5", "1.5"), (1.234, None, 1.5)),
        (("0,125", "1.150"), (0.125, None)),
        (("1,234.5", "1.234,5"), (1234.5, None)),
        (("-1,234.5", "+1,234", "0,234", "1,23"), (-1234.5, 1234.0, None, None)),
    ],
)
def test_marks_between_thousands_are_read_where_they_can_be_nothing_else(texts, values):
    numbers = Decimals()
    assert tuple(map(numbers.finite, texts)) == values


def test_what_a_number_further_down_says_counts_above():
    numbers = Decimals().look(["1.017", "x", "993,44"])
    assert (numbers.finite("1.017"), numbers.finite("993,44")) == (1017.0, 993.44)
    assert numbers.remark == "points stand between thousands: 1.017 is 1017"
    assert Decimals().look(["1.017", "2.5"]).finite("1.017") == 1.017


def test_what_somebody_says_counts_where_numbers_leave_it_open():
    assert Decimals(",").finite("1.017") == 1017.0
    assert Decimals(".").finite("1,017") == 1017.0
    assert Decimals(alone=".").finite("1,017") is None
    assert Decimals(alone=".").mend("1,017") == "."
    assert [Decimals(",").decided, Decimals().decided] == ["", ""]


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
    assert [Decimals(".").finite(text) for text in ("1.5", "1,5")] == [1.5, None]
