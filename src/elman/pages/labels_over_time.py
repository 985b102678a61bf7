"""What was measured over time, and under it the label of each frame, as SVG."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from elman.pages.charts import COLORS, drawn, plain

_SIZE = (9.6, 3.6)
_HUES = ("pale", "warm", "second", "third", "fourth", "fifth", "first", "dim")
_OF_NUMBERS = ("ink", "first", "second", "third")
_BAND, _GAP = 0.16, 0.04
"""Height of a band of labels, and room between them, in parts of what the numbers take."""


def labels_over_time(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return an `<svg>` element: curves of numbers, and below them a band of the true and one of the predicted labels.

    Args:
        columns: what is counted across, what was measured, what the true label is called, and the predicted one.
        rows: a frame, its numbers, null where there is none, and both labels; the true one is null where nobody knows.
    """
    across, *names = columns[:-2]
    frames = [float(row[0]) for row in rows]
    told = [place for place in (-2, -1) if any(row[place] is not None for row in rows)]
    every = dict.fromkeys(str(row[place]) for place in told for row in rows)
    hues = {label: COLORS[_HUES[number % len(_HUES)]] for number, label in enumerate(every)}
    numbers = [float(cell) for row in rows for cell in row[1:-2] if cell is not None]
    low, high = min(numbers, default=0.0), max(numbers, default=1.0)
    unit = (high - low) or 1.0
    bottoms = {place: low - number * (_BAND + _GAP) * unit for number, place in enumerate(told, start=1)}
    with drawn(_SIZE) as picture:
        axes = picture.axes
        for place, name in enumerate(names, start=1):
            values = [float("nan") if row[place] is None else float(row[place]) for row in rows]
            color = COLORS[_OF_NUMBERS[(place - 1) % len(_OF_NUMBERS)]]
            axes.plot(frames, values, color=color, linewidth=0.9, label=plain(name))
        for label, color in hues.items():
            axes.bar(0, 0, color=color, label=plain(label))  # for the legend
        for place, bottom in bottoms.items():
            _band(axes, frames, [str(row[place]) for row in rows], hues, (bottom, _BAND * unit))
        middles = [one + _BAND * unit / 2 for one in bottoms.values()]
        axes.set_yticks(middles, [plain(columns[place]) for place in told])
        axes.set_xlabel(plain(across))
        axes.set_xlim(min(frames, default=0) - 0.5, max(frames, default=1) + 0.5)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.legend(frameon=False, ncols=8, loc="lower left", bbox_to_anchor=(0, 1))
    return picture.svg


def _band(
    axes: Any, frames: Sequence[float], labels: Sequence[str], hues: Mapping[str, str], where: tuple[float, float]
) -> None:
    """Draw a bar for each stretch of frames with one label, in its color, from where the band begins and as high."""
    at, (bottom, height) = 0, where
    for label, some in groupby(labels):
        width = sum(1 for _ in some)
        axes.bar(frames[at] - 0.5, height, width, bottom, align="edge", color=hues[label], linewidth=0)
        at += width
