"""Columns that say when."""

import pytest

from elman.data.clocks import is_clock, is_moment, month_of, says_time


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
        ("1949-01", True),
        ("1949-13", False),
        ("1949.01", False),
        ("01/1949", True),
        ("1949Q1", True),
        ("Q4 1949", True),
        ("1949-Q5", False),
        ("2024-W05", True),
        ("2024M11", True),
        ("Jan 1949", True),
        ("1949 December", True),
        ("Jan-49", True),
        ("Mai 1949", False),
        ("0815-12", False),
        ("", False),
    ],
)
def test_moments_are_dates_and_times_of_day(cell, moment):
    assert is_moment(cell) is moment


def test_decimals_of_a_clock_may_stand_behind_commas():
    assert is_clock([[f"{step},5" for step in range(12)]])
    assert not is_clock([])


@pytest.mark.parametrize(
    ("cell", "month"),
    [
        ("1949-02", (1949, 2)),
        ("2/1949", (1949, 2)),
        ("1949Q2", (1949, 4)),
        ("q3/2024", (2024, 7)),
        ("2024M11", (2024, 11)),
        ("Dec 1949", (1949, 12)),
        ("1949-february", (1949, 2)),
        ("Jan-49", None),
        ("2024-W05", None),
        ("2024-03-01", None),
    ],
)
def test_months_and_quarters_begin_with_a_month(cell, month):
    assert month_of(cell) == month


def test_a_column_says_the_time_by_its_name_its_cells_or_its_years():
    assert says_time("Datum", ["x"])
    assert says_time("when", ["1949-01", "", "1949-02"])
    assert says_time("Year", ["1949", "1949", "1950"])
    assert not says_time("year", ["1950", "1949"])  # of cars, which are in no order
    assert not says_time("load", ["1949", "1950"])
    assert not says_time("year", [])
