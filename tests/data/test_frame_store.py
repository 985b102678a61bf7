"""Frames on disk: the same as they were, mapped, in a file without a name."""

import mmap
from itertools import chain

import numpy as np
import pytest

from elman.data.frame_store import FrameStore, kept_together
from elman.errors import DataError


def base_of(array):
    while getattr(array, "base", None) is not None:
        array = array.base
    return array


def test_arrays_come_back_mapped_and_stay_when_the_store_is_closed(tmp_path):
    draw = np.random.default_rng(0)
    groups = [[draw.random((n, 3)) for n in (4, 0, 2)], [], [draw.random((5, 3))]]
    store = FrameStore(tmp_path)
    kept = [store.keep(group) for group in groups]
    store.close()
    for one, other in zip(chain(*groups), chain(*kept), strict=True):
        np.testing.assert_array_equal(one, other)
        assert one.dtype == other.dtype
    assert isinstance(base_of(kept[0][0]), mmap.mmap)
    assert not list(tmp_path.iterdir())
    with pytest.raises(ValueError, match="read-only"):
        kept[0][0][0] = 1


def test_rows_stand_one_behind_the_other(tmp_path):
    rows = [np.full((n, 2), n, np.float64) for n in (3, 0, 1)]
    found = kept_together(iter(rows), 2, tmp_path)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, np.concatenate(rows))
    assert isinstance(base_of(found), mmap.mmap)
    assert kept_together(iter([]), 2, tmp_path).shape == (0, 2)


def test_a_disk_that_cannot_hold_them(tmp_path, monkeypatch):
    with pytest.raises(DataError, match=r"none: cannot hold the frames: No such file or directory\. Free space there"):
        FrameStore(tmp_path / "none")
    with open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123
        monkeypatch.setattr("tempfile.TemporaryFile", lambda **_: full)
        with pytest.raises(DataError, match="cannot hold the frames: No space left on device"):
            FrameStore(tmp_path).keep([np.ones((2, 2))])
