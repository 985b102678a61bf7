"""Columns of rows of different lengths, and batches of those with similar ones."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from elman.data.bucketing import BucketedEpoch, buckets, held_out, mixed, padding_share
from elman.data.column import Column
from elman.data.records import Batch, Padded

rows_of_numbers = st.lists(st.lists(st.integers(-9, 9), max_size=6), max_size=12)
some_lengths = st.lists(st.integers(0, 30), max_size=60).map(lambda lengths: np.array(lengths, dtype=np.int64))


@given(rows=rows_of_numbers, data=st.data())
def test_rows_come_back_alone_and_padded(rows, data):
    column = Column.of_rows(rows)
    assert column.values.dtype == column.offsets.dtype == np.int64
    assert column.lengths.tolist() == [len(row) for row in rows]
    assert [column.row(i).tolist() for i in range(len(rows))] == rows
    chosen = np.array(data.draw(st.lists(st.sampled_from(range(len(rows))))) if rows else [], dtype=np.int64)
    some = [rows[i] for i in chosen]
    width = max(map(len, some), default=0)
    padded = column.padded(chosen)
    assert padded.values.shape == (len(chosen), width)
    assert padded.values.tolist() == [row + [0] * (width - len(row)) for row in some]
    assert padded.lengths.tolist() == list(map(len, some))
    assert padded.mask.tolist() == [[True] * len(row) + [False] * (width - len(row)) for row in some]


@given(lengths=st.lists(st.integers(0, 4), min_size=1, max_size=6), data=st.data())
def test_an_array_of_any_trailing_shape_is_cut_into_rows(lengths, data):
    values = np.arange(sum(lengths) * 6, dtype=np.float32).reshape(-1, 3, 2)
    column = Column.cut(values, np.array(lengths))
    assert column.lengths.tolist() == lengths
    expected = np.split(values, np.cumsum(lengths)[:-1])
    chosen = np.array(data.draw(st.lists(st.sampled_from(range(len(lengths))))), dtype=np.int64)
    padded = column.padded(chosen)
    assert padded.values.dtype == np.float32
    assert padded.values.shape == (len(chosen), max([lengths[row] for row in chosen], default=0), 3, 2)
    for row, place in zip(chosen, padded.values, strict=True):
        np.testing.assert_array_equal(column.row(row), expected[row])
        np.testing.assert_array_equal(place[: lengths[row]], expected[row])
        assert not place[lengths[row] :].any()


def test_rows_may_be_no_whole_numbers():
    column = Column.of_rows([[0.5], [], [1.5, 2.5]], np.float64)
    assert column.padded(np.array([2, 0])).values.tolist() == [[1.5, 2.5], [0.5, 0.0]]
    assert column.values.dtype == column.padded(np.array([2])).values.dtype == np.float64


@given(
    lengths=some_lengths,
    batch_size=st.integers(1, 9),
    places=st.integers(0, 60),
    seed=st.none() | st.integers(0, 3),
)
def test_every_row_is_in_one_batch_within_both_limits(lengths, batch_size, places, seed):
    batches = buckets(lengths, batch_size, places, None if seed is None else np.random.default_rng(seed))
    assert sorted(row for rows in batches for row in rows.tolist()) == list(range(len(lengths)))
    for rows in batches:
        assert 1 <= len(rows) <= batch_size
        assert not places or len(rows) == 1 or len(rows) * lengths[rows].max() <= places


def test_without_a_generator_the_longest_come_first_and_equal_ones_keep_their_order():
    batches = buckets(np.array([2, 9, 4, 9, 4, 1]), 2)
    assert [rows.tolist() for rows in batches] == [[1, 3], [2, 4], [0, 5]]


def test_a_sequence_longer_than_the_limit_of_places_is_alone():
    batches = buckets(np.array([3, 50, 4, 3]), 8, places=12)
    assert [rows.tolist() for rows in batches] == [[1], [2, 0, 3]]


def test_which_sequences_meet_changes_though_their_lengths_stay_similar():
    lengths = np.repeat([10, 20, 30], 40)
    one, other = (buckets(lengths, 10, draw=np.random.default_rng(seed)) for seed in (0, 1))
    assert {frozenset(rows.tolist()) for rows in one}.isdisjoint(frozenset(rows.tolist()) for rows in other)
    assert [lengths[rows].max() for rows in one] != sorted([lengths[rows].max() for rows in one], reverse=True)
    assert padding_share(lengths, one) == padding_share(lengths, other) == 0


def test_the_share_of_padding_is_that_of_the_places():
    lengths = np.array([5, 3, 2, 2])
    # 2 rows of 5 places and 2 of 2: 14 places, 12 of them real.
    assert padding_share(lengths, [np.array([0, 1]), np.array([2, 3])]) == pytest.approx(2 / 14)
    assert padding_share(lengths, [np.array([0, 1, 2, 3])]) == pytest.approx(8 / 20)
    assert padding_share(lengths[:0], []) == 0.0


def epoch(seed=1, number=0):
    lengths = np.random.default_rng(5).integers(1, 40, 100)

    def make(rows, draw):
        return Batch(len(rows), {"rows": Padded(rows[:, None]), "noise": Padded(draw.random((len(rows), 1)))})

    return BucketedEpoch(lengths, 8, 0, make, seed, number)


def same(one, other):
    return all(np.array_equal(one.fields[name].values, other.fields[name].values) for name in ("rows", "noise"))


def test_a_batch_depends_on_seed_epoch_and_its_place_alone():
    first, again = epoch(), epoch()
    assert len(first) == 13
    whole = list(first)
    assert all(same(again[i], whole[i]) for i in reversed(range(13)))
    assert len({batch.fields["noise"].values[0, 0] for batch in whole}) == 13
    for other in (epoch(seed=2), epoch(number=1)):
        assert not any(same(one, two) for one, two in zip(other, whole, strict=True))
        assert sorted(row for batch in other for row in batch.fields["rows"].values[:, 0]) == list(range(100))
    for outside in (13, -1):
        with pytest.raises(IndexError, match=str(outside)):
            first[outside]


@given(count=st.integers(0, 200), share=st.floats(0, 0.99), seed=st.integers(0, 3))
def test_what_is_held_out_is_apart_in_order_and_of_the_share(count, share, seed):
    train, valid = held_out(count, share, seed)
    assert sorted([*train.tolist(), *valid.tolist()]) == list(range(count))
    assert (np.diff(train) > 0).all()
    assert (np.diff(valid) > 0).all()
    if count > 1 and share:
        assert min(len(train), len(valid)) >= 1
        assert abs(len(valid) - count * share) <= 1
    else:
        assert len(valid) == 0


def test_the_same_examples_are_held_out_whenever_the_seed_is_the_same():
    assert held_out(100, 0.2)[1].tolist() == held_out(100, 0.2)[1].tolist() != held_out(100, 0.2, 1)[1].tolist()
    assert np.diff(held_out(100, 0.2)[1]).max() > 1  # not one block


@pytest.mark.parametrize("places", [0, 40])
def test_mixed_batches_have_every_row_once_and_all_lengths(places):
    lengths = np.stack([np.r_[np.full(50, 2), np.full(50, 9)], np.ones(100, np.int64)])
    batches = mixed(lengths, 8, places, np.random.default_rng(1))
    assert sorted(np.concatenate(batches).tolist()) == list(range(100))
    assert any({2, 9} <= set(lengths[0, rows].tolist()) for rows in batches)
    assert max(map(len, batches)) <= 8
    if places:
        assert all(len(rows) * int(lengths[:, rows].max(1).sum()) <= places for rows in batches)
        assert any(len(rows) < 8 for rows in batches)
    again = mixed(lengths, 8, places, np.random.default_rng(1))
    assert [rows.tolist() for rows in again] == [rows.tolist() for rows in batches]


def test_a_mixed_row_that_is_longer_than_a_batch_may_be_is_one_of_its_own():
    batches = mixed(np.array([3, 50, 3]), 8, 10, np.random.default_rng(2))
    assert sorted(map(len, batches)) in ([1, 2], [1, 1, 1])
    assert next(rows for rows in batches if 1 in rows).tolist() == [1]
