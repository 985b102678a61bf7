"""Where a model looked, as SVG: a column for each token of the source, a row for each that was written."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from elman.pages.charts import COLORS, drawn, plain

_CELL, _WIDEST, _HIGHEST = 0.34, 11.0, 14.0
_LETTER = 0.085
_FONT = 9.0


class Axes(NamedTuple):
    """What the columns and the rows of a map are called."""

    columns: str = "source"
    rows: str = "written"


USUAL = Axes()


def heat_map(source: Sequence[str], rows: Sequence[Sequence[Any]], axes: Axes = USUAL) -> str:
    """Return an `<svg>` element, in which a square's area is how much its place was looked at.

    Args:
        source: the tokens that were looked at.
        rows: a token that was written, and a share of 1 for each token of the source.
        axes: what both are called.
    """
    target = [str(row[0]) for row in rows]
    if not rows or not source:
        return "<p>Nothing was written.</p>"
    weights = np.array([row[1:] for row in rows], np.float64)
    beside, above = (0.4 + _LETTER * max(map(len, names)) for names in (target, source))
    width, height = (
        min(most, max(1.6, _CELL * len(names)) + room)
        for names, room, most in ((source, beside, _WIDEST), (target, above, _HIGHEST))
    )
    with drawn((width, height)) as picture:
        drawing = picture.axes
        y, x = np.nonzero(weights >= 0.005)
        shares = weights[y, x]
        # Squares whose area is the share: they can be told apart in light and in dark, and on paper.
        side = np.sqrt(shares)
        for column, row, half in zip(x.tolist(), y.tolist(), (0.46 * side).tolist(), strict=True):
            drawing.fill(*_square(column, row, half), color=COLORS["first"], linewidth=0)
        _frame(drawing, source, target, axes)
    return picture.svg


def _square(x: int, y: int, half: float) -> tuple[list[float], list[float]]:
    return [x - half, x + half, x + half, x - half], [y - half, y - half, y + half, y + half]


def _frame(axes: Any, source: Sequence[str], target: Sequence[str], called: Axes) -> None:
    """Name rows and columns, and draw the lines between them."""
    axes.set_xlim(-0.5, len(source) - 0.5)
    axes.set_ylim(len(target) - 0.5, -0.5)
    axes.xaxis.tick_top()
    size = min(_FONT, 380 / max(len(source), len(target)))
    ticks = axes.set_xticks(range(len(source)), [plain(one) for one in source], fontsize=size)
    for tick, token in zip(ticks, source, strict=False):
        tick.label2.set_rotation(90 if len(token) > 2 else 0)  # the one above
    axes.set_yticks(range(len(target)), [plain(one) for one in target], fontsize=size)
    axes.set_xticks(np.arange(len(source) + 1) - 0.5, minor=True)
    axes.set_yticks(np.arange(len(target) + 1) - 0.5, minor=True)
    axes.grid(which="minor", color=COLORS["line"], linewidth=0.6)
    axes.tick_params(which="both", length=0)
    axes.set_xlabel(plain(called.columns))
    axes.xaxis.set_label_position("top")
    axes.set_ylabel(plain(called.rows))
    axes.spines[:].set_visible(False)
