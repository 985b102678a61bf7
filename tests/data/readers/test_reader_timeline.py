"""Tables in the order of time: which column is which, which rows are meant, and what cannot be."""

import re

import numpy as np
import pytest

from elman.data.fields import Field, Kind
from elman.data.readers import formats, recognize
from elman.data.readers.timeline import TimelineReader
from elman.errors import DataError

HOURS = [f"2024-03-0{1 + hour // 24} {hour % 24:02}:00:00" for hour in range(30)]
FRAMES = (Field("frames", Kind.FRAMES),)


def write(folder, lines, name="load.csv"):
    path = folder / name
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def table(folder, rows=30, **changed):
    """Write a table of hours; `line_5=...` puts something else on line 5."""
    lines = ["date,load,heat", *(f"{HOURS[row]},{row},{row / 2}" for row in range(rows))]
    for key, text in changed.items():
        lines[int(key.removeprefix("line_")) - 1] = text
    return write(folder, lines)


def read(name, **options):
    reader = TimelineReader(TimelineReader.Config(**options), ("frames",))
    (example,) = reader.read(reader.find([name]))
    return reader, example


def refused(name, **options):
    with pytest.raises(DataError) as caught:
        read(name, **options)
    return re.sub(r"\S*/", "", str(caught.value))


def test_the_clock_is_told_and_the_other_columns_are_numbers(tmp_path):
    reader, example = read(table(tmp_path))
    assert example.fields["frames"].tolist() == [[row, row / 2] for row in range(30)]
    assert example.where == f"{tmp_path}/load.csv:2"
    assert reader.channels == ["load", "heat"]
    assert reader.remarks == [
        "clock: column 'date' (2024-03-01 00:00:00 ...) is not read, guessed; --set reader.clock=none reads it"
    ]
    assert reader.settled.values == ["load", "heat"]


def test_columns_are_found_by_name_in_another_order(tmp_path):
    reader, _ = read(table(tmp_path))
    other = TimelineReader(reader.settled, ("frames",))
    name = write(tmp_path, ["heat,note,load", "1,7,2", "3,7,4"], "other.csv")
    (example,) = other.read(other.find([name]))
    assert example.fields["frames"].tolist() == [[2, 1], [4, 3]]
    assert not [remark for remark in other.remarks if "constant" in remark]


@pytest.mark.parametrize(
    ("part", "begin", "rows"), [("1:10", 0, 10), (":10", 0, 10), ("11:20", 10, 20), ("11:", 10, 30), ("30:30", 29, 30)]
)
def test_rows_behind_a_part_are_not_read_and_those_before_are_context(tmp_path, part, begin, rows):
    _, example = read(f"{table(tmp_path)}#{part}")
    assert len(example.fields["frames"]) == rows
    assert example.fields.get("begin", 0) == begin
    assert example.where == f"{tmp_path}/load.csv:{begin + 2}"


def test_a_file_with_a_mark_in_its_name_is_that_file(tmp_path):
    name = write(tmp_path, ["a", "1", "2"], "load#1:1")
    assert len(read(name)[1].fields["frames"]) == 2


@pytest.mark.parametrize("part", ["0:3", "5:2", "a", "1-3", "3:0"])
def test_a_part_that_is_no_part_is_refused(tmp_path, part):
    message = f"load.csv#{part}: got rows '{part}', expected FIRST:LAST counted from 1, such as 1:8640 or 8641:."
    assert refused(f"{table(tmp_path)}#{part}") == message


def test_rows_that_are_not_there_are_refused(tmp_path):
    assert refused(f"{table(tmp_path)}#1:31") == "load.csv#1:31: 30 rows, expected 31. Name rows it has."


def test_a_gap_is_refused_with_its_line_and_can_be_ignored(tmp_path):
    lines = ["date,load", *(f"{HOURS[row]},{row}" for row in range(30) if row not in (7, 8))]
    assert refused(write(tmp_path, lines)) == (
        "load.csv:9: date 2024-03-01 09:00:00 follows 2024-03-01 06:00:00: 2 rows missing. Put them in, with empty "
        "values and --set reader.missing=mask, or --set reader.gaps=ignore."
    )
    assert len(read(write(tmp_path, lines), gaps="ignore")[1].fields["frames"]) == 28


