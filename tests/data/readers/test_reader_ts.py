"""Series of the UEA and UCR archives."""

import numpy as np
import pytest

from elman.data.fields import Field, Kind
from elman.data.readers import formats, recognize
from elman.data.readers.ts import TsReader
from elman.errors import DataError

FIELDS = ("frames", "labels")
KINDS = (Field("frames", Kind.FRAMES), Field("labels", Kind.LABELS))
HEAD = "#a comment\n@problemName vowels\n@timeStamps false\n@classLabel true a b\n@data\n"


def write(folder, text, name="x.ts"):
    path = folder / name
    path.write_text(text)
    return path


def read(path, fields=FIELDS):
    return list(TsReader(TsReader.Config(name="ts"), fields).read([path]))


def test_dimensions_become_frames_and_the_label_stands_last(tmp_path):
    path = write(tmp_path, HEAD + "1,2,3:10,20,30:a\n# another\n\n4:40:b\n")
    one, other = read(path)
    assert one.fields["frames"].tolist() == [[1, 10], [2, 20], [3, 30]]
    assert one.fields["labels"] == ["a"]
    assert one.where == f"{path}:6"
    assert other.fields["frames"].tolist() == [[4, 40]]
    assert [set(example.fields) for example in read(path, ("frames",))] == [{"frames"}, {"frames"}]


def test_time_stamps_missing_values_and_upper_case_headers(tmp_path):
    path = write(tmp_path, "@PROBLEMNAME x\n@ClassLabel True 1\n@DATA\n(0,1.5),(1,?):(0,2),(2,NaN):1\n")
    frames = read(path)[0].fields["frames"]
    np.testing.assert_array_equal(frames, [[1.5, 2], [np.nan, np.nan]])


def test_series_without_labels_are_read_for_prediction(tmp_path):
    path = write(tmp_path, "@problemName x\n@classLabel false\n@data\n1,2:3,4\n")
    assert read(path, ("frames",))[0].fields["frames"].tolist() == [[1, 3], [2, 4]]
    with pytest.raises(DataError, match=r"x.ts:4: the file has no labels \(@classLabel false\), expected a class"):
        read(path)


def test_it_is_recognized_by_its_header(tmp_path):
    able = formats(KINDS)
    assert able == ["audio", "idx", "jsonl_series", "pictures", "series", "sphinx", "ts", "wide"]
    assert recognize([str(write(tmp_path, HEAD + "1:2:a\n", "named.txt"))], KINDS, able) == "ts"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            HEAD + "1,x:1,2:a\n",
            r"x.ts:6: value 2 of dimension 1: got 'x', expected a number, or \? where it is missing",
        ),
        (HEAD + "1,inf:1,2:a\n", r"x.ts:6: value 2 of dimension 1: got 'inf', expected a number"),
        (HEAD + "1:2:a\n1:b\n", r"x.ts:7: 1 dimensions, expected 2 as on line 6"),
        (HEAD + "1,2:3:a\n", r"x.ts:6: dimensions of 2, 1 values, expected as many in each"),
        (HEAD + "1:2:c\n", r"x.ts:6: label 'c' is not among those of @classLabel: a b"),
        (HEAD + ":a\n", r"x.ts:6: the series is empty. Leave it out, or give it values"),
        (HEAD + "?,?:a\n", r"x.ts:6: every value of the series is missing. Leave it out, or give it values."),
        (
            "@univariate True\n" + HEAD + "1:2:a\n",
            r"x.ts:7: 2 dimensions, expected 1 as @univariate true says. Mend the one or the other.",
        ),
        ("@dimension 1\n" + HEAD + "1:2:a\n", r"x.ts:7: 2 dimensions, expected 1 as @dimension says. Mend the one"),
        ("@dimensions 3\n" + HEAD + "1:2:a\n", r"x.ts:7: 2 dimensions, expected 3 as @dimensions says. Mend the one"),
        ("1,2:a\n", r"x.ts:1: got '1,2:a' before @data, expected a line that begins with @"),
        ("@problemName x\n", r"x.ts: no line @data, expected the header of a .ts file"),
        ("@targetLabel true\n@classLabel false\n@data\n1,2:0.5\n", r"x.ts:4: the file has a number to predict"),
        (HEAD, r"x.ts: no example"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        read(write(tmp_path, text))
