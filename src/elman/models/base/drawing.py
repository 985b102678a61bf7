"""What networks share that say where a pen goes next."""

from typing import Any

import numpy as np
import torch

from elman.data.bucketing import buckets
from elman.data.drawings import Drawings
from elman.data.records import Batch, Padded
from elman.heads.mixture_density import MixtureDensityHead
from elman.layers.tensors import to_tensors
from elman.models.base.headed import Headed

_ROWS, _PLACES = 64, 16384
"""Drawings that are read together, and places of their padded rectangle, at most."""


class DrawingNetwork(Headed):
    """A network whose head `point` says where a pen goes next, and whether it is lifted there."""

    predicts = ("point",)

    @property
    def head(self) -> MixtureDensityHead:
        """The head over points."""
        return self.heads["point"]  # type: ignore[return-value]

    def asked(self, batch: Batch) -> Any:
        """Compute -log p of each point."""
        return self._nats(batch)

    @torch.no_grad()
    def _nats(self, batch: Batch) -> np.ndarray:
        tensors = to_tensors(batch, next(self.parameters()).device)
        hidden, points = self.encode(tensors, None).hidden["point"], tensors.fields["point"]
        found: np.ndarray = self.head.nll(hidden, points).cpu().numpy()
        return found

    def nats(self, data: Drawings) -> np.ndarray:
        """Return -log p of each point of drawings, after those before it, (N,)."""
        found = np.zeros(len(data.points.values))
        for rows in buckets(data.points.lengths, _ROWS, _PLACES):
            batch = data.batch(rows)
            for row, nats in zip(rows, self._nats(batch), strict=True):
                start, stop = data.points.offsets[row : row + 2]
                found[start:stop] = nats[: stop - start]
        return found

    @torch.no_grad()
    def coming(self, data: Drawings) -> np.ndarray:
        """Return the likeliest point after the last one of each drawing, (B, 3), one drawing after the other."""
        found = []
        for row in range(len(data)):
            batch = to_tensors(data.whole(row), next(self.parameters()).device)
            hidden = self.encode(batch, None).hidden["point"]
            found.append(self.head.best(Padded(hidden.values[:, -1:])).values[0, 0].cpu().numpy())
        return np.array(found).reshape(-1, 3)
