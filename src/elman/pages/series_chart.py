"""What was forecast of a series beside what came, as SVG."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from elman.pages.charts import COLORS, drawn, plain

_SIZE = (9.6, 3.4)


def series_chart(columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return an `<svg>` element: what came, the forecast, and a band between two quantiles.

    Args:
        columns: what is counted across, what was measured with its unit, the forecast, and both quantiles.
        rows: a number for each column; null where there is none.
    """
    numbers = np.array([[np.nan if cell is None else float(cell) for cell in row] for row in rows], np.float64)
    across, measured, forecast, low, high = columns
    steps, truth, best, lowest, highest = numbers.reshape(-1, len(columns)).T
    with drawn(_SIZE) as picture:
        axes = picture.axes
        there = ~np.isnan(lowest)
        axes.fill_between(
            steps[there],
            lowest[there],
            highest[there],
            color=COLORS["pale"],
            alpha=0.5,
            linewidth=0,
            label=plain(f"{low} to {high}"),
        )
        axes.plot(steps, truth, color=COLORS["ink"], linewidth=1.2, label="what came")
        axes.plot(steps, best, color=COLORS["first"], linewidth=1.4, label=plain(forecast))
        axes.set_xlabel(plain(across))
        axes.set_ylabel(plain(measured))
        axes.grid(axis="y", color=COLORS["line"], linewidth=0.8)
        axes.spines[["top", "right"]].set_visible(False)
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.set_axisbelow(True)
        axes.legend(frameon=False, ncols=3, loc="upper left", bbox_to_anchor=(0, 1.16))
    return picture.svg