def test_doubled_and_unsorted_times_are_refused_with_their_line(tmp_path):
    assert refused(table(tmp_path, line_6=f"{HOURS[3]},4,2")) == (
        "load.csv:6: date 2024-03-01 03:00:00 comes twice. Leave one of the two rows out."
    )
    assert refused(table(tmp_path, line_6=f"{HOURS[1]},4,2"), gaps="ignore") == (
        "load.csv:6: date 2024-03-01 01:00:00 stands behind 2024-03-01 03:00:00: the rows are not in the order of "
        "time. Sort them."
    )


def test_months_are_no_gaps(tmp_path):
    lines = ["date,load", *(f"2024-{month:02}-01,{month}" for month in range(1, 13))]
    assert len(read(write(tmp_path, lines))[1].fields["frames"]) == 12


def test_a_missing_value_is_refused_masked_or_the_one_before(tmp_path):
    name = table(tmp_path, line_5=f"{HOURS[3]},,1.5", line_6=f"{HOURS[4]},?,2")
    assert refused(name) == (
        "load.csv:5: column 2 (load): the value is missing, the first of 2. --set reader.missing=mask tells the model "
        "so, previous takes the value before it."
    )
    masked = read(name, missing="mask")[1].fields["frames"]
    assert np.isnan(masked).sum() == 2
    assert np.isnan(masked[3:5, 0]).all()
    assert read(name, missing="previous")[1].fields["frames"][2:6, 0].tolist() == [2, 2, 2, 5]


def test_a_missing_header_is_refused_and_can_be_said(tmp_path):
    name = write(tmp_path, ["1,2", "3,4", "5,7"])
    assert refused(name) == (
        "load.csv:1: no header: got 1, 2, expected the names of the columns. Put them there, or --set "
        "reader.header=false."
    )
    reader, example = read(name, header=False, clock="none")
    assert example.fields["frames"].tolist() == [[1, 2], [3, 4], [5, 7]]
    assert reader.channels == ["1", "2"]


def test_decimals_behind_commas_are_read_where_columns_are_apart_and_refused_where_not(tmp_path):
    reader, example = read(write(tmp_path, ["a;b", "1,5;2", "2,5;3"]))
    assert example.fields["frames"].tolist() == [[1.5, 2], [2.5, 3]]
    assert "load.csv: decimals stand behind commas: 1,5 is 1.5" in reader.remarks
    assert refused(write(tmp_path, ["a,b", "1,5,2", "2,5,3"])) == (
        "load.csv:2: 3 columns, expected 2 as on line 1. Decimals behind commas need ; or tabs between columns."
    )


def test_a_constant_column_is_told(tmp_path):
    reader, _ = read(write(tmp_path, ["a,b", "1,7", "2,7"]))
    assert reader.remarks == ["load.csv:1: column 2 (b) is 7 in every row: it says nothing"]


def test_what_is_no_number_is_refused_with_its_place(tmp_path):
    assert refused(table(tmp_path, line_4=f"{HOURS[2]},two,1")) == (
        "load.csv:4: column 2 (load): got 'two', expected a number, or ? where it is missing. If it says so: --set "
        """'reader.absent=["two"]'"""
    )


def test_what_the_user_names_is_a_value_that_is_missing(tmp_path):
    name = table(tmp_path, line_4=f"{HOURS[2]},none,-999.0", line_6=f"{HOURS[4]},?,7")
    assert refused(name).startswith("load.csv:4: column 2 (load): got 'none', expected a number")
    _, example = read(name, absent=["none", "-999"], missing="mask")
    expected = np.array([[row, row / 2] for row in range(30)])
    expected[2], expected[4] = np.nan, [np.nan, 7]
    np.testing.assert_array_equal(example.fields["frames"], expected)
    assert refused(name, absent=["none", "-999"]).startswith("load.csv:4: column 2 (load): the value is missing, the f")


@pytest.mark.parametrize(("given", "expected"), [(-999, ["-999"]), ("n/a,none", ["n/a", "none"]), (["a,b"], ["a,b"])])
def test_what_is_typed_without_brackets_is_a_list(given, expected):
    assert TimelineReader.Config(absent=given).absent == expected


