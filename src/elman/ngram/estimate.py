"""From counts to a model: discounts, interpolation or backing off, order by order."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from elman.native.counting import tally
from elman.ngram.backoff import BackoffModel, Order
from elman.ngram.counts import Level
from elman.ngram.parallel import in_order
from elman.ngram.smoothing.base import Group, Smoothing
from elman.ngram.workspace import Workspace

_NGRAMS = 1 << 18
"""n-grams that are estimated at a time: what is made of them on the way fits into a cache."""
_LARGEST = 8
"""The largest count whose frequency a smoothing is told."""


def estimate(
    levels: Sequence[Level],
    smoothing: Smoothing,
    work: Workspace,
    kept: Sequence[np.ndarray] | None = None,
    threads: int = 1,
    tell: Callable[[str], None] | None = None,
) -> BackoffModel:
    """Return the model that a smoothing makes of counts.

    Args:
        levels: counts of orders 1 to n; the first has all V words, those that never occur too.
        smoothing: divides the probability.
        work: where arrays lie.
        kept: of each order, which n-grams will stay; what the others have is left to the estimate below.
        threads: that work side by side.
        tell: is told what a smoothing remarks, and on which orders.
    """
    remarks: dict[str, list[str]] = {}
    orders: list[Order] = []
    below = np.full(1, 1 / len(levels[0].words))
    most = max(len(level.words) for level in levels)
    rooms = [work.empty(most, np.float64) for _ in range(2)]  # of this order and of the one below it, in turn
    nothing = np.empty(0, np.uint32)
    for k, level in enumerate(levels, start=1):
        starts = _starts(level, 1 if k == 1 else len(levels[k - 2].words), work)
        counts = _counts(levels, k, smoothing)
        of_order = _Order(level, counts, starts, below, None if kept is None else kept[k - 1])
        fitted = smoothing.fit(_frequencies(counts))
        if remark := smoothing.remark(fitted):
            remarks.setdefault(remark, []).append(str(k))
        backoffs = work.empty(len(starts) - 1, np.float32)
        below = rooms[k % 2][: len(counts)]
        _probabilities(of_order, smoothing, fitted, len(levels[0].words), (below, backoffs), threads)
        if orders:
            orders[-1] = orders[-1]._replace(backoffs=backoffs, starts=starts)
        orders.append(Order(level.words, level.links, _logs(below, work), nothing.view(np.float32), nothing))
    if tell:
        for remark, where in remarks.items():
            tell(f"n-grams of order {', '.join(where)}: {remark}")
    return BackoffModel(orders, smoothing.below == "uniform")


class _Order(NamedTuple):
    """What the estimate of one order reads."""

    level: Level
    counts: np.ndarray
    starts: np.ndarray  # (contexts + 1) where the n-grams of each context begin
    below: np.ndarray  # probabilities of the order below
    kept: np.ndarray | None


def _counts(levels: Sequence[Level], k: int, smoothing: Smoothing) -> np.ndarray:
    """Return what a smoothing takes for the counts of order k."""
    level = levels[k - 1]
    if not smoothing.continuation or k == len(levels):
        return level.counts
    # The n-grams of order k + 1 that end with an n-gram differ in their first word: so many words stand before it.
    before = tally(levels[k].links, len(level.words))
    # What starts a line, or the text, has nothing before it.
    return np.maximum(before, level.counts * (before == 0), out=before)


def _starts(level: Level, contexts: int, work: Workspace) -> np.ndarray:
    """Return where the n-grams of each context begin, and where the last ones end."""
    starts = work.empty(contexts + 1, np.uint32)
    starts[0] = 0
    if len(level.contexts):
        np.cumsum(tally(level.contexts, contexts), out=starts[1:], dtype=np.uint32)
    else:
        starts[1:] = len(level.words)
    return starts


def _frequencies(counts: np.ndarray) -> np.ndarray:
    """Return how many counts are 0, 1, ..., and the largest that a smoothing is told of."""
    frequencies = np.zeros(_LARGEST + 2, np.int64)
    for first in range(0, len(counts), _NGRAMS):
        part = np.minimum(counts[first : first + _NGRAMS], _LARGEST + 1)
        frequencies += np.bincount(part, minlength=_LARGEST + 2)
    return frequencies[:-1]


def _probabilities(
    order: _Order,
    smoothing: Smoothing,
    fitted: Any,
    vocabulary: int,
    made: tuple[np.ndarray, np.ndarray],
    threads: int,
) -> None:
    """Fill in the probability of each n-gram, and the log of the backoff weight of each context."""
    probabilities, backoffs = made
    backoffs[:] = 0.0

    def one(part: tuple[slice, slice]) -> None:
        contexts, ngrams = part
        sizes = np.diff(order.starts[contexts.start : contexts.stop + 1])
        seen, left = _part(order, ngrams, sizes, smoothing, fitted, vocabulary)
        weights = np.ones(len(sizes))
        weights[sizes > 0] = left
        probabilities[ngrams] = seen
        with np.errstate(divide="ignore"):
            backoffs[contexts] = np.log(weights)

    for _ in in_order(one, _parts(order.starts), threads):
        pass


def _part(
    order: _Order, ngrams: slice, sizes: np.ndarray, smoothing: Smoothing, fitted: Any, vocabulary: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return the probability of some n-grams, and the backoff weight of their contexts."""
    followed = sizes[sizes > 0].astype(np.int64)
    group = Group(order.counts[ngrams].astype(np.float64), np.cumsum(followed) - followed)
    seen, left = smoothing.shares(group, fitted, vocabulary)
    links = order.level.links[ngrams]
    below = order.below[links] if len(links) else np.full(len(seen), float(order.below[0]))
    stays = np.ones(len(seen), bool) if order.kept is None else order.kept[ngrams]
    if smoothing.normalized:
        left = left + group.sums(np.where(stays, 0.0, seen))
    if smoothing.interpolated:
        return seen + group.spread(left) * (1 / vocabulary if smoothing.below == "uniform" else below), left
    if smoothing.normalized:
        return _back_off(group, seen, left, np.where(stays, below, 0.0))
    return seen, left


def _back_off(group: Group, seen: np.ndarray, left: np.ndarray, below: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the probabilities of seen words, and what p_below of the others is multiplied with."""
    known = group.counts > 0
    unseen = 1 - group.sums(np.where(known, below, 0.0))
    # Where every word was seen there is nobody to leave anything to.
    whole = unseen < 1e-6
    seen = seen / group.spread(np.where(whole, 1 - left, 1.0))
    weights = np.where(whole, 1.0, left / np.where(whole, 1.0, unseen))
    return np.where(known, seen, group.spread(weights) * below), weights


def _parts(starts: np.ndarray) -> Iterator[tuple[slice, slice]]:
    """Yield stretches of contexts and of their n-grams, some million n-grams at most but for a larger context."""
    first, total = 0, int(starts[-1])
    while first < len(starts) - 1:
        stop = int(np.searchsorted(starts, int(starts[first]) + _NGRAMS, side="right")) - 1
        stop = max(stop, first + 1) if int(starts[first]) < total else len(starts) - 1
        if starts[stop] > starts[first]:
            yield slice(first, stop), slice(int(starts[first]), int(starts[stop]))
        first = stop


def _logs(probabilities: np.ndarray, work: Workspace) -> np.ndarray:
    logs = work.empty(len(probabilities), np.float32)
    with np.errstate(divide="ignore"):
        for first in range(0, len(logs), _NGRAMS):
            logs[first : first + _NGRAMS] = np.log(probabilities[first : first + _NGRAMS])
    return logs
