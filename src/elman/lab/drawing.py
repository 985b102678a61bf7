"""Draws panels beside each other, with matplotlib, which is imported when something is drawn."""

import io
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from elman.lab.panels import Bars, Curve, Dots, Graph, Lines, Matrix, Panel, Surface, Words
from elman.pages.charts import COLORS, element, styled

_WIDTH, _HEIGHT, _SQUARE, _ROW = 4.6, 3.4, 0.52, 0.3
_DOTS = 160  # an inch
_MARKS = 12  # of zeros
_ORDER = [COLORS[name] for name in ("first", "warm", "second", "third", "fifth", "pale", "dim", "fourth")]
_LOOK: dict[str, dict[str, Any]] = {
    "line": {"linewidth": 1.8},
    "points": {"linestyle": "", "marker": "o", "markersize": 4},
    "both": {"linewidth": 1.6, "marker": "o", "markersize": 4},
    "dashed": {"linewidth": 1.2, "linestyle": "--"},
    "arrow": {"linewidth": 1.2, "marker": "o", "markersize": 3},
}


def as_svg(panels: Sequence[Panel]) -> str:
    """Return an `<svg>` element with panels beside each other."""
    with styled():
        return element(_drawn(panels))


def as_png(panels: Sequence[Panel]) -> bytes:
    """Return a PNG file with panels beside each other."""
    with styled():
        target = io.BytesIO()
        _drawn(panels).savefig(target, format="png", dpi=_DOTS, facecolor="white", metadata={"Software": None})
    return target.getvalue()


def _drawn(panels: Sequence[Panel]) -> Any:
    from matplotlib.figure import Figure

    sizes = [_OF[type(panel)].size(panel) for panel in panels]
    widths, height = [width for width, _ in sizes], max(high for _, high in sizes)
    figure = Figure(figsize=(sum(widths), height), layout="constrained")
    every = figure.subplots(1, len(panels), squeeze=False, width_ratios=widths)[0]
    for axes, panel in zip(every, panels, strict=True):
        axes.set_title(panel.title, fontsize=10.5, loc="left")
        axes.set_axisbelow(True)
        _OF[type(panel)].draw(axes, panel)
    return figure


def _usual_size(panel: Panel) -> tuple[float, float]:
    """Return width and height in inches."""
    return _WIDTH, _HEIGHT


def _bars_size(panel: Bars) -> tuple[float, float]:
    count = len(panel.names) * len(panel.groups)
    return (6.0, max(2.2, 0.8 + 0.24 * count)) if panel.flat else (max(3.4, 1.5 + 0.34 * count), _HEIGHT)


def _dots_size(panel: Dots) -> tuple[float, float]:
    return 5.6, 1.3 + 0.36 * len(panel.names)


def _matrix_size(panel: Matrix) -> tuple[float, float]:
    beside = 0.09 * max(map(len, panel.rows), default=0)
    wide, high = (_SQUARE * len(names) for names in (panel.columns, panel.rows))
    least = 0.085 * len(panel.title)
    return max(2.0, least, wide + beside + 0.4), max(1.5, high + 0.9)


def _words_size(panel: Words) -> tuple[float, float]:
    return 10.0, 0.7 + _ROW * sum(_height(row, panel) for row in panel.rows)


