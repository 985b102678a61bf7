"""The ways of pens, as files have them: what is no way, and what looks like places instead of steps."""

import numpy as np

from elman.data.recordings import Medium, Recording
from elman.errors import DataError

_FEWEST = 10
_CLOSE = 0.25


def pen_recording(points: np.ndarray, where: str) -> Recording:
    """Return the recording of points (dx, dy, up).

    Raises:
        DataError: there are other numbers than three a point, or something else than 0 and 1 says where it is lifted.
    """
    if points.ndim != 2 or points.shape[1] != 3:
        raise DataError(f"{where}: points of shape {points.shape}, expected (T, 3): dx, dy, up.")
    if not np.isfinite(points).all():
        place = int(np.argwhere(~np.isfinite(points))[0, 0])
        raise DataError(f"{where}: point {place + 1} is no finite number. Mend it, or leave the drawing out.")
    if not np.isin(points[:, 2], (0, 1)).all():
        place = int(np.argmax(~np.isin(points[:, 2], (0, 1))))
        raise DataError(
            f"{where}: point {place + 1} says {points[place, 2]:g} where the pen is lifted, expected 1 at the last "
            "point of a stroke and 0 at the others."
        )
    return Recording(np.asarray(points), Medium.PEN)


def looks_absolute(points: np.ndarray) -> bool:
    """Say whether points look like places on the paper: neighbours are close to each other, and all far from 0."""
    way = np.asarray(points, np.float64)[:, :2]
    if len(way) < _FEWEST:
        return False
    size, step = np.abs(way).mean(), np.abs(np.diff(way, axis=0)).mean()
    return bool(size > 0 and step < _CLOSE * size and np.abs(way.mean(0)).max() > 0.5 * size)
