"""Tables of numbers with an example a row."""

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.data.readers.wide import WideReader
from elman.data.wide import counts_on, wide
from elman.errors import DataError

SERIES = ("frames", "labels")
COUNTED = "t0,t1,t2,state\n" + "1,2,3,ok\n4,5,?,fault\n7,8,9.5,ok\n" * 3
NAMED = "id;width;height;species\n" + "".join(f"{n};1,{n};{n};{'ab'[n % 2]}\n" for n in range(10, 20))
BARE = "".join(f"{n % 2 + 1}\t0.5\t-1.{n}\t2e-1\n" for n in range(10))


def read(path, text, fields=SERIES, **options):
    path.write_text(text)
    reader = WideReader(WideReader.Config(**options), fields)
    return [example.fields for example in reader.read([path])], reader


def test_counted_columns_are_the_steps_of_a_series(tmp_path):
    found, reader = read(tmp_path / "a.csv", COUNTED)
    assert len(found) == 9
    assert np.array_equal(found[1]["frames"], [[4], [5], [np.nan]], equal_nan=True)
    assert found[1]["labels"] == ["fault"]
    assert reader.channels == ()
    assert reader.remarks == [
        "each row is a series of 3 steps (t0, t1, t2), its label by 'state', guessed; --set reader.across=channels "
        "reads it otherwise"
    ]


def test_columns_with_names_of_their_own_are_one_step(tmp_path):
    found, reader = read(tmp_path / "a.csv", NAMED)
    assert found[0]["frames"].tolist() == [[1.1, 10.0]]
    assert [one["labels"] for one in found[:2]] == [["a"], ["b"]]
    assert reader.channels == ["width", "height"]
    assert reader.remarks == [
        "each row is one step of 2 numbers (width, height), its label by 'species', guessed; --set reader.across=steps "
        "reads it otherwise; --set reader.series=NAME if a series has several rows",
        "a.csv: decimals stand behind commas: 1,10 is 1.10",
    ]
    assert read(tmp_path / "a.csv", NAMED, across="steps")[0][0]["frames"].shape == (2, 1)


def test_an_archive_without_names_has_its_label_first(tmp_path):
    found, reader = read(tmp_path / "a.tsv", BARE)
    assert found[3]["frames"].tolist() == [[0.5], [-1.3], [0.2]]
    assert found[3]["labels"] == ["2"]
    assert reader.settled.label == 1
    settled = WideReader(reader.settled, ("frames",))
    for text in (BARE, "".join(f"{line.split(maxsplit=1)[1]}\n" for line in BARE.splitlines())):
        (tmp_path / "new.tsv").write_text(text)
        assert next(settled.for_answers().read([tmp_path / "new.tsv"])).fields["frames"].tolist() == [
            [0.5],
            [-1],
            [0.2],
        ]


def test_another_file_is_read_by_the_names_of_the_first(tmp_path):
    _, reader = read(tmp_path / "a.csv", NAMED)
    (tmp_path / "b.csv").write_text("height,species,width\n1,a,2\n")
    same = WideReader(reader.settled, SERIES)
    assert [one.fields["frames"].tolist() for one in same.read([tmp_path / "b.csv"])] == [[[2.0, 1.0]]]
    (tmp_path / "b.csv").write_text("height,widht\n1,2\n")
    with pytest.raises(DataError, match=r"b\.csv:1: no column 'width': got height, widht\. Did you mean 'widht'\?"):
        list(WideReader(reader.settled, ("frames",)).read([tmp_path / "b.csv"]))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("t0,t1,label\n1,2,a\n1,b\n", r":3: got 2 columns, expected 3 as on line 1\. Mend the row\."),
        ("t0,t1,label\n1,x,a\n", r":2: column 2 \(t1\): got 'x', expected a number, or \? where it is missing\."),
        (
            "t0,t1,what\n1,2,a\n",
            r":1: no column is known as that of the label\. Name it with --set reader\.label=NAME\.",
        ),
        ("t0,t1,label\n?,,a\n", r":2: every value of the series is missing\. Leave it out, or give it values\."),
    ],
)
def test_what_is_refused(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        read(tmp_path / "a.csv", text)


@pytest.mark.parametrize(
    "text",
    [
        "text,label\n1,a\n2,b\n3,a\n4,b\n",
        "time,x,y,label\n1,2,3,a\n2,3,4,b\n3,4,5,a\n4,4,5,b\n",
        "series,x,y,label\ns,2,3,a\ns,3,4,a\nr,4,5,b\nr,4,5,b\n",
        "x,y\n1,2\n3,4\n5,6\n7,8\n",
        "name,kind,x,y\na,k,1,2\nb,l,3,4\nc,k,1,2\nd,l,3,4\n",
        "a film is good,1\na plot is bad,0\nwhat,1\nno,0\n",
    ],
)
def test_what_is_no_such_table(tmp_path, text):
    assert wide(text) is None
    assert WideReader.recognizes(tmp_path, text, SERIES) == 0


def test_where_names_count_on():
    assert counts_on(["x1", "x2", "x3"])
    assert not counts_on(["x1", "y2"])
    assert not counts_on(["x1", "x3"])


def test_such_a_table_is_classified_and_asked(tmp_path, capsys):
    (tmp_path / "a.csv").write_text(COUNTED + "1,2,3,ok\n4,5,6,fault\n" * 6)
    options = {"steps": 1, "hidden": 4, "threads": 1, "out": tmp_path / "run", "listener": elman.silent}
    trained = elman.train("classify", tmp_path / "a.csv", **options)
    (tmp_path / "new.csv").write_text("t0,t1,t2\n1,2,3\n")
    assert main(["predict", str(trained.path), str(tmp_path / "new.csv")]) == 0
    assert "new.csv:2 (3 frames)" in capsys.readouterr().out
    assert main(["describe", str(tmp_path / "a.csv")]) == 0
    assert f"elman train classify {tmp_path / 'a.csv'}" in capsys.readouterr().out
