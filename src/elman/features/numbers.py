"""Numbers over time as they are."""

from collections.abc import Sequence

import numpy as np

from elman.data.recordings import Recording
from elman.features.base import Features


class Numbers(Features):
    """x_t as it was measured."""

    def named(self, channels: Sequence[str]) -> Sequence[str]:
        """Return the names that they have."""
        return channels

    def __call__(self, recording: Recording) -> np.ndarray:
        """Return the numbers."""
        return recording.values
