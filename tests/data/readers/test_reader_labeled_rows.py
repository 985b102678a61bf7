"""Numbers over time with a label in each row: which column is which, what a recording is, and what is refused."""

import numpy as np
import pytest

from elman.data.fields import Field, Kind
from elman.data.readers import READERS, formats, likeness, recognize
from elman.errors import DataError

FIELDS = ("frames", "tags")
KINDS = (Field("frames", Kind.FRAMES), Field("tags", Kind.TAGS))
TABLE = "recording,time,x,y,label\nr,0.0,1,10,sit\nr,0.1,2,?,walk\nr,0.2,3,12,walk\ns,0.0,4,13,sit\ns,0.1,5,14,sit\n"


def write(folder, text, name="x.csv"):
    path = folder / name
    path.write_text(text)
    return path


def build(fields=FIELDS, **options):
    kind = READERS.get("labeled_rows")
    return kind(kind.Config(**options), fields)


def read(path, fields=FIELDS, **options):
    return list(build(fields, **options).read([path]))


def activities(rows=60, header="time,ax,ay,activity", cell="{time:.2f},{x:.2f},{y:.2f},{label}"):
    """Return a table whose label stays for ten rows."""
    every = [
        cell.format(time=row / 50, x=row % 7 / 3, y=row % 5 / 9, label=("sit", "walk", "run")[row // 10 % 3], row=row)
        for row in range(rows)
    ]
    return "\n".join([header, *every]) + "\n"


def test_each_frame_has_a_label_and_a_column_says_where_recordings_end(tmp_path):
    path = write(tmp_path, TABLE)
    one, other = read(path)
    np.testing.assert_array_equal(one.fields["frames"], [[1, 10], [2, np.nan], [3, 12]])
    assert (one.fields["tags"], one.where) == (["sit", "walk", "walk"], f"{path}:2")
    assert (other.fields["tags"], other.where) == (["sit", "sit"], f"{path}:5")
    assert list(read(path, ("frames",))[0].fields) == ["frames"]


def test_without_such_a_column_all_rows_are_one_recording(tmp_path):
    path = write(tmp_path, activities())
    reader = build()
    [one] = reader.read([path])
    assert one.fields["frames"].shape == (60, 2)
    assert one.fields["tags"] == (["sit"] * 10 + ["walk"] * 10 + ["run"] * 10) * 2
    assert reader.channels == ["ax", "ay"]
    assert reader.remarks == [
        "labels: column 'activity', guessed; --set reader.label=NAME takes another",
        "clock: 1 column not read: 'time' (0.00, 0.02, 0.04 ...), guessed; --set reader.clock=none reads it, too",
    ]
    assert len(read(write(tmp_path, TABLE, "b.csv"), series="none", values=["x"])) == 1


def test_what_names_a_recording_is_told_and_a_number_of_the_row_names_none(tmp_path):
    cell = "{row},{who},{time:.2f},{x:.2f},{label}".replace("{who}", "s")
    path = write(tmp_path, activities(header="id,subject,time,x,label", cell=cell))
    reader = build()
    assert [len(one.fields["tags"]) for one in reader.read([path])] == [60]
    assert reader.channels == ["x"]
    assert reader.remarks[0] == (
        "recordings: rows with the same subject, guessed; --set reader.series=none takes all rows of a file as one"
    )


def test_several_columns_name_a_recording_together(tmp_path):
    rows = [f"{who},{trial},{x},{'ab'[x // 3 % 2]}" for who in "st" for trial in (1, 2) for x in range(12)]
    path = write(tmp_path, "\n".join(["subject,trial,x,label", *rows]) + "\n")
    reader = build()
    assert [one.where.rpartition(":")[2] for one in reader.read([path])] == ["2", "14", "26", "38"]
    assert reader.remarks == [
        "recordings: rows with the same subject and trial, guessed; --set reader.series=none takes all rows of a file "
        "as one"
    ]
    assert reader.settled.series == ["subject", "trial"]
    assert len(read(path, series="subject", values="x")) == 2
    write(tmp_path, "\n".join(["subject,trial,x,label", *rows, "s,1,3,a"]) + "\n")
    with pytest.raises(
        DataError, match=r"x\.csv:50: series 's, 1' again, .* \| sort -s -t ',' -k 1,1 -k 2,2\) > SORTED"
    ):
        read(path)


def test_columns_that_name_a_recording_are_kept_whatever_they_are_called(tmp_path):
    rows = [f"{who};{trial};{x};{'ab'[x // 3 % 2]}" for who in "st" for trial in (1, 2) for x in range(12)]
    path = write(tmp_path, "\n".join(["Name, first;none;x;label", *rows]) + "\n")
    reader = build(series=["Name, first", "none"])
    assert len(list(reader.read([path]))) == 4
    kept = type(reader).Config.model_validate(reader.settled.model_dump())
    again = type(reader)(kept, FIELDS)
    assert [one.where for one in again.read([path])] == [f"{path}:{line}" for line in (2, 14, 26, 38)]
    assert len(read(path, series="name, first", values=["x"])) == 2
    with pytest.raises(DataError, match="series '1' again"):
        read(path, series="none", values=["x"])  # there is a column of that name


def test_rows_of_several_columns_that_stand_by_time_are_put_together(tmp_path):
    rows = [
        f"2024-01-{day:02},{who},{trial},{day},{'ab'[day // 3 % 2]}"
        for day in range(1, 13)
        for who in "st"
        for trial in (1, 2)
    ]
    reader = build(series="subject,trial", values=["x"])
    found = list(reader.read([write(tmp_path, "\n".join(["date,subject,trial,x,label", *rows]) + "\n")]))
    assert [one.fields["frames"][:, 0].tolist() for one in found] == [list(range(1, 13))] * 4
    assert "rows stand by time: those of each of 4 series, by 'subject' and 'trial', are put together" in reader.remarks


def test_columns_of_words_are_not_read(tmp_path):
    path = write(tmp_path, activities(header="device,x,label", cell="phone,{x:.2f},{label}"))
    reader = build()
    [one] = reader.read([path])
    assert one.fields["frames"].shape == (60, 1)
    assert reader.remarks == ["not read: device, guessed; --set reader.values='[...]' names all columns of numbers"]


def test_other_tables_have_the_columns_of_the_first_in_any_order_and_need_no_label_or_recording(tmp_path):
    reader = build()
    list(reader.read([write(tmp_path, activities())]))
    kind = type(reader)
    other = kind(reader.settled, ("frames",)).for_answers()
    [one] = other.read([write(tmp_path, "ay;note;ax\n1;9;2\n3;9;4\n", "b.csv")])
    assert one.fields["frames"].tolist() == [[2, 1], [4, 3]]
    named = build()
    list(named.read([write(tmp_path, TABLE)]))
    assert (named.settled.series, named.settled.label, named.settled.values) == (["recording"], "label", ["x", "y"])
    alone = kind(named.settled, ("frames",)).for_answers()
    assert len(list(alone.read([write(tmp_path, "x,y\n1,2\n3,4\n", "c.csv")]))) == 1


@pytest.mark.parametrize(
    ("text", "options", "message"),
    [
        (
            "time,x,y\n0,1,2\n1,2,3\n2,3,4\n",
            {},
            r"x\.csv:1: no column label or labels or class: got time, x, y\. Name it with --set reader\.label=NAME",
        ),
        (
            "recording,x,label\nr,1,a\nr,2,b\ns,1,a\nr,2,b\n",
            {},
            r"x\.csv:5: series 'r' again, it ended on line 3\. Sort the rows by series: \(head -n 1 .*x\.csv; ",
        ),
        (
            "x,label\n1,a\n2,\n3,b\n4,\n",
            {},
            r"x\.csv:3: column 'label' has no label: got '', and so has 1 other row, expected one in each row\. Write "
            r"what such rows are, such as 'other', or leave them out\.",
        ),
        (
            "x,label\n" + "".join(f"{row},{row / 7:.3f}\n" for row in range(40)),
            {"label": "label"},
            r"x\.csv:2: column 'label' has more than 20 different numbers, such as 0\.000, 0\.143, 0\.286: expected "
            r"few labels\. Name another with --set reader\.label=NAME; what comes next in numbers that were measured "
            r"is learned by elman train forecast .*x\.csv$",
        ),
        (  # few in each recording, many in all
            "recording,x,label\n" + "".join(f"{row // 5},{row},{row / 7:.3f}\n" for row in range(40)),
            {"label": "label"},
            r"x\.csv:22: column 'label' has more than 20 different numbers, such as .*x\.csv --set .*reader\.series=",
        ),
        ("x,label\n1,a\noops,b\n2,a\n", {}, r"x\.csv:3: column 1 \(x\): got 'oops', expected a number"),
        ("x,label\n1,a\n2\n", {}, r"x\.csv:3: 1 columns, expected 2 as on line 1"),
        (
            "x,z,label\n1,2,a\n2,3,b\n3,4,a\n4,5,b\n",
            {"values": ["x", "y"]},
            r"x\.csv:1: no column y: got x, z, label\. Name it with --set reader\.values=NAME\. All that are "
            r"read: x, y\.$",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(tmp_path, text, options, message):
    with pytest.raises(DataError, match=message):
        read(write(tmp_path, text), **options)


def test_labels_may_be_few_whole_numbers(tmp_path):
    text = "x,label\n" + "".join(f"{row},{row // 10}\n" for row in range(60))
    assert read(write(tmp_path, text))[0].fields["tags"][-1] == "5"


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        (TABLE, 3),
        (activities(), 3),
        ("width,length,label\n" + "".join(f"{i},{i / 2},{'ab'[i % 2]}\n" for i in range(20)), 1),
        # one label in all rows of each series: it is that of the series
        ("series,x,label\n" + "".join(f"{i // 4},{i / 3:.1f},{'ab'[i // 4 % 2]}\n" for i in range(40)), 0),
        ("time,x\n1,2\n2,3\n3,4\n", 0),
        ("text,label\na film,good\na play,bad\none more,good\n", 0),
    ],
)
def test_it_is_recognized_where_labels_change_over_time(tmp_path, text, sure):
    able = formats(KINDS)
    path = str(write(tmp_path, text))
    assert likeness(path, KINDS, able)["labeled_rows"] == sure
    if sure:
        assert recognize([path], KINDS, able) == "labeled_rows"
