"""Series in a table, a row a time step."""

import numpy as np
import pytest

from elman.data.fields import Field, Kind
from elman.data.readers import formats, recognize
from elman.data.readers.series import SeriesReader
from elman.errors import DataError

FIELDS = ("frames", "labels")
KINDS = (Field("frames", Kind.FRAMES), Field("labels", Kind.LABELS))
TABLE = "series,time,x,y,label\ns1,0,1,10,a\ns1,1,2,?,a\ns2,0,3,30,b\n"


def write(folder, text, name="x.csv"):
    path = folder / name
    path.write_text(text)
    return path


def read(path, fields=FIELDS, **options):
    return list(SeriesReader(SeriesReader.Config(**options), fields).read([path]))


def test_rows_of_one_series_become_its_frames(tmp_path):
    path = write(tmp_path, TABLE)
    one, other = read(path)
    np.testing.assert_array_equal(one.fields["frames"], [[1, 10], [2, np.nan]])
    assert (one.fields["labels"], one.where) == (["a"], f"{path}:2")
    assert other.fields["frames"].tolist() == [[3, 30]]
    assert "labels" not in read(path, ("frames",))[0].fields


def test_what_the_user_names_is_a_value_that_is_missing(tmp_path):
    path = write(tmp_path, TABLE.replace("s1,0,1,10", "s1,0,-1,none"))
    message = r"""x\.csv:2: column 4 \(y\): got 'none', .*\. If it says so: --set 'reader\.absent=\["none"\]'$"""
    with pytest.raises(DataError, match=message):
        read(path)
    one, _ = read(path, absent="none,-1")
    np.testing.assert_array_equal(one.fields["frames"], [[np.nan, np.nan], [2, np.nan]])


def test_columns_may_have_names_of_their_own_and_tabs_between(tmp_path):
    path = write(tmp_path, "who\tx\tz\tkind\ns\t1\t2\ta\ns\t3\t4\ta\n")
    assert read(path, series="who", label="kind", values=["z"])[0].fields["frames"].tolist() == [[2], [4]]


