"""How often gates are at their ends, as SVG: a dot a unit in the triangle left + right <= 1."""

from collections.abc import Mapping

import numpy as np

from elman.pages.charts import COLORS, drawn


def triangle(dots: Mapping[str, np.ndarray], name: str) -> str:
    """Return an `<svg>` element with a triangle for each gate.

    Args:
        dots: by gate, the shares left and right of each unit, (N, 2).
        name: of the layer.
    """
    with drawn((1.0 + 2.7 * len(dots), 3.1)) as picture:
        axes = picture.axes
        axes.set_axis_off()
        for number, (letter, shares) in enumerate(dots.items()):
            one = axes.inset_axes((number / len(dots) + 0.03, 0.14, 0.94 / len(dots) - 0.06, 0.74))
            one.plot([0, 1, 0, 0], [1, 0, 0, 1], color=COLORS["line"], linewidth=0.8)
            one.scatter(shares[:, 0], shares[:, 1], s=16, color=COLORS["first"], alpha=0.55, linewidth=0)
            one.set_xlim(-0.03, 1.03)
            one.set_ylim(-0.03, 1.03)
            one.set_title(f"{name}: {letter}", fontsize=9)
            one.set_xlabel("share of steps left" + (" (< -.9)" if letter == "h" else " (< .1)"), fontsize=8)
            one.set_ylabel("share right (> .9)" if number == 0 else "", fontsize=8)
            one.tick_params(labelsize=7)
            one.spines[["top", "right"]].set_visible(False)
    return picture.svg
