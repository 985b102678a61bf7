"""Where a model looked on a picture, as SVG: the picture once for each token, light where it was looked at."""

from collections.abc import Sequence
from math import ceil
from typing import Any

import numpy as np

from elman.pages.charts import COLORS, drawn, plain

_SIDE, _TITLE, _WIDEST = 1.3, 0.28, 8
_DARKEST = 0.85
_FONT = 9.0


def looked_at_picture(picture: Sequence[str], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return an `<svg>` element: the picture, then what was looked at for each token.

    Args:
        picture: its rows, red, green and blue of each place as hexadecimal digits.
        columns: row and column of each place that could be looked at, such as `1,6`.
        rows: a token that was written, and a share of 1 for each of the places.
    """
    colours = np.array([np.frombuffer(bytes.fromhex(row), np.uint8).reshape(-1, 3) for row in picture])
    height, width = map(int, columns[-1].split(","))
    panels = [("", np.ones((height, width)))]
    for token, *weights in rows:
        shares = np.array(weights, np.float64).reshape(height, width)
        panels.append((str(token), shares / max(shares.max(), 1e-12)))
    across = min(_WIDEST, len(panels))
    down = ceil(len(panels) / across)
    tall = _SIDE * colours.shape[0] / colours.shape[1] + _TITLE
    with drawn((across * _SIDE, down * tall)) as made:
        axes = made.axes
        axes.set_axis_off()
        # All in the same axes: some for each panel take longer than what is drawn.
        for number, (token, light) in enumerate(panels):
            row, column = divmod(number, across)
            left, bottom = column + 0.01, -(row + 1)
            right, top = left + 0.98, bottom + 1 - _TITLE / tall
            _panel(axes, colours, light, (left, right, bottom, top))
            axes.text((left + right) / 2, top + 0.01, plain(token), fontsize=_FONT, ha="center", va="bottom")
        axes.set_xlim(0, across)
        axes.set_ylim(-down, 0)
    return made.svg


def _panel(axes: Any, colours: np.ndarray, light: np.ndarray, room: tuple[float, float, float, float]) -> None:
    """Draw the picture, dark where it was not looked at, from left to right and bottom to top of its room."""
    axes.imshow(colours, interpolation="nearest", extent=room, aspect="auto")
    shade = np.zeros((*light.shape, 4))
    shade[..., 3] = _DARKEST * (1 - light)
    axes.imshow(shade, interpolation="bilinear", extent=room, aspect="auto")
    left, right, bottom, top = room
    axes.plot([left, right, right, left, left], [bottom, bottom, top, top, bottom], color=COLORS["line"], linewidth=0.8)
