"""Series in JSON lines."""

import json

import numpy as np
import pytest

from elman.data.fields import Field, Kind
from elman.data.json_records import first_object
from elman.data.readers import formats, recognize
from elman.data.readers.jsonl_series import JsonlSeriesReader
from elman.errors import DataError

FIELDS = ("frames", "labels")
KINDS = (Field("frames", Kind.FRAMES), Field("labels", Kind.LABELS))


def write(folder, *rows):
    path = folder / "x.jsonl"
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def read(path, fields=FIELDS, **options):
    reader = JsonlSeriesReader(JsonlSeriesReader.Config(**options), fields)
    return list(reader.read([path])), reader


@pytest.mark.parametrize(
    ("numbers", "frames", "channels"),
    [
        ({"values": [1, 2.5, None]}, [[1], [2.5], [np.nan]], ()),
        ({"signal": [[1, 2], [3, 4], [5, 6]]}, [[1, 2], [3, 4], [5, 6]], ()),
        ({"acc_x": [1, 2], "acc_y": [3, 4], "id": 7}, [[1, 3], [2, 4]], ["acc_x", "acc_y"]),
    ],
)
def test_lists_of_numbers_become_frames(tmp_path, numbers, frames, channels):
    path = write(tmp_path, {**numbers, "label": "up"})
    [one], reader = read(path)
    np.testing.assert_array_equal(one.fields["frames"], frames)
    assert (one.fields["labels"], one.where, reader.channels) == (["up"], f"{path}:1", channels)
    assert "labels" not in read(path, ("frames",))[0][0].fields
    assert recognize([str(path)], KINDS, formats(KINDS)) == "jsonl_series"


def test_times_are_no_channel_and_that_is_said(tmp_path):
    path = write(tmp_path, {"t": [0, 1], "x": [5, 6], "label": 1})
    [one], reader = read(path)
    assert one.fields["frames"].tolist() == [[5], [6]]
    assert reader.settled.values == ["x"]
    assert reader.remarks == ["clock: t not read, guessed; --set reader.values='['t', 'x']' reads all"]
    assert read(path, values=["t", "x"])[0][0].fields["frames"].tolist() == [[0, 5], [1, 6]]


def test_texts_with_numbers_beside_them_are_texts(tmp_path):
    for row in ({"text": "a", "ids": [1, 2], "label": 1}, {"words": ["a"], "tags": ["B"]}, {"x": [1]}):
        path = write(tmp_path, row)
        assert JsonlSeriesReader.recognizes(path, path.read_text(), FIELDS) == 0


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"x": [1, "b"], "label": 1}, r"x.jsonl:2: 'x': got 'b' in frame 2, expected a number, or null where it is"),
        ({"x": [[1, 2], [3]], "label": 1}, r"x.jsonl:2: 'x': got 1 numbers in frame 2, expected 2 as in the first\."),
        ({"label": 1}, r"x.jsonl:2: no key 'x': got label, expected those of the first object\. Give it one, or name"),
        ({"x": [], "label": 1}, r"x.jsonl:2: the series is empty\. Leave it out, or give it values\."),
        ({"x": [None], "label": 1}, r"x.jsonl:2: every value of the series is missing\. Leave it out"),
        ({"x": [1e300], "label": 1}, r"x.jsonl:2: number 1 of frame 1: got 1e\+300, expected at most 1e\+100, or null"),
        (3, r"x.jsonl:2: got '3', expected an object such as \{\"values\": .*\. Write one object a series\."),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path, row, message):
    with pytest.raises(DataError, match=message):
        read(write(tmp_path, {"x": [1], "label": 1}, row))


def test_lists_have_one_length_and_keys_are_named(tmp_path):
    with pytest.raises(DataError, match=r"x.jsonl:1: lists of different lengths: got 2 in 'x', 1 in 'y', expected as"):
        read(write(tmp_path, {"x": [1, 2], "y": [1], "label": 1}))
    with pytest.raises(DataError, match=r"x.jsonl:1: no list of numbers: got the keys label, expected one such as"):
        read(write(tmp_path, {"label": 1}))
    with pytest.raises(DataError, match=r"x.jsonl:1: no key kind: got x, what\. Name it with --set reader.label=KEY"):
        read(write(tmp_path, {"x": [1], "what": 1}), label="kind")
    assert read(write(tmp_path, {"x": [1], "what": "b"}), label="what")[0][0].fields["labels"] == ["b"]


