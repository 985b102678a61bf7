"""A share of right answers with its interval, where many answers are about the same thing."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np

_Z = 1.959963984540054
"""Of 95 %."""


class Share(NamedTuple):
    """A share.

    Args:
        mean: of what is right.
        low: where 95 % begin.
        high: where they end.
        clusters: how many different things it is about.
    """

    mean: float
    low: float
    high: float
    clusters: int


def share(values: Sequence[float], clusters: Sequence[Hashable]) -> Share:
    """Return the mean of values from 0 to 1, and Wilson's interval with as many cases as they are worth.

        n* = p (1 - p) / v,    v = K / (K - 1) Σ_k (Σ_{i in k} (x_i - p))² / n²,    K <= n* <= n

    v is the variance of p when the K clusters were drawn and not single values. Where all are right or all wrong v is 0
    and says nothing; n* is K then, so that four questions that are right a hundred times each are not 400 cases.

    Args:
        values: at least one.
        clusters: what each is about.

    Source: Wilson (1927); Kish (1965), Survey sampling, section 8.2 (the effective number of cases).
    """
    x = np.asarray(values, np.float64)
    numbers = {one: number for number, one in enumerate(dict.fromkeys(clusters))}
    of = np.array([numbers[one] for one in clusters])
    count, kinds, p = len(x), len(numbers), float(x.mean())
    worth = float(kinds)
    if kinds > 1 and 0 < p < 1:
        variance = kinds / (kinds - 1) * float((np.bincount(of, x - p) ** 2).sum()) / count**2
        worth = float(np.clip(p * (1 - p) / variance, kinds, count)) if variance else float(count)
    scale = 1 + _Z**2 / worth
    middle = (p + _Z**2 / (2 * worth)) / scale
    half = _Z * np.sqrt(p * (1 - p) / worth + _Z**2 / (4 * worth**2)) / scale
    return Share(p, max(0.0, float(middle - half)), min(1.0, float(middle + half)), kinds)
