"""How frames are standardised by the training part."""

from enum import Enum

import numpy as np


class Scale(Enum):
    """What mean and deviation are taken of."""

    EACH = "each"
    """Every channel by its own mean and deviation."""

    TOGETHER = "together"
    """The first two channels by one deviation of both and no mean, others not at all: a drawing keeps its form."""

    NONE = "none"
    """Nothing: frames stay as they are."""


def scaled(mean: np.ndarray, deviation: np.ndarray, scale: Scale) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean and deviation by which frames are standardised.

    Args:
        mean: of each channel over the training part, (F,).
        deviation: of each channel, (F,).
        scale: what is asked for.
    """
    if scale is Scale.EACH:
        return mean, deviation
    found = np.ones_like(deviation)
    if scale is Scale.TOGETHER:
        both = (deviation[:2] ** 2).mean() + mean[:2].var()  # of all numbers of both channels
        found[:2] = np.sqrt(both)
    return np.zeros_like(mean), found
