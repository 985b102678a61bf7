"""Where a model looked on a picture when it wrote."""

from collections.abc import Sequence

import numpy as np

from elman.evaluation.details import Pictured
from elman.evaluation.looked import visible


def grid(height: int, width: int, count: int) -> tuple[int, int]:
    """Return how many rows and columns the places of a picture are, halved as often as there are that few.

    Args:
        height: rows of the picture.
        width: places of a row.
        count: how many places can be looked at.
    """
    while height * width > max(1, count):
        height, width = (height + 1) // 2, (width + 1) // 2
    return height, width


def pictured(
    picture: np.ndarray, places: tuple[int, int], target: Sequence[str], weights: np.ndarray, title: str
) -> Pictured:
    """Return how much each place of a picture was looked at for each token of its target.

    Args:
        picture: (H, W, 1) or (H, W, 3), 0 dark to 1 light.
        places: rows and columns of places.
        target: its tokens, the end included.
        weights: (U, rows * columns), each row a share of 1.
        title: what is shown.
    """
    bytes_ = (255 * picture).round().clip(0, 255).astype(np.uint8)
    colours = np.broadcast_to(bytes_, (*picture.shape[:2], 3))
    rows: list[list[str | int | float]] = [
        [visible(token), *map(float, row)] for token, row in zip(target, weights, strict=True)
    ]
    height, width = places
    names = [f"{row},{column}" for row in range(1, height + 1) for column in range(1, width + 1)]
    return Pictured(title, ["", *names], rows, [row.tobytes().hex() for row in colours])
