"""What sounds at each step beside how probable it was said to be, as SVG."""

from collections.abc import Sequence
from typing import Any

from elman.pages.charts import COLORS, drawn, plain

_WIDE, _KEY, _LOWEST, _HIGHEST = 9.6, 0.12, 2.6, 7.0
_SIDE = 0.9
_NAMED = 24
"""How many rows have their names beside them, where the names are no numbers."""


def piano_roll(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return an `<svg>` element: pale bars where something is on, and on them as much ink as was expected.

    Args:
        columns: what is counted across, what the rows are, what is true, and what was predicted; what has no name is
            not drawn.
        rows: a step, what may be on, whether it is, 0 or 1, and how probable that was said to be.
    """
    across, up, truth, predicted = columns
    names = [str(row[1]) for row in rows]
    numbered = all(name.isdecimal() for name in names)
    order = list(dict.fromkeys(names))
    places = [int(name) if numbered else order.index(name) for name in names]
    span = max(places, default=0) - min(places, default=0) + 1
    with drawn((_WIDE, min(_HIGHEST, max(_LOWEST, 1.2 + _KEY * span)))) as picture:
        axes = picture.axes
        for shares, color, name in (
            ([float(row[2]) for row in rows], COLORS["pale"], truth),
            ([float(row[3]) for row in rows], COLORS["first"], predicted),
        ):
            if not name:
                continue
            bars = [(float(row[0]), place, share) for row, place, share in zip(rows, places, shares, strict=True)]
            _bars(axes, [bar for bar in bars if bar[2] > 0], color, name)
        for axis in (axes.xaxis, axes.yaxis):
            axis.get_major_locator().set_params(integer=True)
        axes.set_ylim(min(places, default=0) - 1, max(places, default=0) + 1)
        axes.set_xlabel(plain(across))
        axes.set_ylabel(plain(up))
        if not numbered:
            some = order if len(order) <= _NAMED else order[:: -(-len(order) // _NAMED)]
            axes.set_yticks([order.index(name) for name in some], [plain(one) for one in some])
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", color=COLORS["line"], linewidth=0.6)
        axes.set_axisbelow(True)
        axes.legend(frameon=False, ncols=2, loc="lower left", bbox_to_anchor=(0, 1))
    return picture.svg


def _bars(axes: Any, bars: Sequence[tuple[float, float, float]], color: str, name: str) -> None:
    """Draw a bar a step wide at each place, as high as its share."""
    steps, places, shares = zip(*bars, strict=True) if bars else ((), (), ())
    heights = [_SIDE * share for share in shares]
    bottoms = [place - height / 2 for place, height in zip(places, heights, strict=True)]
    axes.bar(steps, heights, width=_SIDE, bottom=bottoms, color=color, linewidth=0, label=plain(name))
