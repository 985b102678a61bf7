"""A map of words as SVG, on which no label covers another."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from elman.pages.charts import COLORS, drawn, plain

_WIDTH, _HEIGHT = 9.6, 7.2
_POINTS = 72  # of an inch
_FONT = 8.5
_MARGIN = 40.0
_GAP = 3.0


class Label(NamedTuple):
    """Where a label stands, in points from the lower left corner of the page.

    Args:
        text: what it says.
        left, bottom, right, top: its box.
    """

    text: str
    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: "Label") -> bool:
        """Say whether two boxes share some of the page."""
        apart = self.right <= other.left or other.right <= self.left
        return not (apart or self.top <= other.bottom or other.top <= self.bottom)


def on_page(points: np.ndarray) -> np.ndarray:
    """Return points stretched over the page, (N, 2), in points from its lower left corner."""
    low, high = points.min(0), points.max(0)
    size = np.array([_WIDTH, _HEIGHT]) * _POINTS
    return _MARGIN + (points - low) / np.where(high > low, high - low, 1) * (size - 2 * _MARGIN)


def place_labels(places: np.ndarray, words: Sequence[str]) -> list[Label]:
    """Return labels beside as many points as have room for one; earlier words choose first.

    Args:
        places: of the points on the page, (N, 2).
        words: of the points.
    """
    dots = [Label("", x - 2, y - 2, x + 2, y + 2) for x, y in places.tolist()]
    placed: list[Label] = []
    for number, word in enumerate(words):
        others = [*placed, *dots[:number], *dots[number + 1 :]]
        for label in _around(word, *places[number].tolist()):
            if not any(label.meets(other) for other in others):
                placed.append(label)
                break
    return placed


def word_map(rows: Sequence[Sequence[str | float]]) -> str:
    """Return an `<svg>` element with a point for each word, and its name where there is room.

    Args:
        rows: a word, how far it is to the right, and how far up; the scales mean nothing.
    """
    if not rows:
        return "<p>No words.</p>"
    words = [str(row[0]) for row in rows]
    places = on_page(np.array([row[1:3] for row in rows], np.float64))
    labels = place_labels(places, words)
    with drawn((_WIDTH, _HEIGHT)) as picture:
        axes = picture.axes
        axes.set_position((0, 0, 1, 1))
        axes.set_xlim(0, _WIDTH * _POINTS)
        axes.set_ylim(0, _HEIGHT * _POINTS)
        axes.set_axis_off()
        axes.scatter(*places.T, s=7, color=COLORS["dim"], linewidths=0)
        for label in labels:
            place = (label.left, label.bottom + 0.22 * _FONT)
            axes.text(*place, plain(label.text), fontsize=_FONT, va="baseline")
    left_out = len(words) - len(labels)
    note = f"<p>{left_out} of {len(words)} words have no room for their name.</p>" if left_out else ""
    return picture.svg + note


def _around(word: str, x: float, y: float) -> list[Label]:
    """Return the labels that a point may have: to the right, to the left, above, below, and between these."""
    width, height = 0.58 * _FONT * len(word) + 1, 1.15 * _FONT
    lefts = {"right": x + _GAP, "left": x - _GAP - width, "middle": x - width / 2}
    bottoms = {"above": y + _GAP, "below": y - _GAP - height, "beside": y - height / 2}
    order = [("right", "beside"), ("left", "beside"), ("middle", "above"), ("middle", "below")]
    order += [("right", "above"), ("left", "above"), ("right", "below"), ("left", "below")]
    return [
        Label(word, lefts[a], bottoms[b], lefts[a] + width, bottoms[b] + height)
        for a, b in order
        if lefts[a] >= 0 and lefts[a] + width <= _WIDTH * _POINTS
    ]
