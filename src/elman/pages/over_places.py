"""What happens along a text, as SVG: curves over its places."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from elman.pages.charts import COLORS, drawn, plain

_LINES = [COLORS[name] for name in ("first", "warm", "second", "third", "fourth", "fifth")]
_MOST_NAMES, _WIDEST, _NARROWEST = 60, 13.0, 5.0
_A_PLACE = 0.21


def over_places(
    places: Sequence[str],
    curves: Mapping[str, Sequence[float]],
    label: str,
    scale: Literal["share", "linear", "log"] = "linear",
    across: str = "place",
) -> str:
    """Return an `<svg>` element with a curve for each name.

    On a logarithmic axis, what is 0 or below the numbers that there are is an arrow at the lower edge, not a gap.

    Args:
        places: what stands at each place.
        curves: a number for each place; NaN is none.
        label: what the vertical axis shows, with its unit.
        scale: `share` is from 0 to 1.
        across: what the horizontal axis shows.
    """
    width = min(_WIDEST, max(_NARROWEST, 1.2 + _A_PLACE * len(places)))
    with drawn((width, 3.2)) as picture:
        axes, x = picture.axes, np.arange(len(places))
        values = {name: np.asarray(one, np.float64) for name, one in curves.items()}
        lowest = min((float(one[one > 0].min()) for one in values.values() if (one > 0).any()), default=1.0)
        for number, (name, one) in enumerate(values.items()):
            color = _LINES[number % len(_LINES)]
            shown = np.where(one > 0, one, np.nan) if scale == "log" else one
            mark = "o" if len(places) <= _MOST_NAMES else ""
            axes.plot(x, shown, color=color, label=plain(name), linewidth=1.4, marker=mark, markersize=3)
            gone = x[one == 0] if scale == "log" else []
            if len(gone):
                axes.plot(gone, np.full(len(gone), lowest / 3), "v", color=color, markersize=4)
        if scale == "log":
            axes.set_yscale("log")
        if scale == "share":
            axes.set_ylim(-0.02, 1.02)
        named(axes, places, across)
        axes.set_ylabel(plain(label))
        axes.grid(axis="y", color=COLORS["line"], linewidth=0.8)
        axes.spines[["top", "right"]].set_visible(False)
        if len(values) > 1:
            axes.legend(frameon=False, ncols=min(4, len(values)), fontsize=8)
    return picture.svg


def named(axes: Any, places: Sequence[str], across: str) -> None:
    """Name the places below an axis, where they are few enough to be read."""
    axes.set_xlabel(plain(across))
    if len(places) <= _MOST_NAMES:
        turn = 90 if max(map(len, places), default=0) > 2 else 0
        axes.set_xticks(range(len(places)), [plain(one) for one in places], rotation=turn, fontsize=8)
    else:  # counted from 1, as everywhere
        axes.xaxis.set_major_formatter(lambda place, _: f"{place + 1:g}")
    axes.set_xlim(-0.6, max(len(places) - 0.4, 0.6))
