"""Series read some steps at a time, with a carried state: in training, and where every forecast is asked for."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from elman.data.bucketing import buckets
from elman.data.epochs import Epoch
from elman.data.records import Batch, Padded
from elman.data.timelines import Timelines
from elman.randomness import seed_of

_NUMBERS = 1 << 21
"""Numbers of forecasts that are made at once."""
_STEPS, _ROWS = 256, 64


class Stretches(NamedTuple):
    """Pieces of series.

    Args:
        first: the row of each with which it begins, (P,).
        stop: the row behind its last, (P,).
    """

    first: np.ndarray
    stop: np.ndarray

    @classmethod
    def cut(cls, data: Timelines, most: int) -> "Stretches":
        """Return series cut into pieces of about the same length, none longer than `most`."""
        first, stop = [], []
        for start, length in zip(data.inputs.offsets, data.inputs.lengths, strict=False):
            borders = start + length * np.arange((pieces := max(1, -(-length // most))) + 1) // pieces
            first.append(borders[:-1])
            stop.append(borders[1:])
        return cls(np.concatenate(first), np.concatenate(stop))

    def rows(self, some: np.ndarray, begin: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the rows of some pieces from a step on, (B, T), and how many of them are real, (B,)."""
        lengths = np.clip(self.stop[some] - self.first[some] - begin, 0, steps)
        rows = self.first[some][:, None] + begin + np.arange(lengths.max(initial=0))
        return np.minimum(rows, np.maximum(self.stop[some], 1)[:, None] - 1), lengths


class SeriesStreams(Epoch):
    """One epoch of training: series cut into pieces, B of them side by side, read T steps at a time.

    A long series becomes as many pieces as there are streams in a batch; short ones stay whole. The first batch of
    some pieces starts with a fresh state, those behind it go on with the state that the one before left. A step counts
    where all of its forecast is in the data, also beyond the end of its piece. Batch i depends on (seed, epoch, i).

    Args:
        data: the training part.
        batch_size: B.
        bptt: T, steps that a gradient reaches back.
        carried: whether the state is carried.
        seed: of the run.
        epoch: which pass over the data.
    """

    def __init__(self, data: Timelines, batch_size: int, bptt: int, carried: bool, seed: int, epoch: int) -> None:
        self._data, self._bptt, self._carried = data, bptt, carried
        self._pieces = Stretches.cut(data, max(bptt, -(-len(data.truth) // batch_size)))
        lengths = self._pieces.stop - self._pieces.first
        groups = buckets(lengths, batch_size, 0, np.random.default_rng(seed_of(seed, "series", epoch)))
        self._batches = [(some, begin) for some in groups for begin in range(0, int(lengths[some].max()), bptt)]
        self._counts = np.zeros(len(data.truth), bool)
        self._counts[data.origins] = True

    def __len__(self) -> int:
        return len(self._batches)

    @property
    def largest(self) -> int:
        """The batch with most steps."""
        sizes = [int(self._pieces.rows(some, begin, self._bptt)[1].sum()) for some, begin in self._batches]
        return int(np.argmax(sizes))

    def __getitem__(self, index: int) -> Batch:  # type: ignore[override]
        if not 0 <= index < len(self):
            raise IndexError(index)
        some, begin = self._batches[index]
        rows, lengths = self._pieces.rows(some, begin, self._bptt)
        fields = _fields(self._data, rows, lengths)
        fields["ahead.weights"] = Padded(self._counts[rows], lengths)
        return Batch(len(some), fields, continues=self._carried and begin > 0)


class Block(NamedTuple):
    """Some steps of series that are asked for forecasts.

    Args:
        batch: what is read.
        asked: at which of its places a forecast is wanted, (B, T).
        rows: those of the data, (W,), in the order of `asked`.
    """

    batch: Batch
    asked: np.ndarray
    rows: np.ndarray


def blocks(data: Timelines, origins: np.ndarray) -> Iterator[Block]:
    """Yield series from their beginning, some steps at a time: each batch that continues goes on with the state before.

    Args:
        data: the series.
        origins: the rows after which a forecast is wanted.
    """
    wanted = np.zeros(len(data.truth), bool)
    wanted[origins] = True
    whole = Stretches.cut(data, max(1, len(data.truth)))
    most = max(1, _NUMBERS // max(1, data.numbers))
    steps = min(_STEPS, most)
    for some in buckets(whole.stop - whole.first, max(1, min(_ROWS, most // steps))):
        longest = int((whole.stop - whole.first)[some].max())
        for begin in range(0, longest, steps):
            rows, lengths = whole.rows(some, begin, steps)
            asked = wanted[rows] & (np.arange(rows.shape[1]) < lengths[:, None])
            yield Block(Batch(len(some), _fields(data, rows, lengths), continues=begin > 0), asked, rows[asked])


def whole(data: Timelines) -> Batch:
    """Return all steps of the first series as one batch, with what is true ahead of each."""
    rows, lengths = Stretches.cut(data, max(1, len(data.truth))).rows(np.array([0]), 0, len(data.truth))
    return Batch(1, _fields(data, rows, lengths))


def _fields(data: Timelines, rows: np.ndarray, lengths: np.ndarray) -> dict[str, Padded]:
    """Return what is read of some rows, and what is true ahead of them, as differences from the base."""
    truth = data.targets(rows) - data.base(rows)
    flat = truth.reshape(*rows.shape, data.numbers).astype(np.float32)
    return {"frames": Padded(data.inputs.values[rows], lengths), "ahead": Padded(flat, lengths)}
