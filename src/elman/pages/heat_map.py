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
        from matplotlib.collections import PolyCollection

        picture.axes.add_collection(PolyCollection(list(_squares(weights)), facecolor=COLORS["first"], linewidth=0))
        _frame(picture.axes, source, target, axes)
    return picture.svg


def _squares(weights: np.ndarray) -> np.ndarray:
    """Return the corners of squares whose area is the share: they differ in light, in dark, and on paper, (N, 4, 2)."""
    y, x = np.nonzero(weights >= 0.005)
    half = 0.46 * np.sqrt(weights[y, x])
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])
    return np.stack([x, y], 1)[:, None] + half[:, None, None] * corners


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
    # Lines, all at once: a tick for each takes longer than all else.
    across, down = np.arange(len(source) + 1) - 0.5, np.arange(len(target) + 1) - 0.5
    line: dict[str, Any] = {"color": COLORS["line"], "linewidth": 0.6, "zorder": 0.5}
    axes.vlines(across, down[0], down[-1], **line)
    axes.hlines(down, across[0], across[-1], **line)
    axes.tick_params(length=0)
    axes.set_xlabel(plain(called.columns))
    axes.xaxis.set_label_position("top")
    axes.set_ylabel(plain(called.rows))
    axes.spines[:].set_visible(False)
