"""Numbers as files write them."""

import pytest

from elman.data.numbers import finite


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
