"""Times of rows."""

from pathlib import Path

import pytest

from elman.data.ticks import Ticks, moment, moments
from elman.errors import DataError, OptionError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01 00:01", 60.0),
        ('"1970-01-02"', 86400.0),
        ("1970-01-01T02:00:00+02:00", 0.0),
        ("12.5", 12.5),
        ("1970-02", 31 * 86400.0),
        ("1970Q2", 90 * 86400.0),
        ("1970-W02", 4 * 86400.0),
        ("2.1.1970", 86400.0),
        ("02.01.1970 1:30", 91800.0),
        ("1970/1/2 10:00:00,5", 122400.5),
        ("2/1/1970", None),
        ("13.13.1970", None),
        ("monday", None),
    ],
)
def test_moments_are_seconds_or_numbers(text, seconds):
    assert moment(text) == seconds


@pytest.mark.parametrize(
    ("times", "told"),
    [
        (["1", "9", "9", "9"], "x.csv:4: hour 9 comes twice. Leave one of the two rows out."),
        (["1", "9", "5", "3"], "x.csv:4: hour 5 stands behind 9: the rows are not in the order of time. Sort them."),
        (["31.1.2024", "1.2.2024", "2.2.2024", "6.2.2024"], "x.csv:5: hour 6.2.2024 follows 2.2.2024: 3 rows missing"),
        (["11/2/2024", "12/2/2024", "13/2/2024", "15/2/2024"], "x.csv:5: hour 15/2/2024 follows 13/2/2024: 1 row mis"),
        (["2/11/2024", "2/12/2024", "2/13/2024", "2/13/2024"], "x.csv:5: hour 2/13/2024 comes twice. "),
        (["1949-11", "1949-12", "1950-01", "1950-04"], "x.csv:5: hour 1950-04 follows 1950-01: 2 rows missing. "),
        (["1", "2", "3", "6"], "x.csv:5: hour 6 follows 3: 2 rows missing. "),
        (["1", "2", "50", "3"], "x.csv:5: hour 3 stands behind 50: the rows are not in the order of time. Sort them."),
        (
            [*map(str, range(10)), "noon", "11"],
            "x.csv:12: hour: got 'noon', expected a time as in the other rows, such as 0. Mend it.",
        ),
        (
            ["9", "8", "7"],
            "x.csv:3: hour 8 stands behind 9: the rows go back in time, all of them. Turn them: (head -n 1 x.csv; tail "
            "-n +2 x.csv | tac) > TURNED",
        ),
        (
            ["2024-01-04", "2024-01-05", "2024-01-08", "2024-01-09", "2024-01-10"],
            "x.csv:4: hour 2024-01-08 follows 2024-01-05: 2 rows missing, Saturday and Sunday. Put them in, with empty "
            "values and --set reader.missing=mask, or --set reader.gaps=ignore.",
        ),
        (
            ["2024-01-03", "2024-01-04", "2024-01-07", "2024-01-08", "2024-01-09"],
            "x.csv:4: hour 2024-01-07 follows 2024-01-04: 2 rows missing. Put them in",
        ),
        (["-1e308", "0", "1", "1.7e308"], "x.csv:5: hour 1.7e308 follows 1: "),
        (["-1.7e308", "1.7e308", "1.7e308"], "x.csv:4: hour 1.7e308 comes twice. "),
    ],
)
def test_rows_that_are_doubled_missing_or_not_in_order_are_refused(times, told):
    with pytest.raises(DataError) as refused:
        Ticks(Path("x.csv"), "hour", False).check(list(enumerate(times, 2)))
    assert str(refused.value).startswith(told)


def test_a_column_that_cannot_be_read_says_nothing():
    Ticks(Path("x.csv"), "hour", False).check(list(enumerate(["1/3/2024", "1/3/2024", "2/3/2024"], 2)))


@pytest.mark.parametrize(("times", "wrong"), [("1122", "comes twice"), ("1212", "stands behind 2")])
def test_several_series_are_refused_with_the_option_that_reads_them(times, wrong):
    with pytest.raises(
        OptionError, match=rf"hour 1 {wrong}: several series in one table, which 'shop' tells"
    ) as refused:
        Ticks(Path("x.csv"), "hour", False, lambda: "shop").check(list(enumerate(times, 2)))
    assert refused.value.options == {"series": "shop"}


def test_days_above_12_say_whether_days_or_months_come_first():
    assert moments(["01/02/1970", "13/01/1970"]) == [31 * 86400.0, 12 * 86400.0]
    assert moments(["01/02/1970", "01/13/1970"]) == [86400.0, 12 * 86400.0]
    assert moments(["01/02/1970", "13/01/1970", "01/13/1970"]) == [None, None, None]
