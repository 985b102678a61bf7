"""A car on a road that seldom bends: one mistake, and what it costs."""

from collections.abc import Sequence
from typing import NamedTuple

from elman.imitation.world import Outcome, World

STRAIGHT, LEFT, RIGHT = range(3)
_STEERS = {STRAIGHT: 0, LEFT: -1, RIGHT: 1}
_DITCH = 3


class Car(NamedTuple):
    """Where a car is.

    Args:
        step: how many it has made.
        offset: 0 on the road, to the right of it above 0, to the left below.
        bends: whether the road ahead bends, 0 or 1.
    """

    step: int
    offset: int
    bends: int


class Track(World[Car]):
    """T steps on a road that bends to the left with probability ε; each step that ends beside it costs 1.

        offset' = offset + steering + bends,    steering -1, 0 or 1, |offset'| at most 3 (the ditch)

    The driver sees the bend. The learner sees only where the car is, so that on the road it does best to go straight,
    and errs with probability ε. What it costs is known:

        going straight for ever, also beside the road:    J = T - Σ_{t=1..T} (1 - ε)^t  ~  ε T² / 2
        and steering back:                                J = ε T

    Args:
        length: T.
        bend: ε.
        episodes: how many start.
    """

    actions = len(_STEERS)
    features = 2 * _DITCH + 1

    def __init__(self, length: int, bend: float = 0.01, episodes: int = 100) -> None:
        self._length, self._bend, self._episodes = length, bend, episodes

    def starts(self) -> Sequence[Car]:
        """Return cars on the road, a share ε of them before a bend."""
        before = round(self._bend * self._episodes)
        return [Car(0, 0, int(number < before)) for number in range(self._episodes)]

    def is_over(self, state: Car) -> bool:
        """Say whether T steps are made."""
        return state.step == self._length

    def seen(self, state: Car) -> Sequence[int]:
        """Return where the car is; not whether the road bends."""
        return (state.offset + _DITCH,)

    def right(self, state: Car) -> int:
        """Return what leads to the road, or closer to it."""
        off = state.offset + state.bends
        return LEFT if off > 0 else RIGHT if off < 0 else STRAIGHT

    def outcomes(self, state: Car, action: int) -> Sequence[Outcome[Car]]:
        """Return the next place, before a bend and not."""
        offset = max(-_DITCH, min(_DITCH, state.offset + _STEERS[action] + state.bends))
        cost = float(offset != 0)
        return [
            Outcome(chance, Car(state.step + 1, offset, bends), cost)
            for bends, chance in ((0, 1 - self._bend), (1, self._bend))
        ]