def test_names_that_are_no_columns_are_refused(tmp_path):
    name = table(tmp_path)
    assert refused(name, values=["loaf"]) == (
        "load.csv:1: no column 'loaf', expected by reader.values, as given, or as the training table has it: got date, "
        "load, heat. Did you mean 'load'? Rename it there, or set reader.values."
    )
    assert refused(name, clock="tide").startswith("load.csv:1: no column 'tide', expected by reader.clock, as given: ")
    assert refused(write(tmp_path, ["date", *HOURS])) == (
        "load.csv:1: no column of numbers: got date. Name them with reader.values."
    )
    assert refused(write(tmp_path, ["a,b"])) == "load.csv:1: no row below the header, expected numbers."


def test_it_is_recognized_with_and_without_a_part(tmp_path):
    for name in (table(tmp_path), f"{table(tmp_path)}#1:10"):
        assert recognize([name], FRAMES, formats(FRAMES)) == "timeline"


@pytest.mark.parametrize(
    ("name", "times", "said"),
    [
        ("month", [f"{1949 + row // 12}-{row % 12 + 1:02}" for row in range(24)], 12),
        ("when", [f"{row % 12 + 1}/{1949 + row // 12}" for row in range(24)], 12),
        ("quarter", [f"{1949 + row // 4}Q{row % 4 + 1}" for row in range(24)], 4),
        ("year", [str(1949 + row) for row in range(24)], 0),
        ("day", [f"{1949 + row // 12}-{row % 12 + 1:02}-01" for row in range(24)], 12),
    ],
)
def test_months_quarters_and_years_are_clocks(tmp_path, name, times, said):
    lines = [f"{name},load", *(f"{time},{row}" for row, time in enumerate(times))]
    path = write(tmp_path, lines)
    reader, example = read(path)
    assert recognize([path], FRAMES, formats(FRAMES)) == "timeline"
    assert example.fields["frames"].tolist() == [[row] for row in range(24)]
    told = [f"clock: column '{name}' ({times[0]} ...) is not read, guessed; --set reader.clock=none reads it"]
    assert (reader.remarks, reader.season) == (told, said)
    assert "1 row" in refused(write(tmp_path, lines[:5] + lines[6:]))


def test_thousands_and_units_are_read_or_refused(tmp_path):
    reader, example = read(write(tmp_path, ["date;load", "01.01.2024;993,44", "02.01.2024;1.017,05"]))
    assert example.fields["frames"].tolist() == [[993.44], [1017.05]]
    assert "load.csv: points stand between thousands: 1.017,05 is 1017.05" in reader.remarks
    assert reader.settled.decimal == ","
    name = write(tmp_path, ["date,load", "2024-01-01,$993.44", "2024-01-02,$7"])
    assert recognize([name], FRAMES, formats(FRAMES)) == "timeline"
    assert refused(name) == (
        "load.csv:2: column 2 (load): got '$993.44', expected a number with nothing beside it. Take '$' out of the "
        "column, as 993.44; its name may say the unit."
    )
    assert refused(write(tmp_path, ["a;load", "1;0,125", "2;1.150"])) == (
        "load.csv:3: column 2 (load): got '1.150', expected a number, with decimals as in 0,125 before. If points "
        """stand between thousands: --set 'reader.decimal=","'"""
    )
    assert read(write(tmp_path, ["a;load", "1;0,125", "2;1.150"]), decimal=",")[1].fields["frames"][1, 1] == 1150


def test_names_with_something_else_between_them_are_refused_with_the_command_that_mends_them(tmp_path):
    name = write(tmp_path, ["date,load,heat", "01.01.2024;993,44;1", "02.01.2024;1.017,05;2"])
    assert recognize([name], FRAMES, formats(FRAMES)) == "timeline"
    with pytest.raises(DataError) as caught:
        read(name)
    assert str(caught.value) == (
        f"{name}:1: the names have ',' between them, and the rows below ';', expected one of the two. Write the names "
        f"as the rows: sed '1s/,/;/g' {name} > MENDED"
    )
