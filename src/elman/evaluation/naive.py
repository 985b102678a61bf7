"""What anybody can forecast without learning."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from elman.data.timelines import Foreseen, Timelines


class Repeated(NamedTuple):
    """Values that were there before, once more.

    Args:
        values: gives those for the steps after some rows, (W, H, K).
        frequencies: no other model is behind it, which somebody could want for itself.
    """

    values: Callable[[Timelines, np.ndarray], np.ndarray]
    frequencies: bool = True

    def forecasts(self, data: Timelines, origins: np.ndarray) -> Iterator[Foreseen]:
        """Yield them."""
        yield Foreseen(origins, self.values(data, origins))


class Frequency(NamedTuple):
    """How often each switch is on in training, whatever came before.

    Args:
        chances: of each, (K,).
        frequencies: nothing else is behind it.
    """

    chances: np.ndarray
    frequencies: bool = True

    def forecasts(self, data: Timelines, origins: np.ndarray) -> Iterator[Foreseen]:
        """Yield the same for every step."""
        truth = data.targets(origins)
        nats = -np.where(truth > 0, np.log(self.chances), np.log1p(-self.chances)).sum((1, 2))
        yield Foreseen(origins, np.broadcast_to(self.chances, truth.shape), None, nats)


LAST = Repeated(Timelines.last)
"""The last value."""

SEASON = Repeated(Timelines.season)
"""The value of a season before."""
