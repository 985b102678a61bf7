"""Tables of numbers: what their columns are taken for, and the command that is proposed."""

import pytest

from elman.data.measurements import measurements
from elman.data.summary import missing_numbers

HEADER = "timestamp,sensor_id,temp,vibration,state\n"


def sensors(label, rows=4, count=6):
    return HEADER + "".join(
        f"2024-01-0{one + 1} 10:0{step},s{one},{20 + one / 7:.2f},{step / 3:.3f},{label(one, step)}\n"
        for one in range(count)
        for step in range(rows)
    )


def per_series(one, step):
    return "ok" if one % 2 else "fault"


def test_series_and_label_are_found_by_what_stands_in_them():
    found = measurements(sensors(per_series))
    assert (found.numbers, found.clocks, found.series, found.label) == (
        ["temp", "vibration"],
        ["timestamp"],
        "sensor_id",
        "state",
    )
    command = "elman train classify 's 1.csv' --set reader.series=sensor_id --set reader.label=state"
    assert found.command("s 1.csv") == command
    assert found.advice("s 1.csv") == f"a series by 'sensor_id', a label by 'state'. Train classify? {command}"


def test_rows_that_are_sorted_by_time_are_series_too():
    header, *rows = sensors(per_series).splitlines(keepends=True)
    found = measurements(header + "".join(sorted(rows, key=lambda row: row[11:16])))
    assert (found.series, found.label, found.changes) == ("sensor_id", "state", False)


def test_columns_of_something_else_are_left_out_by_name():
    text = sensors(per_series).replace("temp,", "room,temp,").replace(",20.", ",hall,20.")
    assert measurements(text).options == {
        "series": "sensor_id",
        "label": "state",
        "values": ["temp", "vibration"],
    }


def test_a_label_that_is_a_number_and_a_series_that_counts():
    rows = "".join(f"{one},{step},{step / 7:.2f},{one % 2}\n" for one in range(1, 9) for step in range(5))
    found = measurements(f"machine nr,time,temp,broken\n{rows}")
    assert found.settings == " --set 'reader.series=machine nr' --set reader.label=broken"


def test_usual_names_need_no_option():
    rows = "".join(f"{one},{step},{step / 7:.2f},{'ab'[one % 2]}\n" for one in range(8) for step in range(5))
    assert measurements(f"series,time,temp,label\n{rows}").options == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            sensors(lambda one, step: "ok" if step % 2 else "fault"),
            "a recording by 'sensor_id', a label for each row by 'state'. Train tag? elman train tag FILE --set "
            "reader.series=sensor_id --set reader.label=state",
        ),
        (
            "person,ax,activity\n"
            + "".join(f"{'anna' if i < 30 else 'ben'},{i / 3:.1f},{['sit', 'walk'][i // 5 % 2]}\n" for i in range(60)),
            "a recording by 'person', a label for each row by 'activity'. Train tag? elman train tag FILE --set "
            "reader.series=person --set reader.label=activity",
        ),
        (
            "ax,ay,doing\n" + "".join(f"{i / 7:.1f},{i / 3:.1f},{['sit', 'walk'][i // 5 % 2]}\n" for i in range(40)),
            "one recording, a label for each row by 'doing'. Train tag? elman train tag FILE --set reader.label=doing",
        ),
        (
            "length,width,species\n" + "".join(f"{i / 7:.1f},{i / 3:.1f},{'ab'[i % 2]}\n" for i in range(20)),
            "a label by 'species', and no column says which rows are a series. Add one that is the same in all rows of "
            "a series, whose label is one: elman train classify FILE --set reader.series=NAME --set "
            "reader.label=species; or, if each row is an example of its own, --set reader.name=wide --set "
            "reader.label=species",
        ),
        (
            "zeit;wert;feuchte\n" + "".join(f"{i};{i / 3:.1f};0,{i}\n".replace(".", ",") for i in range(20)),
            "no column has labels: what can be learned is what comes next. elman train forecast FILE",
        ),
        (
            sensors(per_series).removeprefix(HEADER),
            "no names of columns. Write them into a first row, such as series,x,y,label: elman describe FILE says then "
            "which command reads it.",
        ),
    ],
)
def test_what_a_table_lacks_is_said(text, told):
    assert measurements(text).advice("FILE") == told
    assert measurements(text).advice("a b.csv") == told.replace("FILE", "'a b.csv'")


@pytest.mark.parametrize(
    ("labels", "clock", "over_time"),
    [
        (["a"] * 9 + ["b"] * 9 + ["a"] * 9 + ["c"] * 9, False, True),
        (["a"] * 9 + ["b"] * 9 + ["c"] * 9, False, False),  # sorted by label, as of flowers
        (["a"] * 9 + ["b"] * 9 + ["c"] * 9, True, True),
        (["a", "b", "c"] * 9, True, False),
        (["a"] * 20 + ["b"] + ["a"] * 20 + ["b"], False, False),  # rare, and never for long
    ],
)
def test_labels_over_time_stay_for_some_rows_and_come_back(labels, clock, over_time):
    rows = [f"{one / 10:.1f},{one % 7 / 3:.2f},{one % 5 / 7:.2f},{label}" for one, label in enumerate(labels)]
    text = "time,x,y,label\n" + "\n".join(rows) + "\n"
    text = text if clock else "\n".join(line.partition(",")[2] for line in text.splitlines()) + "\n"
    assert measurements(text).over_time == over_time


def test_numbers_that_are_missing_are_counted_and_the_command_reads_them(tmp_path):
    path = tmp_path / "gaps.csv"
    rows = [f"2024-01-01 {i:02}:00:00,{i / 7:.1f},{'' if i % 5 == 0 else i}\n" for i in range(24)]
    path.write_text("timestamp,temp,wind\n" + "".join(rows))
    seen = measurements(path.read_text())
    assert seen.missing == missing_numbers(path, seen.numbers) == {"wind": 5}
    assert seen.advice("gaps.csv").endswith("elman train forecast gaps.csv --set reader.missing=mask")


@pytest.mark.parametrize("cell", ["$1,{:03}.50", "{} kWh", '"1,{:03}.50"', "{}"])
def test_a_column_that_reading_refuses_is_one_of_numbers_all_the_same(cell):
    rows = [f"2024-01-{i + 1:02},{cell.format(i) if i != 7 else 'inf'},{i % 3}" for i in range(24)]
    if "$" in cell:
        rows = [row.replace("$", '"$').replace(".50,", '.50",') for row in rows]
    seen = measurements("\n".join(["date,load,temp", *rows, ""]))
    assert (seen.numbers, seen.series, seen.label, seen.others) == (["load", "temp"], "", "", [])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1,2,3\n4,5,6\n7,8,9\n1,2,3\n",
        "text,stars,label\n" + "good film,3,a\nbad one,1,b\n" * 9,
        "name,count,sex\n" + "Anna,3,f\nBert,1,m\n" * 9,
        "id,stars,what was said\n" + "1,3,a good film\n2,1,a very bad one\n" * 9,
        "It was the best of times, it was the worst of times\n" * 9,
        'a,b\n"1,2\n3,4\n5,6\n',
    ],
)
def test_what_has_texts_or_no_header_is_no_table_of_numbers(text):
    assert measurements(text) is None
