"""Sequences of similar length side by side, so that little of a batch is padding."""

from collections.abc import Callable, Sequence

import numpy as np

from elman.data.epochs import Epoch
from elman.data.records import Batch
from elman.randomness import seed_of

_JITTER = 0.04
"""How much longer a sequence may pretend to be, so that the same ones do not always meet."""


def buckets(
    lengths: np.ndarray, batch_size: int, places: int = 0, draw: np.random.Generator | None = None
) -> list[np.ndarray]:
    """Return the rows of each batch: every row once, similar lengths together.

    Rows are sorted by length and cut into batches; then the batches are shuffled.

    Args:
        lengths: of the sequences, (N,); or (K, N), where an example has K sequences that are padded each for itself.
        batch_size: at most so many rows a batch.
        places: at most so many places a batch, rows times the longest, padding included, all K together; 0 is no
            limit. A single example that is longer is a batch of its own.
        draw: orders rows of about the same length, and the batches; None keeps them sorted, the longest first.
    """
    widths = np.atleast_2d(lengths)
    whole = widths.sum(0)
    noise = 1 if draw is None else 1 + _JITTER * draw.random(len(whole))
    order = np.argsort(-whole * noise, kind="stable")
    batches, first = [], 0
    while first < len(order):
        longest = int(widths[:, order[first : first + batch_size]].max(1).sum())
        size = batch_size if not places else min(batch_size, max(1, places // max(1, longest)))
        batches.append(order[first : first + size])
        first += size
    if draw is not None:
        batches = [batches[i] for i in draw.permutation(len(batches))]
    return batches


def mixed(lengths: np.ndarray, batch_size: int, places: int, draw: np.random.Generator) -> list[np.ndarray]:
    """Return the rows of each batch: every row once, in any order, so that a batch is like all of the data.

    Arguments are those of `buckets`.
    """
    widths, batches, first = np.atleast_2d(lengths), [], 0
    order = draw.permutation(widths.shape[1])
    while first < len(order):
        some = order[first : first + batch_size]
        longest = np.maximum.accumulate(widths[:, some], axis=1).sum(0) * np.arange(1, len(some) + 1)
        size = max(1, int((longest <= places).sum())) if places else len(some)
        batches.append(some[:size])
        first += size
    return batches


def padding_share(lengths: np.ndarray, batches: Sequence[np.ndarray]) -> float:
    """Return which share of the places of all batches is padding, 0 to 1."""
    widths = np.atleast_2d(lengths)
    places = sum(len(rows) * int(widths[:, rows].max(1).sum()) for rows in batches)
    return 1 - float(widths.sum()) / places if places else 0.0


class BucketedEpoch(Epoch):
    """One epoch of training on separate sequences. Batch i depends on the seed, the epoch and i alone.

    Args:
        lengths: of the sequences, as in `buckets`.
        batch_size: rows a batch.
        places: the most places a batch, 0 is no limit.
        make: makes the batch of some rows; random parts of it come from the generator.
        seed: of the run.
        epoch: which pass over the data.
        cut: says which rows are a batch.
    """

    def __init__(
        self,
        lengths: np.ndarray,
        batch_size: int,
        places: int,
        make: Callable[[np.ndarray, np.random.Generator], Batch],
        seed: int,
        epoch: int,
        cut: Callable[..., list[np.ndarray]] = buckets,
    ) -> None:
        self._widths = np.atleast_2d(lengths)
        self._rows = cut(lengths, batch_size, places, np.random.default_rng(seed_of(seed, "buckets", epoch)))
        self._make, self._seed, self._epoch = make, seed, epoch

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def largest(self) -> int:
        """The batch with most places, padding included."""
        return max(range(len(self)), key=lambda index: len(self._rows[index]) * self._widest(index))

    def _widest(self, index: int) -> int:
        return int(self._widths[:, self._rows[index]].max(1).sum())

    def __getitem__(self, index: int) -> Batch:  # type: ignore[override]
        if not 0 <= index < len(self):
            raise IndexError(index)
        return self._make(self._rows[index], np.random.default_rng(seed_of(self._seed, "batch", self._epoch, index)))


def held_out(count: int, share: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Return which of so many examples are trained on and which are held out, each in the order of the data.

    Args:
        count: how many there are.
        share: how much is held out, 0 to below 1; at least one example each where there are two.
        seed: of the draw; the same for every run, so that runs are validated on the same examples.
    """
    chosen = np.random.default_rng(seed_of(seed, "held out")).permutation(count)
    number = min(max(1, round(count * share)), count - 1) if share else 0
    return np.sort(chosen[number:]), np.sort(chosen[:number])
