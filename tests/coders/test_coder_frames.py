"""Series standardised by the training part."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.coders.frames import FramesCoder
from elman.data.outlines import Frames
from elman.data.standardising import Scale
from elman.errors import CheckpointError, DataError

NAN = float("nan")


def series(*rows):
    return np.array(rows, np.float64)


@given(st.lists(st.lists(st.tuples(*[st.floats(-1e3, 1e3)] * 2), min_size=1, max_size=5), min_size=1, max_size=6))
def test_means_and_deviations_are_those_of_all_frames_together(lists):
    parts = [np.array(rows, np.float64) for rows in lists]
    whole = np.concatenate(parts)
    if not (whole.std(0) > 1e-6 * np.maximum(1, np.abs(whole.mean(0)))).all():
        return
    coder = FramesCoder.learn(iter(parts), "f:1")  # a stream: each part is seen once
    np.testing.assert_allclose(coder.mean, whole.mean(0), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(coder.deviation, whole.std(0), rtol=1e-6)
    column = coder.encode(parts)
    assert column.values.dtype == np.float32
    np.testing.assert_allclose(column.values.mean(0), 0, atol=1e-3)
    np.testing.assert_allclose(column.values.std(0), 1, atol=1e-3)
    np.testing.assert_allclose(coder.decode(column.row(0)), parts[0], rtol=1e-3, atol=1e-2)


def test_large_numbers_with_a_small_spread_lose_nothing():
    parts = [1e8 + series([0.0], [1.0]), 1e8 + series([2.0], [3.0])]
    np.testing.assert_allclose(FramesCoder.learn(parts, "f:1").deviation, np.std([0, 1, 2, 3]), rtol=1e-6)


def test_padding_takes_no_part_and_a_batch_is_as_wide_as_its_longest():
    coder = FramesCoder.learn([series([0.0], [4.0])], "f:1")
    column = coder.encode([series([2.0], [4.0], [0.0]), series([4.0])])
    padded = coder.batch(column, {"frames": np.array([1, 0])}).fields["frames"]
    assert padded.values[..., 0].tolist() == [[1, 0, 0], [0, 1, -1]]
    assert padded.lengths.tolist() == [1, 3]
    assert padded.mask.tolist() == [[True, False, False], [True, True, True]]


def test_missing_values_are_masked_and_no_part_of_the_mean():
    coder = FramesCoder.learn([series([0.0, NAN], [4.0, 1.0]), series([NAN, 3.0])], "f:1")
    assert coder.mean.tolist() == [2, 2]
    assert coder.deviation.tolist() == [2, 1]
    assert coder.outline == Frames((4,))
    column = coder.encode([series([NAN, 3.0], [2.0, NAN])])
    assert column.values.tolist() == [[0, 1, 1, 0], [0, 0, 0, 1]]
    np.testing.assert_array_equal(coder.decode(column.values), series([NAN, 3.0], [2.0, NAN]))


def test_a_channel_that_never_changes_is_zero_and_one_that_does_is_kept():
    coder = FramesCoder.learn([series([7.0, 1.0], [7.0, 3.0])], "f:1")
    assert coder.encode([series([7.0, 3.0], [8.0, 1.0])]).values.tolist() == [[0, 1], [1, -1]]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([series([3.0], [3.0])], "f:1: every value of the training part is 3: nothing tells series apart"),
        ([series([NAN], [NAN])], "f:1: every value is missing, expected numbers. Is it the right file?"),
    ],
)
def test_a_training_part_that_says_nothing_is_refused(parts, message):
    with pytest.raises(DataError, match=message):
        FramesCoder.learn(parts, "f:1")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (series([1.0, 2.0]), "g:7: 2 numbers a frame, expected 1 number as in training. Is it the right file?"),
        (series([NAN]), "g:7: number 1 of frame 1 is missing, but none was in training, so the model cannot read it"),
    ],
)
def test_series_unlike_those_of_the_training_are_refused(value, message):
    coder = FramesCoder.learn([series([0.0], [1.0])], "f:1")
    with pytest.raises(DataError, match=message):
        coder.encode([series([0.0]), value], ["g:1", "g:7"])


def test_what_is_saved_is_loaded_bit_for_bit(tmp_path):
    coder = FramesCoder.learn([np.random.default_rng(1).normal(size=(9, 3)) / 3], "f:1")
    coder.save(tmp_path)
    loaded = FramesCoder.load(tmp_path)
    assert loaded.mean.tolist() == coder.mean.tolist()
    assert loaded.deviation.tolist() == coder.deviation.tolist()
    assert loaded.fingerprint == coder.fingerprint
    assert FramesCoder(coder.mean, coder.deviation, True).fingerprint != coder.fingerprint


@pytest.mark.parametrize(
    "text",
    ["", "[1]", '{"mean": [1.0], "deviation": [0.0], "missing": false}', '{"mean": [1.0], "deviation": [1.0, 2.0]}'],
)
def test_a_broken_file_is_named(tmp_path, text):
    (tmp_path / "frames.json").write_text(text)
    with pytest.raises(CheckpointError, match=r"frames.json: cannot be read: .*Restore the file"):
        FramesCoder.load(tmp_path)


def test_the_file_can_be_read_by_a_person(tmp_path):
    FramesCoder.learn([series([0.0], [4.0])], "f:1").save(tmp_path)
    assert json.loads((tmp_path / "frames.json").read_text()) == {"mean": [2.0], "deviation": [2.0], "missing": False}


def test_a_value_too_large_for_32_bits_once_standardised_is_refused():
    coder = FramesCoder.learn([series([1, 0], [1 + 1e-9, 1])], "f:1")
    assert np.isfinite(coder.encode([series([1e25, 0])]).values).all()
    with pytest.raises(DataError, match=r"f:7: number 1 of frame 2 is 1e\+30, too far from the 1 ± 5e-10 of the train"):
        coder.encode([series([1, 0]), series([1, 0], [1e30, 0])], ["f:1", "f:7"])


def test_channels_are_named_as_their_columns_and_change_no_fingerprint(tmp_path):
    plain = FramesCoder.learn([series([0.0, 1.0], [4.0, 3.0])], "f:1")
    coder = plain.named(["acc_x", "acc_y"])
    coder.save(tmp_path)
    loaded = FramesCoder.load(tmp_path)
    assert list(loaded.names) == ["acc_x", "acc_y"]
    assert loaded.fingerprint == plain.fingerprint  # a run from before they had names goes on
    assert coder.card(coder.encode([]))["frame"].startswith("2 numbers (acc_x, acc_y), each standardised")
    with pytest.raises(DataError, match=r"1 number a frame, expected 2 numbers as in training \(acc_x, acc_y\)\. Is"):
        loaded.encode([series([1.0])], ["x:1"])
    with pytest.raises(DataError, match=r"number 2 \(acc_y\) of frame 1 is 1e\+90, too far from"):
        loaded.encode([series([1.0, 1e90])], ["x:1"])
    assert plain.named(["one"]).names == ["1", "2"]


def test_statistics_are_those_of_real_frames_of_the_training_part():
    # G6: with two padded zeros the mean would be 5.0, the deviation 6.42.
    coder = FramesCoder.learn([series([1.0], [2.0], [3.0], [4.0]), series([10.0], [20.0])], "f:1")
    np.testing.assert_allclose([coder.mean[0], coder.deviation[0]], [6.666666666666667, 6.624868971450597])
    encoded = coder.encode([series([1.0], [2.0], [3.0], [4.0])])
    expected = [-0.855362829225267, -0.7044164475972787, -0.5534700659692904, -0.40252368434130215]
    np.testing.assert_allclose(encoded.values[:, 0], expected, rtol=1e-6)


def test_what_is_kept_on_disk_is_the_same(tmp_path):
    draw = np.random.default_rng(0)
    parts = [draw.normal(size=(n, 3)) for n in (5, 0, 2)]
    parts[0][1, 2] = NAN
    coder = FramesCoder.learn(parts, "f:1").named(["x", "y", "z"])
    kept, held = coder.kept_in(tmp_path).encode(parts), coder.encode(parts)
    np.testing.assert_array_equal(kept.values, held.values)
    np.testing.assert_array_equal(kept.offsets, held.offsets)
    assert kept.values.dtype == held.values.dtype == np.float32
    assert coder.kept_in(tmp_path).names == coder.names
    assert not list(tmp_path.iterdir())


def test_frames_of_other_widths_are_refused_in_training():
    with pytest.raises(DataError, match="f:1: frames of 2 numbers here, but others have 3: expected as many in all"):
        FramesCoder.learn([np.ones((2, 2)), np.zeros((1, 3))], "f:1")


def test_how_frames_are_standardised_is_chosen():
    points = [np.random.default_rng(0).normal(3, 2, (50, 3))]
    pen = FramesCoder.learn(points, "f:1", Scale.TOGETHER)
    np.testing.assert_allclose(pen.encode(points).values[:, 2], points[0][:, 2], rtol=1e-6)
    np.testing.assert_allclose(pen.encode(points).values[:, :2].std(), 1, rtol=1e-5)
    plain = FramesCoder.learn(points, "f:1", Scale.NONE)
    np.testing.assert_array_equal(plain.encode(points).values, points[0].astype(np.float32))