def test_it_is_recognized_by_its_columns_and_a_table_of_texts_is_not(tmp_path):
    able = formats(KINDS)
    assert recognize([str(write(tmp_path, TABLE))], KINDS, able) == "series"
    with pytest.raises(DataError, match="looks like none of the formats"):
        recognize([str(write(tmp_path, "id,text,label\n1,a film,pos\n"))], KINDS, able)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("series,x,label\ns,1,a\ns,oops,a\n", r"x.csv:3: column 2 \(x\): got 'oops', expected a number, or \? where"),
        ("series,x,label\ns,1,a\ns,1\n", r"x.csv:3: 2 columns, expected 3 as on line 1"),
        ("series,x,label\ns,1,a\ns,2,b\n", r"x.csv:2: series 's' has labels a, b, expected one, the same in all"),
        ("series,x,label\ns,1,\n", r"x.csv:2: series 's' has no label, expected one"),
        ("series,x,label\ns,1,a\nr,1,b\ns,2,a\n", r"x.csv:4: series 's' again, it ended on line 2. Sort the rows"),
        ("series,x,label\ns,?,a\n", r"x.csv:2: every value of the series is missing. Leave it out, or give it values."),
        ("series,x,label\ns,1e308,a\n", r"x.csv:2: column 2 \(x\): got 1e\+308, expected at most 1e\+100, or \? where"),
        ("series,x,label\ns,-1.8e308,a\n", r"x.csv:2: column 2 \(x\): got '-1.8e308', expected a number, or \? where"),
        (
            'series,x,label\ns,"1,5",a\ns,2.5,a\n',
            r"x.csv:3: column 2 \(x\): got '2.5', expected a number, with decimals as in 1,5 before, or \? where it is "
            r"missing. Write it as that one.",
        ),
        (
            'series,x,label\ns,"1,234",a\n',
            r"x.csv:2: column 2 \(x\): got '1,234', expected a number. If commas stand between thousands: --set "
            r"""'reader.decimal="."'$""",
        ),
        (
            "series;x;label\ns;0,125;a\ns;1.150;a\n",
            r"x.csv:3: column 2 \(x\): got '1.150', expected a number, with decimals as in 0,125 before. If points "
            r"""stand between thousands: --set 'reader.decimal=","'$""",
        ),
        (
            "series,x,label\ns,100.0 kWh,a\n",
            r"x.csv:2: column 2 \(x\): got '100.0 kWh', expected a number with nothing beside it. Take 'kWh' out of "
            r"the column, as 100.0; its name may say the unit.$",
        ),
        (
            "series;x;label\ns;1,5;a\ns;2.5;a\n",
            r"x.csv:3: column 2 \(x\): got '2.5', expected a number, with decimals as",
        ),
        ("what,x,label\ns,1,a\n", r"x.csv:1: no column series or series_id or sequence: got what, x, label"),
        ("series,label\ns,a\n", r"x.csv:1: no column of numbers: got series, label. Name them with reader.values"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        read(write(tmp_path, text))


def test_columns_are_found_by_the_names_that_the_first_file_has(tmp_path):
    reader = SeriesReader(SeriesReader.Config(), FIELDS)
    list(reader.read([write(tmp_path, "series,x,Y,label\ns,1,2,a\n", "a.csv")]))
    assert reader.settled.values == ["x", "Y"]
    other = SeriesReader(reader.settled, FIELDS)
    turned = write(tmp_path, "label;y;note;x;series\na;2;9;1;s\n", "b.csv")
    assert next(other.read([turned])).fields["frames"].tolist() == [[1, 2]]
    with pytest.raises(DataError, match=r"c.csv:1: no column x: got series, v, y, label. Name it with --set"):
        list(other.read([write(tmp_path, "series,v,Y,label\ns,1,2,a\n", "c.csv")]))


def test_columns_without_different_names_stay_where_they_are(tmp_path):
    reader = SeriesReader(SeriesReader.Config(), FIELDS)
    [one] = reader.read([write(tmp_path, "series,x,x,label\ns,1,2,a\n")])
    assert one.fields["frames"].tolist() == [[1, 2]]
    assert reader.settled.values == []


def test_decimals_behind_commas_are_read_and_said(tmp_path):
    reader = SeriesReader(SeriesReader.Config(), FIELDS)
    path = write(tmp_path, "series;x;y;label\ns;1,5;-0,25;a\ns;2;?;a\n")
    [one] = reader.read([path])
    np.testing.assert_array_equal(one.fields["frames"], [[1.5, -0.25], [2, np.nan]])
    assert reader.remarks == ["x.csv: decimals stand behind commas: 1,5 is 1.5"]
    assert recognize([str(path)], KINDS, formats(KINDS)) == "series"


@pytest.mark.parametrize(
    ("table", "values", "said"),
    [
        ("series;x;label\ns;1.500,5;a\n", [1500.5], "points stand between thousands: 1.500,5 is 1500.5"),
        ('series,x,label\ns,"1,5",a\n', [1.5], "decimals stand behind commas: 1,5 is 1.5"),
        ("series;x;label\ns;1.017;a\ns;993,44;a\n", [1017, 993.44], "points stand between thousands: 1.017 is 1017"),
        ('series,x,label\ns,"1,234",a\ns,99.5,a\n', [1234, 99.5], "commas stand between thousands: 1,234 is 1234"),
        ('series,x,label\ns,"1,234,567",a\n', [1234567], "commas stand between thousands: 1,234,567 is 1234567"),
        (
            "series;x;label\ns;1 234,5;a\n",
            [1234.5],
            "blanks or apostrophes stand between thousands: 1 234,5 is 1234.5",
        ),
        ("series|x|label\ns|1,234|a\n", [1.234], "decimals stand behind commas: 1,234 is 1.234"),
    ],
)
def test_thousands_are_read_where_the_numbers_say_so(tmp_path, table, values, said):
    reader = SeriesReader(SeriesReader.Config(), FIELDS)
    [one] = reader.read([write(tmp_path, table)])
    assert one.fields["frames"][:, 0].tolist() == values
    assert reader.remarks == [f"x.csv: {said}"]


def test_other_files_are_read_with_the_thousands_of_the_first(tmp_path):
    reader = SeriesReader(SeriesReader.Config(), FIELDS)
    list(reader.read([write(tmp_path, "series;x;label\ns;1.500,5;a\n")]))
    assert reader.settled.decimal == ","
    [one] = SeriesReader(reader.settled, FIELDS).read([write(tmp_path, "series;x;label\ns;1.234;a\n", "b.csv")])
    assert one.fields["frames"].tolist() == [[1234]]
    [said] = read(write(tmp_path, "series;x;label\ns;1.234;a\n", "c.csv"), decimal=",")
    assert said.fields["frames"].tolist() == [[1234]]


def clocked(clocks, label=("a", "b")):
    """Return a table of two series with these times before their numbers."""
    rows = [
        f"s{number},{when},{(-1) ** step * step},{label[number]}"
        for number, times in enumerate(clocks)
        for step, when in enumerate(times)
    ]
    return "\n".join(["series,when,acc,label", *rows, ""])


@pytest.mark.parametrize(
    ("clocks", "begins"),
    [
        ([range(0, 80, 10), range(1000, 1080, 10)], "0, 10, 20"),
        ([[0.0, 0.11, 0.2, 0.29, 0.4, 0.5], [3.0, 3.1, 3.21, 3.3, 3.39, 3.5]], "0.0, 0.11, 0.2"),
        ([[1.7e9 + step**3 for step in range(7)]] * 2, "1700000000.0, 1700000001.0, 1700000008.0"),
        ([[f"2024-03-0{day}T10:00:0{second}Z" for second in range(3)] for day in (1, 2)], "2024-03-01T10:00:00Z, "),
        ([["1.3.2024 10:00"], ["2.3.2024 10:00"]], "1.3.2024 10:00, 2.3.2024 10:00"),
    ],
)
def test_a_column_that_says_the_time_is_no_channel_and_that_is_said(tmp_path, clocks, begins):
    path = write(tmp_path, clocked([list(times) for times in clocks]))
    reader = SeriesReader(SeriesReader.Config(), FIELDS)
    assert next(reader.read([path])).fields["frames"].shape[1] == 1
    assert reader.channels == ["acc"]
    [said] = reader.remarks
    assert said.startswith(f"clock: 1 column not read: 'when' ({begins}")
    assert said.endswith("...), guessed; --set reader.clock=none reads it, too")
    assert recognize([str(path)], KINDS, formats(KINDS)) == "series"


@pytest.mark.parametrize(
    "clocks",
    [
        [range(8), [3 * step for step in range(8)]],  # rises at a pace of its own in each
        [range(8), range(8, 0, -1)],
        [range(3), range(3)],  # too few to tell
        [[1.0, "?", 3.0] * 3] * 2,
    ],
)
def test_numbers_that_rise_otherwise_are_measured(tmp_path, clocks):
    reader = SeriesReader(SeriesReader.Config(), FIELDS)
    list(reader.read([write(tmp_path, clocked([list(times) for times in clocks]))]))
    assert (reader.channels, reader.remarks) == (["when", "acc"], [])


def test_the_clock_is_what_somebody_says(tmp_path):
    path = write(tmp_path, clocked([list(range(8))] * 2))
    for clock, channels in (("none", ["when", "acc"]), ("acc", ["when"]), ("When", ["acc"])):
        reader = SeriesReader(SeriesReader.Config(clock=clock), FIELDS)
        list(reader.read([path]))
        assert (reader.channels, reader.remarks) == (channels, [])
    with pytest.raises(DataError, match=r"x.csv:1: no column tick: got series, when, .* Name it with --set reader.clock=NAME"):  # fmt: skip  # noqa: E501
        read(path, clock="tick")


def test_a_clock_alone_is_what_was_measured(tmp_path):
    path = write(tmp_path, "series,time,label\n" + "".join(f"s{n},{t},a\n" for n in "ab" for t in range(9)))
    assert read(path)[0].fields["frames"].shape == (9, 1)


def test_a_wrong_cell_is_named_by_its_column(tmp_path):
    with pytest.raises(DataError, match=r"x.csv:3: column 2 \(acc x\): got 'oops', expected a number"):
        read(write(tmp_path, "series,acc x,label\ns,1,a\ns,oops,a\n"))


def test_a_column_of_dates_is_no_measurement_where_all_numbers_count_on(tmp_path):
    path = tmp_path / "s.csv"
    rows = (f"{one},2024-01-01 10:{step:02d},{step},{'ab'[one % 2]}\n" for one in range(4) for step in range(6))
    path.write_text("id,when,depth,label\n" + "".join(rows))
    reader = SeriesReader(SeriesReader.Config(), ("frames", "labels"))
    assert [one.fields["frames"].tolist() for one in reader.read([path])] == [[[step] for step in range(6)]] * 4
    assert list(reader.channels) == ["depth"]


def test_a_table_without_names_is_not_taken_for_one_with_numbers_as_names(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("2024-01-01,s0,18.37,ok\n2024-01-02,s0,18.40,ok\n")
    reader = SeriesReader(SeriesReader.Config(), ("frames", "labels"))
    with pytest.raises(DataError) as refused:
        list(reader.read([path]))
    assert str(refused.value) == (
        f"{path}:1: got data: 2024-01-01, s0, 18.37, ok; expected the names of the columns in the first row. Write "
        "them there, such as series,x,y,label."
    )


def test_rows_of_several_series_that_stand_by_time_are_put_together(tmp_path):
    path = write(tmp_path, "date,shop,x\n" + "".join(f"2024-01-0{day},{shop},{day}{shop}\n" for day in range(1, 6) for shop in (1, 2)))  # fmt: skip  # noqa: E501
    reader = SeriesReader(SeriesReader.Config(series="shop"), ("frames",))
    one, other = reader.read([path])
    assert one.fields["frames"][:, 0].tolist() == [11, 21, 31, 41, 51]
    assert other.fields["frames"][:, 0].tolist() == [12, 22, 32, 42, 52]
    assert (one.where, other.where) == (f"{path}:2", f"{path}:3")
    assert (one.rows.lines, other.rows.columns) == ([2, 4, 6, 8, 10], ["x"])
    assert "rows stand by time: those of each of 2 series, by 'shop', are put together" in reader.remarks


@pytest.mark.parametrize(
    ("days", "wrong"),
    [
        ("123143", r"x.csv:7: date 2024-01-03 stands behind 2024-01-04: the rows are not in the order of time. Sort"),
        ("123122", r"x.csv:7: date 2024-01-02 comes twice. Leave one of the two rows out."),
        ("321321", r"x.csv:3: date 2024-01-02 stands behind 2024-01-03: the rows go back in time, all of them. Turn"),
    ],
)
def test_series_to_forecast_stand_in_the_order_of_time(tmp_path, days, wrong):
    rows = "".join(f"2024-01-0{day},{'aaabbb'[n]},{n},l\n" for n, day in enumerate(days))
    path = write(tmp_path, f"date,series,x,label\n{rows}")
    with pytest.raises(DataError, match=wrong):
        read(path, ("frames",))
    assert len(read(path)) == 2  # what has a label is read as it stands
    assert len(read(path, ("frames",), clock="none", values=["x"])) == 2
