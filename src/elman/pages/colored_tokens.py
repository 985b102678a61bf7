"""A text whose tokens are colored by a number each, as SVG."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from elman.pages.charts import COLORS, drawn, plain

_WIDE = 96
"""Letters of a line."""
_LETTER, _LINE = 0.098, 0.34


def colored_tokens(
    tokens: Sequence[str], values: Sequence[float], most: float, label: str, signed: bool = False
) -> str:
    """Return an `<svg>` element.

    Args:
        tokens: as they are shown.
        values: of each; NaN is none.
        most: the number with the darkest color; what is above has that color too.
        label: what the colors mean, with the unit.
        signed: whether numbers below 0 have a color of their own.
    """
    from matplotlib import colormaps

    colors = colormaps["RdBu_r" if signed else "Blues"]
    lines = _lines(tokens)
    width = min(_WIDE, max((stop for line in lines for _, _, stop in line), default=1)) * _LETTER
    with drawn((max(4.5, width + 0.6), 0.9 + _LINE * len(lines))) as picture:
        axes = picture.axes
        for row, line in enumerate(lines):
            for at, start, stop in line:
                value = float(values[at])
                share = np.clip(value / most, -1, 1) if np.isfinite(value) and most else 0.0
                shade = 0.5 + 0.45 * share if signed else 0.8 * max(share, 0.0)
                color = colors(shade)
                dark = (abs(share) > 0.75) if signed else share > 0.7
                axes.barh(row, stop - start, left=start, height=0.86, color=color, linewidth=0)
                axes.text(
                    (start + stop) / 2, row, plain(tokens[at]), ha="center", va="center", fontsize=9,
                    family="monospace", color="white" if dark else COLORS["ink"],
                )  # fmt: skip
        axes.set_xlim(0, max(width / _LETTER, 1))
        axes.set_ylim(len(lines) - 0.5, -0.5)
        _bar(axes, colors, most, label, signed)
    return picture.svg


def _lines(tokens: Sequence[str]) -> list[list[tuple[int, float, float]]]:
    """Return the lines of a text: the number of each token, and where it begins and ends in its line."""
    lines: list[list[tuple[int, float, float]]] = [[]]
    used = 0.0
    for at, token in enumerate(tokens):
        wide = len(token) + 0.6
        if lines[-1] and used + wide > _WIDE:
            lines.append([])
            used = 0.0
        lines[-1].append((at, used, used + wide))
        used += wide + 0.15
    return lines


def _bar(axes: Any, colors: Any, most: float, label: str, signed: bool) -> None:
    """Draw what the colors mean."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axes.set_axis_off()
    low = -most if signed else 0.0
    some = colors(np.linspace(0.05, 0.95, 64)) if signed else colors(np.linspace(0, 0.8, 64))
    mapped = ScalarMappable(Normalize(low, most or 1.0), ListedColormap(some))
    bar = axes.figure.colorbar(mapped, ax=axes, location="bottom", aspect=40, shrink=0.6, pad=0.02)
    bar.set_label(plain(label), fontsize=8)
    bar.ax.tick_params(labelsize=8)
    bar.locator = MaxNLocator(5)
    bar.formatter = FuncFormatter(lambda value, _: f"{value:g}".replace("-", "\N{MINUS SIGN}"))
    bar.update_ticks()
