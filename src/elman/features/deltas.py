"""How fast frames change, and how fast that changes, beside them."""

from collections.abc import Sequence

import numpy as np
from pydantic import Field

from elman.data.recordings import Recording
from elman.features.base import Features


class Deltas(Features):
    """[c; Δc; ΔΔc], by linear regression over the frames around each.

        Δc_t = Σ_{n=1..N} n (c_{t+n} - c_{t-n}) / (2 Σ n²),    the first and the last frame stand beyond the ends

    A number is missing where one that it is computed from is.

    Source: Young et al. (2006), The HTK Book, section 5.9.
    """

    class Config(Features.Config):
        """Options of deltas."""

        window: int = Field(2, ge=1, le=100, description="N, frames on each side.")
        order: int = Field(2, ge=1, le=3, description="How many are added: 1 deltas, 2 those of deltas, too.")

    config: Config
    scale = None

    def named(self, channels: Sequence[str]) -> Sequence[str]:
        """Return the names with Δ before them, as often as it was taken."""
        return [f"{'Δ' * order}{name}" for order in range(self.config.order + 1) for name in channels]

    def __call__(self, recording: Recording) -> np.ndarray:
        """Return frames with their deltas, (T, (1 + order) F)."""
        parts = [recording.values]
        for _ in range(self.config.order):
            parts.append(deltas(parts[-1], self.config.window))
        return np.concatenate(parts, axis=1)


def deltas(frames: np.ndarray, window: int) -> np.ndarray:
    """Return Δ of frames, (T, F), N = `window`."""
    if not len(frames):
        return frames
    wide = np.concatenate([frames[:1].repeat(window, 0), frames, frames[-1:].repeat(window, 0)])
    steps = len(frames)
    total = sum(
        n * (wide[window + n : window + n + steps] - wide[window - n : window - n + steps])
        for n in range(1, window + 1)
    )
    found: np.ndarray = total / frames.dtype.type(2 * sum(n * n for n in range(1, window + 1)))
    return found
