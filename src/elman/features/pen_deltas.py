"""The way of a pen: from each point to the next, and where it is lifted."""

from collections.abc import Sequence

import numpy as np

from elman.data.recordings import Medium, Recording
from elman.data.standardising import Scale
from elman.features.base import Features


class PenDeltas(Features):
    """(dx, dy, up): how far the pen goes to a point, and 1 at the last point of a stroke.

    dx and dy are divided by one deviation of both over the training part, and no mean is taken off: a circle stays a
    circle. `up` stays 0 or 1.

    Source: Graves (2013), arXiv:1308.0850, section 4.
    """

    takes = Medium.PEN
    scale = Scale.TOGETHER

    def named(self, channels: Sequence[str]) -> Sequence[str]:
        """Return dx, dy and up."""
        return ("dx", "dy", "up")

    def __call__(self, recording: Recording) -> np.ndarray:
        """Return (T, 3), float32."""
        return np.asarray(recording.values, np.float32)
