"""Differences of series from what was before, which forget at what height a series is."""

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


def _back(frames: np.ndarray, steps: int) -> np.ndarray:
    """Return the differences from so many rows before."""
    before = np.full_like(frames, np.nan)
    before[steps:] = last_known(frames)[: max(0, len(frames) - steps)]
    change = frames - before
    return np.where(np.isnan(change) & ~np.isnan(frames), 0.0, change)
