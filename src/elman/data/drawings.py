"""Drawings of a pen as numbers: what a model reads and predicts of them."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from elman.data.column import Column
from elman.data.records import Batch, Example, Padded


class Drawings(NamedTuple):
    """Some drawings.

    Args:
        points: (dx, dy, up) of all, scaled, (N, 3).
        names: where each drawing stands.
    """

    points: Column
    names: Sequence[str]

    def __len__(self) -> int:
        return len(self.names)

    @property
    def examples(self) -> list[Example]:
        """The drawings, each apart."""
        return [Example({"frames": self.points.row(at)}, name) for at, name in enumerate(self.names)]

    def batch(self, rows: np.ndarray) -> Batch:
        """Return some drawings: at each place the point before it is read, at the first one nothing, three zeros."""
        points = self.points.padded(rows)
        before = np.zeros_like(points.values)
        before[:, 1:] = points.values[:, :-1]
        return Batch(len(rows), {"frames": Padded(before, points.lengths), "point": points})


def strokes_of(points: np.ndarray) -> list[np.ndarray]:
    """Return the places of each stroke of a drawing, (n, 2); the pen comes to the first place lifted.

    Args:
        points: (dx, dy, up), (T, 3).
    """
    if not len(points):
        return []
    places = np.cumsum(points[:, :2], axis=0, dtype=np.float64)
    ends = np.flatnonzero(points[:, 2] > 0.5) + 1
    return [one for one in np.split(places, ends) if len(one)]
