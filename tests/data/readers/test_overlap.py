"""Which parts of one file share something, so that a run knows what it has learned from."""

import pytest

from elman.data.readers import READERS


@pytest.mark.parametrize(
    ("name", "fields", "one", "other", "shared"),
    [
        ("timeline", ("frames",), "1:10", "11:20", False),
        ("timeline", ("frames",), "1:10", "10:20", True),
        ("timeline", ("frames",), "5:", ":5", True),
        ("timeline", ("frames",), "6:", ":5", False),
        ("timeline", ("frames",), "", "7:7", True),
        ("rolls", ("frames",), "valid", "test", False),
        ("rolls", ("frames",), "", "train", True),
        ("rolls", ("frames",), "", "test", False),
        ("rolls", ("frames",), "test:3", "test", True),
        ("rolls", ("frames",), "train:1", "", True),
        ("rolls", ("frames",), "test:3", "test:4", False),
        ("strokes", ("drawing",), "", "train", True),
        ("strokes", ("drawing",), "valid", "train", False),
        ("conll", ("words", "tags"), "", "", True),
    ],
)
def test_parts_share_something_or_nothing(name, fields, one, other, shared):
    kind = READERS.get(name)
    reader = kind(kind.Config(), fields)
    assert reader.overlap(one, other) is shared
    assert reader.overlap(other, one) is shared
