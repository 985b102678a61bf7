"""Curves as SVG, drawn with matplotlib."""

import io
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLORS = {
    "ink": "#1f2937",
    "soft": "#4b5563",
    "line": "#e5e7eb",
    "first": "#1d4ed8",
    "second": "#0f766e",
    "third": "#a21caf",
    "fourth": "#b45309",
    "fifth": "#475569",
    "pale": "#93b4e8",
    "dim": "#9aa7b8",
    "warm": "#c2410c",
}
"""What may be drawn in, by the names that the style of a page has for it: a dark page has others."""

_DOTS = 130
_JOINER = "\u2060"
"""Has no width, and is taken out again."""
_rasters: ContextVar[list[bytes] | None] = ContextVar("rasters", default=None)
_OF_CURVES = {"training": COLORS["dim"], "validation": COLORS["warm"]}
_OTHERS = [COLORS[name] for name in ("first", "second", "third", "fourth", "fifth")]
_OF_INK = ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color")
_STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "elman",  # names of parts are made from what they are: a figure is the same file each time
    "font.family": "sans-serif",
    "font.size": 10,
    **dict.fromkeys(_OF_INK, COLORS["ink"]),
}


class Curve(NamedTuple):
    """One line of a chart.

    Args:
        name: for the legend; decides the color of `training` and `validation`.
        x: steps.
        y: values.
        points: draw a dot at each value.
        dashed: draw it dashed and thin, as something to compare with.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    points: bool = False
    dashed: bool = False


def chart(
    curves: Sequence[Curve],
    label: str,
    size: tuple[float, float],
    scale: Literal["linear", "from zero", "log"] = "linear",
    legend: bool = False,
    across: str = "step",
) -> str:
    """Return an `<svg>` element with curves.

    Args:
        curves: drawn in order; the first may be noisy and is drawn thin.
        label: what the vertical axis shows, with its unit.
        size: width and height in inches.
        scale: of the vertical axis.
        legend: name the curves in the picture.
        across: what the horizontal axis shows.
    """
    with drawn(size) as picture:
        axes = picture.axes
        _lines(axes, curves, label, across)
        if scale == "log":
            axes.set_yscale("log")
        if scale == "from zero":
            axes.set_ylim(bottom=0)
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        if legend and any(len(curve.x) for curve in curves):
            axes.legend(frameon=False)
    return picture.svg


class _Pictured(Protocol):
    """Curves that share a picture, with a title and what the vertical axis shows."""

    @property
    def title(self) -> str: ...
    @property
    def curves(self) -> Sequence[Curve]: ...
    @property
    def label(self) -> str: ...


def plotted(pictures: Sequence[_Pictured]) -> "Figure":
    """Return a figure of matplotlib with pictures below each other; an empty one without any."""
    from matplotlib import rc_context

    from elman.pages.figure import Figure

    with rc_context(_STYLE):
        figure = Figure(figsize=(7.2, 3.2 * max(1, len(pictures))), layout="constrained")
        for axes, picture in zip(
            figure.subplots(len(pictures), squeeze=False)[:, 0] if pictures else (), pictures, strict=True
        ):
            _lines(axes, picture.curves, picture.label, "step")
            axes.set_title(plain(picture.title))
            if len(picture.curves) > 1:
                axes.legend(frameon=False)
    return figure


def _lines(axes: Any, curves: Sequence[Curve], label: str, across: str) -> None:
    """Draw curves, and name the axes."""
    for number, curve in enumerate(curves):
        color = _OF_CURVES.get(curve.name, _OTHERS[number % len(_OTHERS)])
        width = 2.0 if curve.points else 1.2
        marker, style = "o" if curve.points else "", "--" if curve.dashed else "-"
        name = plain(curve.name)
        axes.plot(curve.x, curve.y, color=color, linewidth=width, label=name, marker=marker, linestyle=style)
    axes.set_xlabel(plain(across))
    axes.set_ylabel(plain(label))
    axes.grid(axis="y", color=COLORS["line"], linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    axes.set_axisbelow(True)


def plain(text: str) -> str:
    """Return what matplotlib shows as this text, whatever signs it has.

    Signs between dollars would be a formula, which fails where they are none, and a legend leaves out names that begin
    with an underscore.
    """
    shown = text.replace("$", r"\$")
    return f"{_JOINER}{shown}" if shown.startswith("_") else shown


@contextmanager
def rasters() -> Iterator[list[bytes]]:
    """Within it, what is drawn is kept as PNG files besides."""
    pictures: list[bytes] = []
    before = _rasters.set(pictures)
    try:
        yield pictures
    finally:
        _rasters.reset(before)


@dataclass
class Picture:
    """A picture that is being drawn, and its `<svg>` element when that is done."""

    axes: Any
    svg: str = ""


@contextmanager
def drawn(size: tuple[float, float]) -> Iterator[Picture]:
    """Give axes to draw on, and make an `<svg>` element of them.

    Args:
        size: width and height in inches.
    """
    with styled():
        from matplotlib.figure import Figure

        figure = Figure(figsize=size, layout="constrained")
        picture = Picture(figure.subplots())
        yield picture
        picture.svg = element(figure)


@contextmanager
def styled() -> Iterator[None]:
    """Draw in the style of all pictures."""
    from matplotlib import rc_context  # half a second, which is more than some models take to be made

    with rc_context(_STYLE), warnings.catch_warnings():
        # What the font of this machine lacks stays text in the picture, and whoever looks at it has other fonts.
        warnings.filterwarnings("ignore", "Glyph .* missing from font")
        yield


def element(figure: Any) -> str:
    """Return an `<svg>` element of a figure of matplotlib, in colors that a page may change."""
    target = io.StringIO()
    figure.savefig(target, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    if (pictures := _rasters.get()) is not None:
        raster = io.BytesIO()
        figure.savefig(raster, format="png", dpi=_DOTS, metadata={"Software": None})
        pictures.append(raster.getvalue())
    text = target.getvalue()
    text = text[text.index("<svg") :].replace(f"{_JOINER}_", "_")
    for name, color in COLORS.items():
        text = text.replace(color, f"var(--{name}, {color})")
    return text