def _lines(axes: Any, panel: Lines) -> None:
    """Draw curves; zeros of a logarithmic axis stand as arrows at its lower edge, and are counted."""
    log = "y" in panel.log
    colors, zeros = iter(_colors(panel.curves)), []
    for curve in panel.curves:
        color = next(colors)
        x, y = np.asarray(curve.x, float), np.asarray(curve.y, float)
        gone = np.flatnonzero(y == 0) if log else np.array([], int)
        shown = np.where(y == 0, np.nan, y) if log else y
        axes.plot(x, shown, color=color, label=curve.name or None, **_LOOK[curve.style])
        if curve.style == "arrow" and len(x) > 1:
            axes.annotate(
                "", (x[-1], y[-1]), (x[-2], y[-2]), arrowprops={"arrowstyle": "->", "color": color, "linewidth": 1.2}
            )
        if curve.low is not None and curve.high is not None:
            low, high = (np.asarray(one, float) for one in (curve.low, curve.high))
            axes.fill_between(x, np.where(low > 0, low, np.nan) if log else low, high, color=color, alpha=0.15, lw=0)
        if len(gone):
            zeros.append((x[gone], color))
    _axes(axes, panel)
    for places, color in zeros:
        low = axes.get_ylim()[0]
        some = places[:: max(1, len(places) // _MARKS)]
        axes.plot(some, np.full(len(some), low), linestyle="", marker="v", color=color, clip_on=False, markersize=5)
        axes.annotate(
            f"{len(places)} × 0", (places[0], low), (0, 8), textcoords="offset points", color=color, fontsize=8
        )
    if any(curve.name for curve in panel.curves):
        axes.legend(frameon=False, fontsize=8.5)


def _axes(axes: Any, panel: Lines) -> None:
    if "y" in panel.log:
        axes.set_yscale("log")
    if panel.up_to is not None:
        axes.set_ylim(*panel.up_to)
    _level(axes, panel.level)
    for mark in panel.marks:
        axes.annotate(mark.text, (mark.x, mark.y), (4, 4), textcoords="offset points", fontsize=8, color=COLORS["soft"])
    if "x" in panel.log:
        axes.set_xscale("log")
    elif all(float(x).is_integer() for curve in panel.curves for x in curve.x):
        axes.xaxis.get_major_locator().set_params(integer=True)
    axes.set_xlabel(panel.across)
    axes.set_ylabel(panel.up)
    _bare(axes)


def _level(axes: Any, level: tuple[str, float] | None) -> None:
    if level is not None:
        axes.axhline(level[1], color=COLORS["dim"], linewidth=1, linestyle=":")
        axes.annotate(
            level[0], (1, level[1]), (-2, 3), xycoords=("axes fraction", "data"), textcoords="offset points",
            ha="right", fontsize=8, color=COLORS["soft"],
        )  # fmt: skip


def _bars(axes: Any, panel: Bars) -> None:
    width = 0.8 / len(panel.groups)
    places = np.arange(len(panel.names))
    for number, (name, heights) in enumerate(panel.groups.items()):
        at = places + (number - (len(panel.groups) - 1) / 2) * width
        draw = axes.barh if panel.flat else axes.bar
        draw(at, heights, width * 0.92, color=_ORDER[number % len(_ORDER)], label=name)
    if panel.log:
        axes.set_xscale("log") if panel.flat else axes.set_yscale("log")
    if panel.flat:
        axes.set_yticks(places, panel.names)
        axes.invert_yaxis()
        axes.set_xlabel(panel.up)
    else:
        crowded = sum(map(len, panel.names)) > 26 * len(panel.groups)
        axes.set_xticks(places, panel.names, rotation=30 if crowded else 0, ha="right" if crowded else "center")
        axes.set_ylabel(panel.up)
        _level(axes, panel.level)
    if len(panel.groups) > 1:
        axes.legend(frameon=False, fontsize=8.5)
    _bare(axes, "x" if panel.flat else "y")


def _dots(axes: Any, panel: Dots) -> None:
    """Draw the dots of a row a little above and below each other, so that equal ones are seen."""
    for row, values in enumerate(panel.values):
        beside = np.linspace(-0.22, 0.22, len(values)) if len(values) > 1 else np.zeros(1)
        for value, off in zip(values, beside, strict=True):
            more = panel.most is not None and value >= panel.most
            axes.plot(value, row + off, marker=">" if more else "o", color=COLORS["first"], markersize=4.5)
        axes.plot([np.median(values)] * 2, [row - 0.32, row + 0.32], color=COLORS["warm"], linewidth=1.8)
    axes.set_xscale("symlog", linthresh=1, linscale=0.3)
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_xlim(-0.3, 1.25 * (panel.most or axes.get_xlim()[1]))
    axes.set_yticks(range(len(panel.names)), panel.names)
    axes.set_ylim(len(panel.names) - 0.5, -0.7)
    if panel.level is not None:
        axes.axvline(panel.level[1], color=COLORS["dim"], linewidth=1, linestyle=":")
        axes.annotate(
            panel.level[0],
            (panel.level[1], -0.7),
            (3, -9),
            textcoords="offset points",
            fontsize=8,
            color=COLORS["soft"],
        )
    axes.set_xlabel(panel.across)
    _bare(axes, "x")


def _matrix(axes: Any, panel: Matrix) -> None:
    values = np.asarray(panel.values, float)
    most = np.abs(values[np.isfinite(values)]).max(initial=0) or 1
    for (row, column), value in np.ndenumerate(values):
        strength = min(1.0, abs(value) / most)
        color = COLORS["first"] if value >= 0 else COLORS["warm"]
        place = ([column - 0.46, column + 0.46, column + 0.46, column - 0.46], [row - 0.46] * 2 + [row + 0.46] * 2)
        axes.fill(*place, color=color, alpha=0.55 * strength, linewidth=0)
        if panel.digits >= 0:
            axes.text(column, row, f"{value:.{panel.digits}f}", ha="center", va="center", fontsize=7.5)
    axes.set_xlim(-0.5, values.shape[1] - 0.5)
    axes.set_ylim(values.shape[0] - 0.5, -0.5)
    axes.set_xticks(range(len(panel.columns)), panel.columns, fontsize=8.5)
    axes.set_yticks(range(len(panel.rows)), panel.rows, fontsize=8.5)
    axes.tick_params(length=0)
    axes.set_xlabel(panel.across)
    axes.set_ylabel(panel.up)
    axes.spines[:].set_visible(False)
    axes.set_aspect("equal")


def _surface(axes: Any, panel: Surface) -> None:
    from matplotlib.colors import LinearSegmentedColormap

    shades = LinearSegmentedColormap.from_list("shades", ["#ffffff", COLORS["pale"], COLORS["ink"]])
    drawn = axes.pcolormesh(panel.x, panel.y, panel.values, cmap=shades, shading="nearest", rasterized=True)
    axes.figure.colorbar(drawn, ax=axes, label=panel.label)
    for curve, color in zip(panel.curves, [COLORS["warm"], COLORS["second"], COLORS["third"]], strict=False):
        axes.plot(curve.x, curve.y, color=color, label=curve.name, **_LOOK["arrow"])
    axes.set_xlim(min(panel.x), max(panel.x))
    axes.set_ylim(min(panel.y), max(panel.y))
    axes.set_xlabel(panel.across)
    axes.set_ylabel(panel.up)
    if panel.curves:
        axes.legend(frameon=True, framealpha=0.8, fontsize=8.5, edgecolor="none")


def _graph(axes: Any, panel: Graph) -> None:
    for edge in panel.edges:
        a, b = panel.nodes[edge.start], panel.nodes[edge.end]
        axes.annotate(
            "", (b.x, b.y), (a.x, a.y),
            arrowprops={"arrowstyle": "->", "color": COLORS["dim"], "shrinkA": 18, "shrinkB": 18, "linewidth": 1.3},
        )  # fmt: skip
        middle, beside = ((a.x + b.x) / 2, (a.y + b.y) / 2), 22 * float(np.sign(a.y - b.y))
        where = {"xytext": (beside, 5), "textcoords": "offset points", "ha": "center"}
        axes.annotate(edge.text, middle, fontsize=8, color=COLORS["warm"], **where)
    for node in panel.nodes:
        axes.text(node.x, node.y, node.text, ha="center", va="center", fontsize=9)
    axes.set_xlim(-0.12, 1.12)
    axes.set_ylim(-0.12, 1.12)
    axes.set_axis_off()


def _words(axes: Any, panel: Words) -> None:
    shares = list(panel.shares) or [1 / len(panel.columns)] * len(panel.columns)
    lefts = np.concatenate([[0.0], np.cumsum(shares)[:-1]]) / sum(shares)
    room = [max(8, math.floor(132 * share / sum(shares))) for share in shares]
    below = 0.0
    for number, row in enumerate([panel.columns, *panel.rows]):
        for left, text, most in zip(lefts, row, room, strict=True):
            weight = "bold" if number == 0 else "normal"
            axes.text(left, below, _folded(text, most), va="top", fontsize=8.5, weight=weight, parse_math=False)
        below += _height(row, panel) + 0.15
        axes.axhline(below - 0.12, color=COLORS["line"], linewidth=0.8)
    axes.set_xlim(0, 1)
    axes.set_ylim(below, -0.1)
    axes.set_axis_off()


def _height(row: Sequence[str], panel: Words) -> int:
    """Return how many lines a row has."""
    shares = list(panel.shares) or [1 / len(panel.columns)] * len(panel.columns)
    room = (max(8, math.floor(132 * share / sum(shares))) for share in shares)
    return max(_folded(text, most).count("\n") + 1 for text, most in zip(row, room, strict=True))


def _folded(text: str, most: int) -> str:
    from textwrap import wrap

    return "\n".join(wrap(text, most)) or text


def _colors(curves: Sequence[Curve]) -> list[str]:
    """Return the color of each curve: its own, or the next of the usual ones."""
    usual, found = iter(_ORDER * (1 + len(curves) // len(_ORDER))), []
    for curve in curves:
        found.append(COLORS[curve.color] if curve.color else next(usual))
    return found


def _bare(axes: Any, grid: str = "y") -> None:
    axes.grid(axis=grid, color=COLORS["line"], linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)


class _Look(NamedTuple):
    """How large a kind of panel is, and what draws it."""

    size: Callable[[Any], tuple[float, float]]
    draw: Callable[[Any, Any], None]


_OF: dict[type[Panel], _Look] = {
    Lines: _Look(_usual_size, _lines),
    Bars: _Look(_bars_size, _bars),
    Dots: _Look(_dots_size, _dots),
    Matrix: _Look(_matrix_size, _matrix),
    Surface: _Look(_usual_size, _surface),
    Graph: _Look(_usual_size, _graph),
    Words: _Look(_words_size, _words),
}
