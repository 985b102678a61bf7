"""Numbers far from all others: mistakes of a device, a slipped point, or what a program writes for "missing"."""

import re
from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

_TIMES, _TIMES_OF_CODES = 10.0, 3.0
_MOST, _SHARE, _SHARE_OF_CODES = 3, 0.01, 0.5
_FEWEST_DIFFERENT, _FEWEST = 10, 30
_USUAL = (0.05, 0.95)
_CODE = re.compile(r"-?9{3,}\.0")


class Outliers(NamedTuple):
    """Values far from the rest.

    Args:
        which: True where one stands, as the values were given.
        least: of the rest.
        most: of the rest.
        median: of the rest.
        half: between which two numbers the middle half of the rest lies.
    """

    which: np.ndarray
    least: float
    most: float
    median: float
    half: tuple[float, float]

    @classmethod
    def beyond(cls, values: np.ndarray, least: float, most: float) -> "Outliers":
        """Return those that are no numbers of a range."""
        rest = values[(values >= least) & (values <= most)]
        first, median, third = np.quantile(rest, (0.25, 0.5, 0.75)).tolist()
        return cls((values < least) | (values > most), least, most, median, (first, third))

    def times(self, value: float) -> float:
        """Return how far a value is from the nearest of the rest, by how far the rest goes at most."""
        return max(self.least - value, value - self.most) / (self.most - self.least)


def outliers(values: np.ndarray) -> Outliers | None:
    """Return the values that are far from all others, if there are some.

    A value x is far from the rest R, which goes from a to b, if it is ten times as far from R as b - a, and, since the
    largest of a skewed distribution may be so, if with d = |r - median(R)| it is farther in logarithms, too:

        log |x - median(R)| - log max d >= q95(log d) - q5(log d)

    One to three different values on either side are told that are 1% of all at most. What programs write for "missing",
    -999 or 9999, is told where it is half of all at most, and three times as far. R has ten different values.

    Args:
        values: (N,), NaN where one is missing.
    """
    different, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    total, last = int(counts.sum()), len(different)
    if total < _FEWEST:
        return None
    codes = _are_codes(different)
    rare = (counts <= max(1.0, _SHARE * total)) | ((counts <= _SHARE_OF_CODES * total) & codes)
    for low, high in sorted(product(range(_MOST + 1), repeat=2), key=sum, reverse=True)[:-1]:
        out = np.r_[0:low, last - high : last]
        if last - len(out) < _FEWEST_DIFFERENT or not rare[out].all():
            continue
        least, most = different[low], different[last - high - 1]
        nearest = [different[at] for at, some in ((low - 1, low), (last - high, high)) if some]
        code = bool(codes[out].all())
        times = (_TIMES_OF_CODES if code else _TIMES) * (most - least)
        if any(max(least - one, one - most) < times for one in nearest):
            continue
        if code or _are_apart(nearest, values[(values >= least) & (values <= most)]):
            return Outliers.beyond(values, float(least), float(most))
    return None


def _are_apart(far: Sequence[float], rest: np.ndarray) -> bool:
    """Say whether values are far from the rest in logarithms, too."""
    median = np.median(rest)
    distances = np.abs(rest - median)
    logs = np.log(distances[distances > 0])
    low, high = np.quantile(logs, _USUAL)
    return all(np.log(abs(one - median)) - logs.max() >= high - low for one in far)


def _are_codes(values: np.ndarray) -> np.ndarray:
    """Say which values are such as programs write for "missing"; only the ends of sorted ones can be far."""
    found = np.zeros(len(values), bool)
    for at in {*range(min(_MOST, len(values))), *range(max(0, len(values) - _MOST), len(values))}:
        found[at] = _CODE.fullmatch(f"{values[at]:.1f}") is not None
    return found
