"""Lines that are texts of their own, as batches."""

import numpy as np

from elman.data.bucketing import buckets
from elman.data.epochs import Epoch
from elman.data.records import Batch, Padded
from elman.data.store import TokenStore
from elman.randomness import seed_of


class LineBatches(Epoch):
    """One epoch of training on lines: each from a fresh state to its end, lines of similar length side by side.

    Lines that are longer than T are read T tokens at a time: the batch that goes on with them carries their state, and
    those that have ended are empty there. Batches are computed from seed, epoch and their number alone.

    Args:
        store: the lines.
        batch_size: B, lines side by side.
        bptt: T, tokens between two cuts of the gradient.
        start_id: the token that stands before the first of a line.
        seed: of the run.
        epoch: which pass over the data.
        carried: whether a batch goes on with the state that the one before left, where its lines go on.
    """

    def __init__(
        self,
        store: TokenStore,
        batch_size: int,
        bptt: int,
        start_id: int,
        seed: int,
        epoch: int,
        carried: bool = True,
    ) -> None:
        self._store, self._bptt, self._start_id, self._carried = store, bptt, start_id, carried
        self._starts, self._lengths = store.line_starts, store.line_lengths
        draw = np.random.default_rng(seed_of(seed, "buckets", epoch))
        self._rows = buckets(self._lengths, batch_size, draw=draw)
        stretches = [-(-int(self._lengths[rows].max()) // bptt) for rows in self._rows]
        self._borders = np.cumsum([0, *stretches])

    def __len__(self) -> int:
        return int(self._borders[-1])

    @property
    def largest(self) -> int:
        """The batch with most places, padding included."""
        places = [len(rows) * min(self._bptt, int(self._lengths[rows].max())) for rows in self._rows]
        return int(self._borders[int(np.argmax(places))])

    def __getitem__(self, index: int) -> Batch:  # type: ignore[override]
        if not 0 <= index < len(self):
            raise IndexError(index)
        bucket = int(np.searchsorted(self._borders, index, side="right")) - 1
        rows, first = self._rows[bucket], self._bptt * (index - int(self._borders[bucket]))
        lengths = np.clip(self._lengths[rows] - first, 0, self._bptt)
        starts = self._starts[rows] + first
        text = self._store.rows(starts - 1, int(lengths.max()) + 1)
        if not first:
            text[:, 0] = self._start_id
        real = np.arange(text.shape[1] - 1) < lengths[:, None]
        inputs, targets = np.where(real, text[:, :-1], 0), np.where(real, text[:, 1:], 0)
        fields = {"tokens": Padded(inputs, lengths), "next_token": Padded(targets, lengths)}
        return Batch(len(rows), fields, continues=self._carried and first > 0)
