"""Drawings of a pen side by side, as SVG."""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from elman.pages.charts import COLORS

_CELL, _EDGE, _LINE, _COLUMNS = 150, 10, 18, 6
_PLACE = re.compile(r"([-+\d.e]+) ([-+\d.e]+)")


def drawings(rows: Sequence[Sequence[Any]]) -> str:
    """Return an `<svg>` element: each drawing as large as its cell, with what it is below.

    Args:
        rows: what each is, and its path, whose places are `x y`.
    """
    columns = min(_COLUMNS, max(1, len(rows)))
    height = _CELL + _LINE
    places = [(_CELL * (at % columns), height * (at // columns)) for at in range(len(rows))]
    cells = [
        f'<g transform="translate({x} {y})">{_cell(str(name), str(path))}</g>'
        for (x, y), (name, path) in zip(places, rows, strict=True)
    ]
    size = _CELL * columns, height * -(-len(rows) // columns)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" '
        f'viewBox="0 0 {size[0]} {size[1]}">{"".join(cells)}</svg>'
    )


def _cell(name: str, path: str) -> str:
    places = np.array([[float(x), float(y)] for x, y in _PLACE.findall(path)]).reshape(-1, 2)
    title = (
        f'<text x="{_CELL / 2:g}" y="{_CELL + 10}" text-anchor="middle" font-family="sans-serif" font-size="11" '
        f'fill="{COLORS["soft"]}">{escape(name)}</text>'
    )
    if not len(places):
        return title
    low, spread = places.min(0), np.ptp(places, 0)
    scale = (_CELL - 2 * _EDGE) / max(float(spread.max()), 1e-9)
    x, y = _CELL / 2 - scale * (low + spread / 2)
    line = (
        f'<path d="{escape(path)}" transform="translate({x:.2f} {y:.2f}) scale({scale:.5g})" fill="none" '
        f'stroke="{COLORS["ink"]}" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" '
        'vector-effect="non-scaling-stroke"/>'
    )
    return f"{line}{title}"
