"""Token stores into batches: streams for truncated backpropagation through time, and for evaluation."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from elman.data.epochs import Epoch
from elman.data.records import Batch, Padded
from elman.data.store import TokenStore
from elman.errors import DataError
from elman.randomness import seed_of


class FreshStarts(NamedTuple):
    """Chance that a stream starts from a fresh state at a batch, though its text goes on.

    Streams of a long text start once a pass. A network that hardly ever does so learns from its own states alone, and
    is lost in the only one that each new text begins with.

    Args:
        share: p, of the streams of a batch.
        seed: of the draws.
    """

    share: float
    seed: int

    def rows(self, streams: int, batch: int) -> np.ndarray | None:
        """Return the streams that start anew at a batch, (B,), drawn from seed and batch alone; None if none does."""
        found = np.random.default_rng(seed_of(self.seed, "fresh", batch)).random(streams) < self.share
        return found if found.any() else None


class BpttStreams(Epoch):
    """One epoch of training: the corpus cut into B streams of equal length, read T tokens at a time.

    Stream b holds the targets [b L, (b + 1) L) with L = N // B, and each batch the next T of every stream. The input
    at a place is the token before it, across stream borders too, so only N mod B targets at the end go unused. All
    batches but the first carry the state of the batch before, unless told otherwise; now and then a stream does not.
    Batches are computed from their number alone: resuming at batch k reads nothing of what came before.

    Args:
        store: the corpus.
        batch_size: B, streams side by side.
        bptt: T, tokens between two cuts of the gradient.
        start_id: the token that stands before the first of the corpus.
        cuts: draws T anew for each batch, see `vary`; None keeps it.
        carried: whether a batch goes on with the state that the one before left.
        fresh: which streams start from a fresh state at which batch, see `FreshStarts`; None for no more than must.

    Raises:
        DataError: fewer than two tokens for each stream.
    """

    def __init__(
        self,
        store: TokenStore,
        batch_size: int,
        bptt: int,
        start_id: int,
        cuts: np.random.Generator | None = None,
        carried: bool = True,
        fresh: FreshStarts | None = None,
    ) -> None:
        if len(store) < 2 * batch_size:
            raise DataError(
                f"the training text: {len(store)} tokens, expected at least {2 * batch_size}, two for each of the "
                f"{batch_size} streams of a batch. Give more text or a smaller --batch-size."
            )
        self._store = store
        self._bptt = bptt
        self._start_id = start_id
        self._length = len(store) // batch_size
        self._starts = np.arange(batch_size, dtype=np.int64) * self._length
        self._carried = carried
        self._varied = cuts is not None
        borders = np.arange(0, self._length, bptt) if cuts is None else vary(bptt, self._length, cuts)
        self._borders = np.append(borders, self._length)
        self._fresh = fresh if carried else None

    def __len__(self) -> int:
        return len(self._borders) - 1

    @property
    def largest(self) -> int:
        """The batch with most tokens."""
        return int(np.diff(self._borders).argmax())

    def __getitem__(self, index: int) -> Batch:  # type: ignore[override]
        if not 0 <= index < len(self):
            raise IndexError(index)
        first, last = self._borders[index : index + 2].tolist()
        inputs, targets = _shifted(self._store, self._starts + first, last - first, self._start_id)
        scale = (last - first) / self._bptt if self._varied else 1.0
        fields = {"tokens": Padded(inputs), "next_token": Padded(targets)}
        continues = self._carried and index > 0
        fresh = self._fresh.rows(len(inputs), index) if continues and self._fresh else None
        return Batch(len(inputs), fields, continues=continues, fresh=fresh, rate_scale=scale)


def vary(bptt: int, length: int, draw: np.random.Generator) -> np.ndarray:
    """Return the places at which a stream is cut when T varies, the first being 0.

        T ~ N(bptt, 5) with probability 0.95, else N(bptt / 2, 5), at least 5

    so that not the same tokens always stand at a cut. A batch's learning rate is scaled by T / bptt.

    Source: Merity et al. (2018), arXiv:1708.02182, section 5.
    """
    count = 2 * length // 5 + 1
    means = np.where(draw.random(count) < 0.95, bptt, bptt / 2)
    lengths = np.maximum(5, draw.normal(means, 5.0).astype(np.int64))
    borders = np.concatenate([[0], lengths.cumsum()])
    return borders[borders < length]


class EvaluationStreams(Sequence[Batch]):
    """The whole corpus once: every token is a target exactly once, and each has its context.

    The corpus is cut into streams so that evaluation is fast. A stream starts `warm_up` tokens before its
    first target; those only bring its state near what it would be had the network read everything before.

    Args:
        store: the corpus.
        start_id: the token that stands before the first of the corpus.
        streams: at most so many; short texts get fewer (one for fewer than 4,096 tokens, which is exact).
        warm_up: tokens read before the first target of a stream.
        length: tokens a batch and stream.
    """

    def __init__(
        self, store: TokenStore, start_id: int, streams: int = 64, warm_up: int = 256, length: int = 256
    ) -> None:
        self.streams = max(1, min(streams, len(store) // 2048))
        self._store = store
        self._start_id = start_id
        self._length = length
        borders = np.arange(self.streams + 1, dtype=np.int64) * len(store) // self.streams
        self._first, self._stop = borders[:-1], borders[1:]
        self._begin = np.maximum(self._first - warm_up, 0)

    def __len__(self) -> int:
        longest = int((self._stop - self._begin).max())
        return -(-longest // self._length)

    def places(self, index: int) -> np.ndarray:
        """Return the place in the corpus of each target of a batch, (B, T)."""
        starts = self._begin + index * self._length
        length = min(self._length, int((self._stop - starts).max()))
        return starts[:, None] + np.arange(length)

    def __getitem__(self, index: int) -> Batch:  # type: ignore[override]
        if not 0 <= index < len(self):
            raise IndexError(index)
        places = self.places(index)
        inputs, targets = _shifted(self._store, places[:, 0], places.shape[1], self._start_id)
        real = places < self._stop[:, None]
        counted = real & (places >= self._first[:, None])
        lengths = real.sum(1)
        fields = {
            "tokens": Padded(inputs, lengths),
            "next_token": Padded(targets, lengths),
            "next_token.weights": Padded(counted, lengths),
        }
        return Batch(len(inputs), fields, continues=index > 0)


def _shifted(store: TokenStore, starts: np.ndarray, length: int, start_id: int) -> tuple[np.ndarray, np.ndarray]:
    """Return inputs and targets (B, length): targets from each start, inputs one place earlier."""
    rows = store.rows(starts - 1, length + 1)
    rows[starts == 0, 0] = start_id
    return rows[:, :-1], rows[:, 1:]
