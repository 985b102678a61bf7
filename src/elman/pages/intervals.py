"""Shares with their intervals, as SVG: a row each."""

from collections.abc import Sequence

import numpy as np

from elman.pages.charts import COLORS, drawn

_ROW, _AROUND = 0.24, 1.0


def intervals(
    names: Sequence[str], shares: Sequence[tuple[float, float, float]], label: str, level: tuple[str, float]
) -> str:
    """Return an `<svg>` element.

    Args:
        names: of the rows, from above.
        shares: of each row: the share, and where its interval begins and ends.
        label: what the axis shows.
        level: a vertical line, with its name.
    """
    with drawn((7.0, _AROUND + _ROW * len(names))) as picture:
        axes, rows = picture.axes, np.arange(len(names))
        middle, low, high = np.array(shares, np.float64).reshape(-1, 3).T
        axes.axvline(level[1], color=COLORS["dim"], linewidth=1.0, linestyle="--", label=level[0])
        axes.hlines(rows, low, high, color=COLORS["pale"], linewidth=4)
        axes.plot(middle, rows, "o", color=COLORS["first"], markersize=5)
        axes.set_yticks(rows, [name.replace("$", r"\$") for name in names], fontsize=8)
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_xlim(-0.02, 1.02)
        axes.set_xlabel(label)
        axes.grid(axis="x", color=COLORS["line"], linewidth=0.8)
        axes.set_axisbelow(True)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.legend(frameon=False, fontsize=8, loc="lower left", bbox_to_anchor=(0, 1.0))
    return picture.svg
