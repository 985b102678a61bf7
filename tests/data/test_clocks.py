"""Columns that say when."""

import pytest

from elman.data.clocks import is_clock, is_moment


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2024-03-01", True),
        ("2024-03-01 10:00:00.5+01:00", True),
        ("2024-03-01T10:00Z", True),
        ("03/01/2024 10:00", True),
        ("1.3.24", True),
        (" 10:00:05,25 ", True),
        ("20240301", False),
        ("1.5", False),
        ("-3", False),
        ("10-20", False),
        ("", False),
    ],
)
def test_moments_are_dates_and_times_of_day(cell, moment):
    assert is_moment(cell) is moment


def test_decimals_of_a_clock_may_stand_behind_commas():
    assert is_clock([[f"{step},5" for step in range(12)]])
    assert not is_clock([])
