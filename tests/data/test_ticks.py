"""Times of rows."""

import pytest

from elman.data.ticks import moment


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01 00:01", 60.0),
        ('"1970-01-02"', 86400.0),
        ("1970-01-01T02:00:00+02:00", 0.0),
        ("12.5", 12.5),
        ("monday", None),
    ],
)
def test_moments_are_seconds_or_numbers(text, seconds):
    assert moment(text) == seconds