def test_a_number_that_is_too_large_is_none(tmp_path):
    with pytest.raises(DataError, match=r"x.jsonl:2: 'x': got '10{39}' in frame 1, expected a number, or null where"):
        read(write(tmp_path, {"x": [1], "label": 1}, {"x": [10**400], "label": 1}))


def test_captions_are_none_of_its_fields():
    assert not JsonlSeriesReader.gives((Field("frames", Kind.FRAMES), Field("target", Kind.TEXTS)))
    assert JsonlSeriesReader.gives((Field("frames", Kind.FRAMES), Field("text", Kind.TEXT)))


def test_a_line_that_is_no_object_hides_no_file_and_is_named(tmp_path):
    fields = (Field("frames", Kind.FRAMES), Field("text", Kind.TEXT))
    (tmp_path / "a.jsonl").write_text('[1, 2]\n{"strokes": [[1, 2, 1]], "text": "a"}\n')
    assert recognize([str(tmp_path / "a.jsonl")], fields, formats(fields)) == "jsonl_series"
    with pytest.raises(DataError, match=r"a\.jsonl:1: got '\[1, 2\]', expected an object such as"):
        (read(tmp_path / "a.jsonl", ("frames", "text"))[0])


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ('{"a": 1}\n[2]', {"a": 1}),
        ('[1]\n"x"\n {"a": 1}\n', {"a": 1}),
        ('[{"a": 1}]', {"a": 1}),
        ("[1, 2]\n[3]", [1, 2]),
        ("x\n{", None),
    ],
)
def test_the_first_object_of_a_file_says_what_it_is(head, found):
    assert first_object(head) == found


LABELED = ("frames", "tags")


def test_a_list_of_labels_is_one_for_each_frame(tmp_path):
    path = write(
        tmp_path,
        {"values": [[1, 2], [3, 4], [5, 6]], "labels": ["sit", "walk", "walk"]},
        {"values": [[1, 2]], "labels": [7]},
    )
    [one, other], _ = read(path, LABELED)
    assert (one.fields["frames"].shape, one.fields["tags"]) == ((3, 2), ["sit", "walk", "walk"])
    assert other.fields["tags"] == ["7"]
    kinds = (Field("frames", Kind.FRAMES), Field("tags", Kind.TAGS))
    assert recognize([str(path)], kinds, formats(kinds)) == "jsonl_series"
    assert JsonlSeriesReader.recognizes(path, path.read_text(), FIELDS) == 0
    alone = write(tmp_path, {"x": [1, 2], "y": [3, None], "label": ["sit", "walk"]})  # one object, and no columns
    [one] = read(alone, LABELED)[0]
    assert (one.fields["frames"].shape, one.fields["tags"], one.where) == ((2, 2), ["sit", "walk"], f"{alone}:1")
    assert read(write(tmp_path, {"x": [1, 2], "y": [3, 4]}), ("frames",))[0][0].fields["frames"].shape == (2, 2)
    several = write(tmp_path, {"values": [1, 2, 3], "labels": ["up", "fast", "long"]})
    assert JsonlSeriesReader.recognizes(several, several.read_text(), FIELDS) == 3
    assert JsonlSeriesReader.recognizes(several, several.read_text(), LABELED) == 0


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a"], r"x.jsonl:1: 'label': got 1 label, expected a list of 2, one for each frame"),
        ("a", r"x.jsonl:1: 'label': got 'a', expected a list of 2, one for each frame"),
        (["a", None], r"x.jsonl:1: 'label': frame 2 has no label, expected one. Give it one"),
    ],
)
def test_frames_without_a_label_of_their_own_are_refused(tmp_path, labels, message):
    with pytest.raises(DataError, match=message):
        read(write(tmp_path, {"values": [1, 2], "label": labels}), LABELED)
