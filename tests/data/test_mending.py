"""Options that a file asks for."""

import pytest

from elman.data.mending import mended
from elman.errors import DataError, OptionError


def test_options_are_taken_one_after_the_other_with_why():
    def attempt(options):
        for key in ("gaps", "missing"):
            if key not in options:
                raise OptionError(f"x.csv: {key}", {key: "a"})

    assert mended({"values": ["x"]}, attempt) == (
        {"values": ["x"], "gaps": "a", "missing": "a"},
        ["without its options it is refused: x.csv: gaps", "without its options it is refused: x.csv: missing"],
    )


def test_what_no_option_mends_is_refused():
    def broken(options):
        raise DataError("x.csv: broken")

    def always(options):
        raise OptionError("x.csv: gaps", {"gaps": "a"})

    with pytest.raises(DataError, match="broken"):
        mended({}, broken)
    with pytest.raises(OptionError, match="gaps"):
        mended({}, always)
