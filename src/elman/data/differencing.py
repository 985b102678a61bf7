"""Differences of series from what was before, which forget at what height a series is."""

from collections.abc import Sequence

import numpy as np

from elman.data.timelines import Base, last_known


def differenced(frames: np.ndarray, base: Base, period: int) -> np.ndarray:
    """Return what is read of a series.

        none    x_t
        last    x_t - x_{t-1}
        season  [x_t - x_{t-1}; x_t - x_{t-P}]

    0 before there is anything to differ from. A value that is missing makes its own difference missing; what comes
    behind it differs from the last that is there.

    Args:
        frames: (T, F); NaN where a value is missing.
        base: what differences are from.
        period: P.
    """
    if base == "none":
        return frames
    found = [_back(frames, 1)] + ([_back(frames, period)] if base == "season" else [])
    return np.concatenate(found, axis=1)


def seasonal_errors(series: Sequence[np.ndarray], period: int) -> np.ndarray:
    """Return how far series are on average from what they were a season before, (F,); NaN where nothing can be said.

        s_f = mean over t > m of |x_tf - x_(t-m)f|,    m = max(1, period)

    Args:
        series: (T, F) each; NaN where a value is missing.
        period: of a season; 0 where there is none.
    """
    steps = max(1, period)
    changes = np.concatenate([np.abs(one[steps:] - one[:-steps]) for one in series])
    there = ~np.isnan(changes)
    count, total = there.sum(0), np.where(there, changes, 0.0).sum(0)
    return np.where((count > 0) & (total > 0), total / np.maximum(count, 1), np.nan)


def _back(frames: np.ndarray, steps: int) -> np.ndarray:
    """Return the differences from so many rows before."""
    before = np.full_like(frames, np.nan)
    before[steps:] = last_known(frames)[: max(0, len(frames) - steps)]
    change = frames - before
    return np.where(np.isnan(change) & ~np.isnan(frames), 0.0, change)
