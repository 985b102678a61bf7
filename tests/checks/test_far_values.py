"""Numbers of a table that lie far from all others of their column."""

import numpy as np

from elman.checks.far_values import FarValues
from elman.data.fields import Field, Kind
from elman.data.parts import Parts
from elman.data.records import Example, TableRows

FRAMES = (Field("frames", Kind.FRAMES),)
USUAL = [100 + n % 17 for n in range(60)]


def series(numbers, columns=("load", "heat"), start=2, begin=0):
    frames = np.array([[one, n % 5] for n, one in enumerate(numbers)], float)
    rows = TableRows(range(start, start + len(frames)), columns)
    return Example({"frames": frames, **({"begin": begin} if begin else {})}, f"x.csv:{start}", rows)


def wrong(value, *places):
    return [value if n in places else one for n, one in enumerate(USUAL)]


def found(train, valid=()):
    return list(FarValues().find(Parts(FRAMES, ("frames",), train, valid)))


def test_column_line_value_how_far_and_what_to_do_are_said():
    assert found([series(wrong(5000, 10))]) == [
        "load: 5,000 in x.csv:12 is 305 times as far from the other 59 values as any two of them are from each other: "
        "they go from 100 to 116, half of them from 103 to 111.5 (median 107). Correct it, or, if it says that a "
        """value is missing: --set 'reader.absent=["5000"]'"""
    ]
    assert found([series(USUAL)]) == []


def test_rows_that_are_only_read_before_validation_count_once():
    every = wrong(5000, 10)
    [told] = found([series(every[:40])], [series(every, begin=40)])
    assert "5,000 in x.csv:12 is 305 times as far from the other 59 values" in told
    [told] = found([series(USUAL[:40])], [series(wrong(5000, 50), begin=40)])
    assert "5,000 in x.csv:52 is 305 times as far from the other 59 values" in told


def test_a_column_goes_through_all_series_and_the_first_of_several_is_named():
    [told] = found([series(USUAL), series(wrong(-999, 10, 50), start=70)])
    assert told.startswith("load: -999 in x.csv:80, the first of 2 such values, is 69 times as far from the other 118 ")
    assert told.endswith("""--set 'reader.absent=["-999"]'""")


def test_what_is_of_no_table_or_of_several_is_not_looked_at():
    every = series(wrong(5000, 10))
    assert found([Example(every.fields, "x.jsonl:1")]) == []
    assert found([series(USUAL, ("heat", "load")), every]) == []
