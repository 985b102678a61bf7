"""What models of pens are worth: nats a point, beside what one normal distribution gives, and drawings to look at."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np

from elman.data.drawings import Drawings, strokes_of
from elman.evaluation.base import ByPiece, Evaluation, Told, score
from elman.evaluation.details import Detail, PenPaths
from elman.metrics.base import Likelihood

OWN = "cross_entropy_own_units"
_OWN = "first point:scored"
SCORES: Mapping[str, Told] = {
    "cross_entropy": Told(Likelihood, "nats/point", f"{_OWN}|values:dx and dy by one deviation of training"),
    OWN: Told(Likelihood, "nats/point, in units of the data", _OWN, "cross_entropy"),
}
"""The scores of drawings."""

_LEAST = 1e-6


class Foretold(Protocol):
    """Whatever says how likely the points of drawings are."""

    def nats(self, data: Drawings) -> np.ndarray:
        """Return -log p of each point, after those before it in its drawing, (N,)."""


class OneGaussian(NamedTuple):
    """One normal distribution of (dx, dy) and how often the pen is lifted, whatever came before.

    Args:
        mean: of dx and dy, (2,).
        covariance: (2, 2).
        lifted: how often, 0 to 1.
        frequencies: nothing else is behind it.
    """

    mean: np.ndarray
    covariance: np.ndarray
    lifted: float
    frequencies: bool = True

    @classmethod
    def of(cls, points: np.ndarray) -> "OneGaussian":
        """Return that of points; of those that lie on one line or place, one that is a little wider."""
        way = points[:, :2].astype(np.float64)
        covariance = np.cov(way.T, bias=True) + _LEAST * np.eye(2)
        return cls(way.mean(0), covariance, float((points[:, 2].sum() + 0.5) / (len(points) + 1)))

    def nats(self, data: Drawings) -> np.ndarray:
        """Return -log p of each point."""
        points = data.points.values
        far = points[:, :2] - self.mean
        squares = np.einsum("ni,ij,nj->n", far, np.linalg.inv(self.covariance), far)
        density = 0.5 * squares + math.log(2 * math.pi) + 0.5 * math.log(np.linalg.det(self.covariance))
        lifts: np.ndarray = -np.where(points[:, 2] > 0, math.log(self.lifted), math.log1p(-self.lifted))
        return density + lifts


def drawings_evaluation(model: Foretold, gaussian: OneGaussian, data: Drawings, deviation: float) -> Evaluation:
    """Return what a model gives to every point of drawings, in nats.

    Args:
        model: any.
        gaussian: what is easy.
        data: the drawings.
        deviation: by what dx and dy were divided: a density in the units of the data is smaller by its square.
    """
    offsets = data.points.offsets

    def pieces(nats: np.ndarray, wider: float) -> list[Likelihood]:
        sums = np.concatenate([[0.0], np.cumsum(nats, dtype=np.float64)])[offsets]
        each = zip(np.diff(sums).tolist(), data.points.lengths.tolist(), strict=True)
        return [Likelihood(total + wider * count, count) for total, count in each]

    def whole(nats: np.ndarray, wider: float) -> Likelihood:
        return Likelihood(float(nats.sum(dtype=np.float64)) + wider * len(nats), len(nats))

    found, easy = model.nats(data), gaussian.nats(data)
    more = {"cross_entropy": 0.0, OWN: 2 * math.log(deviation)}
    scores = [
        score("cross_entropy", whole(found, more[name]), told.unit, told.signature, name)
        for name, told in SCORES.items()
    ]
    beside = {name: whole(easy, more[name]).nats / max(1, len(easy)) for name in SCORES}
    observed = {name: ("cross_entropy", lambda name=name: pieces(found, more[name])) for name in SCORES}
    gold = [data.points.row(row).tobytes() for row in range(len(data))]
    counts = {"drawings": len(data), "points": len(found)}
    by_piece = ByPiece("drawings", gold, len(found), 0, observed, "points")
    shown = f"{scores[0].value:.3f} nats/point"
    return Evaluation(scores, counts, shown, (), by_piece, naive={"one Gaussian": beside})


def drawn(title: str, drawings: Iterable[tuple[str, np.ndarray]]) -> Detail:
    """Return drawings to look at.

    Args:
        title: of all.
        drawings: what each is, and its points (dx, dy, up), (T, 3).
    """
    return PenPaths(title, ("drawing", "path"), [[name, path_of(points)] for name, points in drawings])


def path_of(points: np.ndarray) -> str:
    """Return a drawing as the path of an SVG file.

    >>> path_of(np.array([[1, 2, 0], [3, 0, 1], [0, 5, 1]]))
    'M1 2L4 2M4 7L4 7'
    """
    return "".join(map(_stroke, strokes_of(points)))


def _stroke(places: np.ndarray) -> str:
    told: Sequence[str] = [f"{x:.5g} {y:.5g}" for x, y in places]
    return f"M{told[0]}L{' '.join(told[1:] or told)}"
