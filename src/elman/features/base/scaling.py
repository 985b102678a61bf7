"""Pictures in another size."""

import numpy as np


def resized(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    """Return a picture in another size: each place is the mean of what it covers, or between its neighbours.

    Args:
        picture: (H, W).
        height: H of the result.
        width: W of the result.
    """
    found: np.ndarray = weights(len(picture), height) @ picture @ weights(picture.shape[1], width).T
    return found.astype(np.float32)


def weights(before: int, after: int) -> np.ndarray:
    """Return what each of `after` places has of each of `before`, (after, before): rows add up to 1.

    A triangle around the middle of the new place, as wide as the larger of an old and a new one, on each side.
    """
    scale = before / after
    middle = (np.arange(after) + 0.5) * scale - 0.5
    distance = np.abs(np.arange(before) - middle[:, None]) / max(1.0, scale)
    found = np.maximum(0.0, 1.0 - distance)
    return found / found.sum(1, keepdims=True)
