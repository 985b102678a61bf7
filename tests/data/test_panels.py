"""Several series in one table."""

from elman.data.panels import stand_by_time, told_apart

TIMES = [str(2000 + n // 3) for n in range(30)]


def test_the_column_that_tells_rows_of_one_time_apart_is_found():
    shop, shelf = [str(n % 3) for n in range(30)], [f"{n % 3}{n % 2}" for n in range(30)]
    assert told_apart(TIMES, {"shelf": shelf, "shop": shop}) == "shop"
    assert told_apart(TIMES, {"pair": [str(n % 2) for n in range(30)]}) == ""
    assert told_apart([*map(str, range(30))], {"shop": shop}) == ""


def test_a_measured_column_does_not_tell_series_apart():
    assert told_apart(["1", "2", "2", *map(str, range(3, 30))], {"x": [str(n) for n in range(30)]}) == ""
    assert told_apart(TIMES, {"x": [f"{n / 7:.3f}" for n in range(30)]}) == ""


def test_rows_stand_by_time_where_those_of_one_time_are_side_by_side():
    names = ["year", "shop", "x"]
    rows = [[time, str(n % 3), "1"] for n, time in enumerate(TIMES)]
    assert stand_by_time(names, rows, [1])
    assert not stand_by_time(names, sorted(rows, key=lambda row: row[1]), [1])
    assert not stand_by_time(names, [*rows, rows[0]], [1])
    assert not stand_by_time(["what", *names[1:]], [["a", *row[1:]] for row in rows], [1])
    assert stand_by_time(["when", *names[1:]], [[f"1.{time[-1]}.2024", *row[1:]] for time, row in zip(TIMES[3:], rows[3:], strict=True)], [1])  # fmt: skip  # noqa: E501
