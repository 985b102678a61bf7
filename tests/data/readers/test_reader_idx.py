"""Pictures as MNIST has them: bytes and labels as they are, and files that say something else than they have."""

import gzip
import struct

import numpy as np
import pytest

from elman.data.readers import READERS
from elman.data.recordings import recording_of
from elman.errors import DataError
from elman.features.base import Extraction
from tests.recordings import picture, write_idx

KIND = READERS.get("idx")
NAME = "train-images-idx3-ubyte.gz"


def read(path, fields=("frames", "labels")):
    return list(KIND(KIND.Config(), fields).read([path]))


def test_pictures_and_labels(tmp_path):
    write_idx(tmp_path, [picture(1), picture(5)], [4, 7])
    found = read(tmp_path / NAME)
    assert [example.fields["labels"] for example in found] == [["4"], ["7"]]
    np.testing.assert_array_equal(recording_of(found[1]).values, picture(5))
    assert found[1].where == f"{tmp_path / NAME}:2"


def test_ink_is_bright_there(tmp_path):
    write_idx(tmp_path, [255 - picture(2)], [1])
    [example] = read(tmp_path / NAME)
    rows = Extraction(["image_rows"])(recording_of(example))
    np.testing.assert_allclose(rows, (255 - picture(2)) / 255, rtol=1e-6)


def test_files_that_do_not_fit(tmp_path):
    write_idx(tmp_path, [picture(1)], [1, 2])
    with pytest.raises(DataError, match=r"train-labels-idx1-ubyte\.gz: 2 labels, expected one for each of 1"):
        read(tmp_path / NAME)
    (tmp_path / "train-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(DataError, match=r"no labels beside it: expected train-labels-idx1-ubyte\.gz"):
        read(tmp_path / NAME)
    assert len(read(tmp_path / NAME, ("frames",))) == 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (struct.pack(">4I", 0x803, 2, 2, 2) + bytes(7), "says 2 x 2 x 2 bytes, has 7. Is it whole?"),
        (struct.pack(">4I", 0x803, 2, 2, 2) + bytes(9), "says 2 x 2 x 2 bytes, has more. Is it whole?"),
        (struct.pack(">4I", 0x803, 1 << 31, 1 << 31, 9), "says 2147483648 x 2147483648 x 9 bytes, has 0"),
        (struct.pack(">4I", 0x801, 2, 2, 2), "it begins with 00 00 08 01, expected 00 00 08 03"),
    ],
)
def test_sizes_are_believed_only_so_far(data, message, tmp_path):
    (tmp_path / NAME).write_bytes(gzip.compress(data))
    with pytest.raises(DataError, match=message):
        read(tmp_path / NAME, ("frames",))
