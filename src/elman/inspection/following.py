"""Which unit goes with what of a text, found on one half of it and tested on the other."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

_APART = 0.05
"""The least shift, as a share of the text: closer by, a text is like itself."""


class Followed(NamedTuple):
    """The unit that goes best with one thing.

    Args:
        name: of the thing.
        unit: which, from 0.
        found: their correlation on the half on which the unit was chosen, as the one with the largest |r|.
        tested: the same on the other half.
        by_chance: the largest |r| there when the text is shifted against the unit.
    """

    name: str
    unit: int
    found: float
    tested: float
    by_chance: float

    @property
    def follows(self) -> bool:
        """Whether the unit goes with it on both halves, and more than any shifted text does."""
        return self.found * self.tested > 0 and abs(self.tested) > self.by_chance


def best_units(units: np.ndarray, things: Mapping[str, np.ndarray]) -> list[Followed]:
    """Return for each thing the unit that goes best with it, the surest first.

    The best of 1,000 units always looks as if it meant something on the text on which it was chosen. The other half
    says whether it does, and shifts of that half what chance gives: both change slowly, so that a formula for
    independent steps would call noise sure.

    Args:
        units: their values, (T, N).
        things: numbers by name, (T,); what does not change in one of the halves is left out.
    """
    half, found = len(units) // 2, []
    first, second = _standard(units[:half]), _standard(units[half:])
    for name, values in things.items():
        seen, later = _standard(values[:half, None])[:, 0], _standard(values[half:, None])[:, 0]
        if not seen.any() or not later.any():
            continue
        every = seen @ first / half
        unit = int(np.abs(every).argmax())
        shifted = _shifted(second[:, unit], later)
        found.append(Followed(name, unit, float(every[unit]), float(second[:, unit] @ later / len(later)), shifted))
    return sorted(found, key=lambda one: (not one.follows, -abs(one.tested)))


def _standard(values: np.ndarray) -> np.ndarray:
    """Return columns with mean 0 and variance 1; those that do not change as zeros."""
    off = values.astype(np.float64) - values.mean(0, dtype=np.float64)
    spread = off.std(0)
    still = spread <= 1e-9 * np.maximum(1.0, np.abs(values).max(0, initial=0.0))
    return np.where(still, 0.0, off / np.where(still, 1.0, spread))


def _shifted(one: np.ndarray, other: np.ndarray) -> float:
    """Return the largest |r| of all shifts of a text against a unit that are not small, its end joined to its start."""
    count = len(one)
    every = np.fft.irfft(np.fft.rfft(one) * np.conj(np.fft.rfft(other)), count) / count
    least = max(1, int(_APART * count))
    return float(np.abs(every[least : count - least + 1]).max(initial=0.0))
