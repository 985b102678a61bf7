"""Series as numbers: what is ahead, what is repeated, which forecasts there are, and how series are read in pieces."""

import numpy as np
import pytest

from elman.data.column import Column
from elman.data.timelines import Horizon, Timelines
from elman.data.windows import SeriesStreams, Stretches, blocks


def timelines(lengths, horizon, begins=None, columns=1, missing=()):
    """Return series whose first number counts rows from 0, over all series."""
    rows = np.arange(sum(lengths), dtype=np.float64)
    truth = np.stack([rows + 1000 * column for column in range(columns)], 1)
    for row, column in missing:
        truth[row, column] = np.nan
    inputs = Column.cut(rows[:, None].astype(np.float32), np.array(lengths))
    begins = np.zeros(len(lengths), np.int64) if begins is None else np.array(begins)
    return Timelines(inputs, truth, begins, horizon, [f"s{at}" for at in range(len(lengths))])


def test_every_forecast_that_fits_is_there_and_none_crosses_series():
    data = timelines([10, 3, 7], Horizon(3, period=2))
    assert data.origins.tolist() == [1, 2, 3, 4, 5, 6, 14, 15, 16]  # two rows before the first that is forecast


def test_the_first_that_is_forecast_is_the_first_of_the_part():
    data = timelines([40], Horizon(4, period=3), begins=[20])
    assert data.origins.tolist() == list(range(19, 36))
    assert len(data.origins) == (40 - 20) - 4 + 1


def test_what_is_ahead_is_what_comes_next():
    data = timelines([6, 4], Horizon(2), columns=2)
    np.testing.assert_equal(
        data.targets(np.array([0, 4, 7])),
        [[[1, 1001], [2, 1002]], [[5, 1005], [np.nan, np.nan]], [[8, 1008], [9, 1009]]],
    )


def test_the_last_value_is_the_last_that_is_there():
    data = timelines([5, 4], Horizon(2), missing=[(2, 0), (3, 0), (5, 0)])
    assert data.last(np.array([1, 2, 3, 4, 5, 6]))[:, :, 0].tolist() == [
        [1, 1], [1, 1], [1, 1], [4, 4], [0, 0], [6, 6],
    ]  # fmt: skip  # before the first value of a series it is the mean of training, never that of another series


@pytest.mark.parametrize("steps", [1, 3, 4, 7])
def test_a_season_is_the_last_whole_period(steps):
    data = timelines([30], Horizon(steps, period=3))
    found = data.season(np.array([10]))[0, :, 0]
    assert found.tolist() == [10 + h - 3 * -(-h // 3) for h in range(1, steps + 1)]


def test_before_the_first_period_a_season_is_the_last_value():
    assert timelines([9], Horizon(4, period=3)).season(np.array([1]))[0, :, 0].tolist() == [1, 0, 1, 1]


def test_forecasts_start_from_the_last_row_with_a_value():
    data = timelines([4, 5], Horizon(1), missing=[(3, 0), (7, 0), (8, 0)])
    assert data.lasts.tolist() == [2, 6]


@pytest.mark.parametrize("most", [1, 3, 4, 100])
def test_pieces_have_every_row_once(most):
    data = timelines([10, 1, 7], Horizon(1))
    pieces = Stretches.cut(data, most)
    rows = [list(range(*pair)) for pair in zip(pieces.first, pieces.stop, strict=True)]
    assert [row for some in rows for row in some] == list(range(18))
    assert max(map(len, rows)) <= most
    ends = {10, 11, 18}
    assert all(not ends & set(row[1:]) for row in rows)


@pytest.mark.parametrize(("size", "bptt"), [(1, 5), (4, 5), (3, 100), (64, 7)])
def test_an_epoch_reads_every_row_once_and_counts_every_forecast_once(size, bptt):
    data = timelines([50, 9, 30], Horizon(2, period=1))
    epoch = SeriesStreams(data, size, bptt, True, 1, 0)
    seen, counted = [], []
    for index, batch in enumerate(epoch):
        frames, weights = batch.fields["frames"], batch.fields["ahead.weights"]
        real = frames.mask
        rows = frames.values[..., 0][real].astype(int)
        seen += rows.tolist()
        counted += frames.values[..., 0][real & weights.values].astype(int).tolist()
        assert batch.count("ahead") == int((weights.values & real).sum())
        assert frames.values.shape[1] <= bptt
        assert batch.continues == (epoch._batches[index][1] > 0)
        np.testing.assert_equal(batch.fields["ahead"].values[real][:, 0], data.targets(rows)[:, 0, 0])
    assert sorted(seen) == list(range(89))
    assert sorted(counted) == data.origins.tolist()


def test_a_batch_that_continues_goes_on_where_each_row_ended():
    data = timelines([50, 9, 30], Horizon(2))
    before = None
    for batch in SeriesStreams(data, 4, 5, True, 1, 0):
        frames = batch.fields["frames"]
        if batch.continues:
            real = frames.lengths > 0
            assert (frames.values[real, 0, 0] == before[real] + 1).all()
        ends = frames.values[np.arange(batch.size), np.maximum(frames.lengths - 1, 0), 0]
        before = ends if not batch.continues else np.where(frames.lengths > 0, ends, before)


def test_without_carrying_every_batch_starts_anew():
    assert not any(batch.continues for batch in SeriesStreams(timelines([50], Horizon(2)), 2, 5, False, 1, 0))


def test_a_batch_that_is_not_there_is_an_index_error():
    epoch = SeriesStreams(timelines([50], Horizon(2)), 2, 5, True, 1, 0)
    with pytest.raises(IndexError):
        epoch[len(epoch)]
    assert epoch.largest == 0


@pytest.mark.parametrize("base", ["none", "last", "season"])
def test_targets_of_a_batch_are_differences_from_the_base(base):
    data = timelines([12], Horizon(2, period=3, base=base))
    batch = SeriesStreams(data, 1, 50, True, 1, 0)[0]
    rows = np.arange(3, 10)
    expected = data.targets(rows) - {"none": 0.0, "last": data.last(rows), "season": data.season(rows)}[base]
    np.testing.assert_allclose(batch.fields["ahead"].values[0, rows], expected[:, :, 0], rtol=1e-6)


def test_blocks_ask_at_every_origin_once_in_the_order_of_time():
    data = timelines([700, 20, 300], Horizon(2))
    asked, reached = [], {}
    for block in blocks(data, data.origins):
        asked += block.rows.tolist()
        assert block.rows.tolist() == block.batch.fields["frames"].values[..., 0][block.asked].astype(int).tolist()
        for row in block.rows.tolist():
            series = int(np.searchsorted(data.inputs.offsets, row, "right"))
            assert reached.get(series, -1) < row
            reached[series] = row
    assert sorted(asked) == data.origins.tolist()
