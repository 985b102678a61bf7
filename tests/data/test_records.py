"""Rows side by side, and batches of them: what is real, what counts, and parts."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from elman.data.records import Batch, Example, Padded
from tests.fields import side_by_side

rows_of_numbers = st.lists(st.lists(st.integers(-9, 9), max_size=5), min_size=1, max_size=6)


def arrays(rows):
    return [np.array(row, np.int64) for row in rows]


def tensors(padded):
    return padded.map(torch.from_numpy)


@pytest.mark.parametrize(
    ("where", "place"), [("/data/a.tsv:3", "a.tsv:3"), ("a.tsv:3", "a.tsv:3"), ("texts/pos/1.txt", "1.txt"), ("", "")]
)
def test_the_place_of_an_example_names_its_file_without_a_folder(where, place):
    assert Example({}, where).place == place


def test_padding_is_zero_and_masked():
    padded = side_by_side([np.array([5, 6]), np.array([], dtype=int), np.array([7])])
    assert padded.values.tolist() == [[5, 6], [0, 0], [7, 0]]
    assert padded.lengths.tolist() == [2, 0, 1]
    assert padded.mask.tolist() == [[True, True], [False, False], [True, False]]
    assert padded.real == 3
    assert Batch(3, {"x": padded}).count("x") == 3


def test_rows_of_frames_are_padded_with_zeros():
    frames = [np.ones((2, 3), np.float32), np.full((1, 3), 2, np.float32)]
    padded = side_by_side(frames, np.float32)
    assert padded.values.dtype == np.float32
    assert padded.values.tolist() == [[[1, 1, 1], [1, 1, 1]], [[2, 2, 2], [0, 0, 0]]]
    assert padded.real == 3


def test_no_rows_have_no_places():
    assert (side_by_side([]).values.shape, side_by_side([]).real) == ((0, 0), 0)
    nothing = side_by_side([np.empty(0, np.int64)] * 2)
    assert (nothing.values.shape, nothing.mask.shape, nothing.real) == ((2, 0), (2, 0), 0)


@given(rows=rows_of_numbers)
def test_the_mask_says_what_is_real_whether_arrays_or_tensors(rows):
    padded = side_by_side(arrays(rows))
    assert [row[real].tolist() for row, real in zip(padded.values, padded.mask, strict=True)] == rows
    moved = tensors(padded)
    assert isinstance(moved.mask, torch.Tensor)
    assert moved.mask.dtype == torch.bool
    assert moved.mask.tolist() == padded.mask.tolist()
    assert moved.real == padded.real == sum(map(len, rows))


def test_where_nothing_is_padded_there_is_no_mask_and_every_place_is_real():
    whole = Padded(np.zeros((3, 4, 2)))
    for one in (whole, tensors(whole)):
        assert one.mask is None
        assert one.real == 12
        assert one.map(lambda array: array + 1).lengths is None


@given(rows=rows_of_numbers, data=st.data())
def test_a_part_is_as_wide_as_its_longest_row(rows, data):
    chosen = np.array(data.draw(st.lists(st.sampled_from(range(len(rows))))), np.int64)
    expected = side_by_side(arrays(rows[row] for row in chosen)) if len(chosen) else Padded(np.zeros((0, 0)), chosen)
    padded = side_by_side(arrays(rows))
    for part in (padded.part(chosen), tensors(padded).part(torch.from_numpy(chosen))):
        assert tuple(part.values.shape) == expected.values.shape
        assert part.values.tolist() == expected.values.tolist()
        assert part.lengths.tolist() == expected.lengths.tolist()


def test_a_part_of_what_is_not_padded_keeps_its_width():
    part = Padded(np.arange(6).reshape(3, 2)).part(slice(1, 3))
    assert part.values.tolist() == [[2, 3], [4, 5]]
    assert part.lengths is None


TAGS = side_by_side(arrays([[1, 2, 3], [4], []]))
LABELS = Padded(np.array([[1], [0], [2]]))


@pytest.mark.parametrize(
    ("target", "weights", "expected"),
    [
        (TAGS, None, 4),
        (LABELS, None, 3),
        (Padded(np.zeros((3, 5))), None, 15),
        # a weight for each target; what is behind the end never counts
        (TAGS, Padded(np.array([[1.0, 0, 0.5], [0, 1, 1], [1, 1, 1]])), 2),
        (TAGS, Padded(np.array([[True, False, True], [True, True, True], [True, True, True]])), 3),
        # a weight for each row
        (TAGS, Padded(np.array([[0.0], [2.0], [1.0]])), 1),
        (TAGS, Padded(np.array([[True], [False], [True]])), 3),
        (LABELS, Padded(np.array([[0.0], [2.5], [0.1]], np.float32)), 2),
        (LABELS, Padded(np.array([[False], [False], [False]])), 0),
        (Padded(np.zeros((3, 2))), Padded(np.array([[1.0], [0.0], [-1.0]])), 4),
        # several classes at a place are one target
        (Padded(np.ones((3, 1, 4))), None, 3),
        (Padded(np.ones((3, 2, 4))), Padded(np.array([[0.0], [1.0], [1.0]])), 4),
    ],
)
def test_targets_count_where_they_are_real_and_their_weight_is_not_zero(target, weights, expected):
    fields = {"words": TAGS, "head": target} | ({} if weights is None else {"head.weights": weights})
    assert Batch(3, fields).count("head") == expected


def test_other_heads_have_other_weights():
    batch = Batch(3, {"tags": TAGS, "label": LABELS, "label.weights": Padded(np.array([[0.0], [1.0], [0.0]]))})
    assert (batch.count("tags"), batch.count("label")) == (4, 1)


def test_a_part_of_a_batch_has_some_rows_and_whole_tables():
    fields = {"words": TAGS, "label": LABELS, "label.weights": Padded(np.array([[0.5], [0.0], [2.0]]))}
    characters = side_by_side(arrays([[1], [2, 3]]))
    batch = Batch(3, fields, {"characters": characters}, continues=True, rate_scale=0.5)
    part = batch.part(np.array([2, 1]))
    assert part.size == 2
    assert part.fields["words"].values.tolist() == [[0], [4]]
    assert part.fields["words"].lengths.tolist() == [0, 1]
    assert part.fields["label"].values.tolist() == [[2], [0]]
    assert part.fields["label.weights"].values.tolist() == [[2.0], [0.0]]
    assert (part.count("words"), part.count("label")) == (1, 1)
    assert part.tables["characters"] is characters
    assert (part.continues, part.rate_scale) == (True, 0.5)
    assert batch.size == len(batch.fields["words"].values) == 3


def test_a_function_reaches_every_array_of_a_batch():
    batch = Batch(3, {"words": TAGS, "label": LABELS}, {"characters": TAGS}, continues=True, rate_scale=0.5)
    moved = batch.map(torch.from_numpy)
    for before, found in ((batch.fields, moved.fields), (batch.tables, moved.tables)):
        assert list(before) == list(found)
        for name, one in before.items():
            assert found[name].values.tolist() == one.values.tolist()
            assert isinstance(found[name].values, torch.Tensor)
            assert (found[name].lengths is None) == (one.lengths is None)
    assert (moved.size, moved.continues, moved.rate_scale) == (3, True, 0.5)
