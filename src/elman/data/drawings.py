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
        written: the text that each is of; empty where they are of none.
        text: its characters, as ids.
    """

    points: Column
    names: Sequence[str]
    written: Sequence[str] = ()
    text: Column | None = None

    def __len__(self) -> int:
        return len(self.names)

    @property
    def examples(self) -> list[Example]:
        """The drawings, each apart."""
        texts = [{"text": one} for one in self.written] or [{}] * len(self)
        rows = enumerate(zip(self.names, texts, strict=True))
        return [Example({"frames": self.points.row(at), **text}, name) for at, (name, text) in rows]

    def batch(self, rows: np.ndarray) -> Batch:
        """Return some drawings: at each place the point before it is read, at the first one nothing, three zeros."""
        points = self.points.padded(rows)
        before = np.zeros_like(points.values)
        before[:, 1:] = points.values[:, :-1]
        return Batch(len(rows), {"frames": Padded(before, points.lengths), "point": points, **self._read(rows)})

    def whole(self, row: int) -> Batch:
        """Return one drawing of which every point is read, the last one too."""
        points = np.concatenate([np.zeros((1, 3), np.float32), self.points.row(row)])
        return Batch(1, {"frames": Padded(points[None]), **self._read(np.array([row]))})

    def _read(self, rows: np.ndarray) -> dict[str, Padded]:
        """Return what is read beside the points."""
        return {} if self.text is None else {"text": self.text.padded(rows)}


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
