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
        whole = made.axes
        whole.set_axis_off()
        for number, (token, light) in enumerate(panels):
            row, column = divmod(number, across)
            room = [column / across + 0.01, 1 - (row + 1) / down, 0.98 / across, (1 - _TITLE / tall) / down]
            axes = whole.inset_axes(room)
            axes.imshow(colours, interpolation="nearest", extent=(0, width, height, 0), aspect="auto")
            shade = np.zeros((height, width, 4))
            shade[..., 3] = _DARKEST * (1 - light)
            axes.imshow(shade, interpolation="bilinear", extent=(0, width, height, 0), aspect="auto")
            axes.set_xticks([])
            axes.set_yticks([])
            axes.spines[:].set_color(COLORS["line"])
            axes.set_title(plain(token), fontsize=_FONT, pad=2)
    return made.svg
