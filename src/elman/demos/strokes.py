"""A recurrence learns to draw: polygons, a point after the other, as a pen makes them."""

import json
from math import cos, pi, sin
from random import Random

from elman.demos.base import Demo

_COUNT = 400
_SIDE = 4
_SHAKE = 0.4


class StrokesDemo(Demo):
    """Triangles, squares, pentagons and hexagons of many sizes, drawn with a hand that is not quite still."""

    ending = "jsonl"
    settings = {
        "task.name": "strokes",
        "model.hidden_size": 64,
        "training.learning_rate": 0.005,
        "training.batch_size": 8,
        "reader.name": "jsonl_series",
    }

    def text(self) -> str:
        """Return the drawings, an object a line."""
        draw = Random(1)
        return "".join(json.dumps({"strokes": _drawn(draw)}) + "\n" for _ in range(_COUNT))


def _drawn(draw: Random) -> list[list[float]]:
    """Return the steps of one polygon, closed: dx, dy, and 1 where the pen is lifted."""
    corners, size, turned = draw.randint(3, 6), draw.uniform(10, 20), draw.uniform(0, 2 * pi)
    points = []
    for corner in range(corners):
        angle = turned + 2 * pi * corner / corners
        step = 2 * size * sin(pi / corners) / _SIDE
        points += [[step * cos(angle), step * sin(angle), 0.0] for _ in range(_SIDE)]
    points[-1][2] = 1.0
    return [[round(one + draw.gauss(0, _SHAKE), 2) for one in point[:2]] + [point[2]] for point in points]
