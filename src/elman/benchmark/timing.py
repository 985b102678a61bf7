"""Timing on a machine that others use too: in turn, medians, ratios."""

import math
import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

LEAST = 0.01
"""Seconds that a measurement should last."""


class Timing(NamedTuple):
    """Seconds of each repeat of one piece of work.

    Args:
        seconds: one for each repeat, in the order in which they ran.
    """

    seconds: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median, in seconds."""
        return statistics.median(self.seconds)

    @property
    def spread(self) -> float | None:
        """Half the distance between the quartiles, as a share of the median; None for a single measurement."""
        if len(self.seconds) < 2:
            return None
        low, _, high = statistics.quantiles(self.seconds, n=4)
        return (high - low) / 2 / self.median


class Row(NamedTuple):
    """One comparison.

    Args:
        group: what kind of work.
        work: which work, with its sizes.
        against: what PyTorch does for it.
        theirs: its time.
        ours: our time.
        operations: multiplications and additions of the work, 0 where that says little.
        read: bytes of weights that a step reads, 0 where that says little.
    """

    group: str
    work: str
    against: str
    theirs: Timing
    ours: Timing
    operations: float = 0.0
    read: float = 0.0

    @property
    def ratio(self) -> float:
        """How many times faster ours is: the median of the ratios of neighbouring repeats."""
        pairs = zip(self.theirs.seconds, self.ours.seconds, strict=True)
        return statistics.median(theirs / ours for theirs, ours in pairs)


def in_turn(works: Sequence[Callable[[], object]], repeats: int, rest: float = 0.0) -> list[Timing]:
    """Time several pieces of work, one after the other and again, so that a slow moment meets all of them.

    Args:
        works: what to run.
        repeats: how often; short work runs several times in each.
        rest: seconds of sleep before each, for threads of another library that wait for more work without sleeping.
    """
    counts = []
    for work in works:
        work()
        start = time.perf_counter()
        work()
        once = time.perf_counter() - start
        counts.append(max(1, round(LEAST / max(once, 1e-7))))
    found: list[list[float]] = [[] for _ in works]
    for _ in range(repeats):
        for work, count, seconds in zip(works, counts, found, strict=True):
            time.sleep(rest)
            start = time.perf_counter()
            for _ in range(count):
                work()
            seconds.append((time.perf_counter() - start) / count)
    return [Timing(tuple(seconds)) for seconds in found]


def a_piece(timing: Timing, pieces: int) -> Timing:
    """Return the time of one of so many pieces of a work."""
    return Timing(tuple(seconds / pieces for seconds in timing.seconds))


def geometric_mean(values: Sequence[float]) -> float:
    """Return exp(mean(log v))."""
    return math.exp(statistics.fmean(map(math.log, values)))
