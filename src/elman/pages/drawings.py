"""Drawings of a pen side by side, as SVG."""

import re
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np

from elman.pages.charts import COLORS

_CELL, _EDGE, _LINE, _COLUMNS = 150, 10, 18, 6
_WIDE, _LONG = 3, 2.0
"""How many columns a drawing may take, where those in the middle are so much wider than high."""
_PLACE = re.compile(r"([-+\d.e]+) ([-+\d.e]+)")


def drawings(rows: Sequence[Sequence[Any]]) -> str:
    """Return an `<svg>` element: each drawing as large as its cell, with what it is below.

    Args:
        rows: what each is, and its path, whose places are `x y`.
    """
    every = [np.array([[float(x), float(y)] for x, y in _PLACE.findall(str(path))]).reshape(-1, 2) for _, path in rows]
    sizes = [np.maximum(np.ptp(one, 0), 1e-9) for one in every if len(one)]
    span = _WIDE if sizes and np.median([across / down for across, down in sizes]) > _LONG else 1
    columns = min(_COLUMNS // span, max(1, len(rows)))
    width, height = _CELL * span, _CELL + _LINE
    places = [(width * (at % columns), height * (at // columns)) for at in range(len(rows))]
    cells = [
        f'<g transform="translate({x} {y})">{_cell(str(name), str(path), drawn, width)}</g>'
        for (x, y), (name, path), drawn in zip(places, rows, every, strict=True)
    ]
    size = width * columns, height * -(-len(rows) // columns)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}" height="{size[1]}" '
        f'viewBox="0 0 {size[0]} {size[1]}">{"".join(cells)}</svg>'
    )


def _cell(name: str, path: str, places: np.ndarray, width: int) -> str:
    title = (
        f'<text x="{width / 2:g}" y="{_CELL + 10}" text-anchor="middle" font-family="sans-serif" font-size="11" '
        f'fill="{COLORS["soft"]}">{escape(name)}</text>'
    )
    if not len(places):
        return title
    low, spread = places.min(0), np.ptp(places, 0)
    room = np.array([width, _CELL])
    scale = float(((room - 2 * _EDGE) / np.maximum(spread, 1e-9)).min())
    x, y = room / 2 - scale * (low + spread / 2)
    line = (
        f'<path d="{escape(path)}" transform="translate({x:.2f} {y:.2f}) scale({scale:.5g})" fill="none" '
        f'stroke="{COLORS["ink"]}" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" '
        'vector-effect="non-scaling-stroke"/>'
    )
    return f"{line}{title}"
