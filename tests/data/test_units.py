"""What stands beside numbers."""

import pytest

from elman.data.units import beside, unit_of


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("100.0 kWh", ("100.0", "kWh")),
        ("$1,234.50", ("1,234.50", "$")),
        ("-$5", ("-5", "$")),
        ("1 234,5 €", ("1 234,5", "€")),
        ("EUR 5", ("5", "EUR")),
        ("45%", ("45", "%")),
        ("3 kg/m3", ("3", "kg/m3")),
        ("12.5", None),
        ("1e5", None),
        ("B12", None),
        ("2024-01-01", None),
        ("10:30", None),
        ("five", None),
        ("US$5", ("5", "US$")),
        ("USD5", ("5", "USD")),
        ("SUB01", None),
        ("ID12", None),
        ("-$-5", None),
        ("5th", None),
        ("12 Jan", None),
        ("12 March", None),
        ("60 decibels", ("60", "decibels")),
        ("3 novas", ("3", "novas")),
        ("12 Sept.", None),
    ],
)
def test_units_and_currencies_are_seen_beside_a_number(text, found):
    assert beside(text) == found


def test_a_column_has_a_unit_where_nearly_all_numbers_have_it():
    assert unit_of(["1 m", "2 m", "", "3 m"]) == "m"
    assert unit_of(["1 m", "2 km"]) == ""
    assert unit_of([]) == ""
