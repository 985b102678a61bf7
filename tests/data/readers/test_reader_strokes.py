"""Drawings in .npz: points of each, nothing executed, hostile files bounded; and pens in JSON lines."""

import io
import json
import zipfile

import numpy as np
import pytest

from elman.data.pen import looks_absolute
from elman.data.readers import READERS
from elman.data.recordings import Medium, recording_of
from elman.errors import DataError

KIND = READERS.get("strokes")
POINTS = np.array([[1, 2, 0], [3, -1, 1], [2, 2, 0], [0, 5, 0], [1, 1, 1]], np.int16)


def save(folder, points=POINTS, lengths=(2, 3), **more):
    np.savez_compressed(folder / "a.npz", train_strokes=points, train_len=np.array(lengths), **more)
    return folder / "a.npz"


def read(path, **options):
    one = KIND(KIND.Config(**options), ("frames",))
    return list(one.read([path])), one


def test_each_drawing_has_its_points(tmp_path):
    found, _ = read(save(tmp_path))
    assert [recording_of(example).values.tolist() for example in found] == [POINTS[:2].tolist(), POINTS[2:].tolist()]
    assert recording_of(found[0]).medium is Medium.PEN


def test_drawings_of_one_point_are_passed_over(tmp_path):
    found, one = read(save(tmp_path, lengths=(1, 4)))
    assert len(found) == 1
    assert one.passed_over == ["passed over: 1 drawing of one point or none"]


def test_places_instead_of_steps_are_told(tmp_path):
    draw = np.random.default_rng(0)
    way = np.cumsum(draw.normal(0, 3, (60, 2)), 0) + 200
    points = np.column_stack([way, np.zeros(60)])
    assert looks_absolute(points)
    assert not looks_absolute(np.column_stack([np.diff(way, axis=0), np.zeros(59)]))
    _, one = read(save(tmp_path, points, (30, 30)))
    assert one.remarks == [
        "a.npz: points look like places on the paper, and are read as steps from the one before: take differences first"
    ]


@pytest.mark.parametrize(
    ("points", "lengths", "message"),
    [
        (POINTS, (2, 2), "train_len adds up to 4, but train_strokes has 5 points, expected as many"),
        (POINTS, (-1, 6), "train_len adds up to 5"),
        (POINTS[:, :2], (5,), r"points of shape \(5, 2\), expected \(T, 3\): dx, dy, up"),
        (
            np.array([[1, 2, 3], [1, 1, 0]]),
            (2,),
            "point 1 says 3 where the pen is lifted, expected 1 at the last",
        ),
        (np.array([[1, np.nan, 0], [1, 1, 0]]), (2,), "point 1 is no finite number"),
    ],
)
def test_what_is_no_drawing(points, lengths, message, tmp_path):
    with pytest.raises(DataError, match=message):
        read(save(tmp_path, points, lengths))


def test_a_part_that_is_not_there(tmp_path):
    with pytest.raises(DataError, match=r"no array 'test_strokes': got train_len, train_strokes\. Name a part that is"):
        read(save(tmp_path), part="test")


def test_a_name_without_its_ending_is_no_array(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as file:
        file.writestr("train_strokes", npy((1, 3), data=bytes(24)))
        file.writestr("train_len.npy", npy((1,), data=bytes(8)))
    with pytest.raises(DataError, match=r"a\.npz: no array 'train_strokes': got train_len\. Name a part that is there"):
        read(tmp_path / "a.npz")


def npy(shape, descr="<i8", data=b""):
    head = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode() + data


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (npy((1 << 40, 3)), r"of int64 and shape \(1099511627776, 3\), expected numbers in rows, at most 4 GB"),
        (npy((2,), "|O"), r"of object and shape \(2,\), expected numbers in rows"),
        (npy((9,), data=bytes(8)), "says 72 bytes, has 8. Is it whole?"),
        (b"no array at all", "array 'train_strokes' is none: "),
    ],
)
def test_hostile_arrays_are_refused_before_they_are_read(array, message, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as file:
        file.writestr("train_strokes.npy", array)
        file.writestr("train_len.npy", npy((1,), data=bytes(8)))
    with pytest.raises(DataError, match=message):
        read(tmp_path / "a.npz")


def test_pickles_are_never_loaded(tmp_path):
    written = io.BytesIO()
    np.savez(written, train_strokes=np.array([{"a": 1}], object), train_len=np.array([1]))
    (tmp_path / "a.npz").write_bytes(written.getvalue())
    with pytest.raises(DataError, match="of object"):
        read(tmp_path / "a.npz")


def test_words_written_with_a_pen_in_json(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": "on", "strokes": [[1.5, -2, 0], [3, 4, 1]]}) + "\n")
    kind = READERS.get("jsonl_series")
    [example] = kind(kind.Config(), ("frames", "text")).read([path])
    assert example.fields["text"] == "on"
    assert recording_of(example).medium is Medium.PEN
    head = path.read_text()
    assert kind.recognizes(path, head, ("frames", "text")) == 3


def test_a_name_in_the_archive_that_is_no_text_is_told(tmp_path, monkeypatch):
    np.savez(tmp_path / "a.npz", train_strokes=np.array([[1, 2, 0], [3, 1, 1]], np.int16), train_len=np.array([2]))
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda self, name: b"\xcc".decode())  # as it ends on such a name
    kind = READERS.get("strokes")
    with pytest.raises(
        DataError, match=r"a\.npz: cannot be read as \.npz: 'utf-8' codec can't decode .*\. Is it whole"
    ):
        list(kind(kind.Config(), ("frames",)).read([tmp_path / "a.npz"]))
