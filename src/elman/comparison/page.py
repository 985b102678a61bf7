"""A comparison as a page with a chart."""

from html import escape
from math import isfinite
from pathlib import Path

from elman.comparison.rows import Comparison
from elman.comparison.text import notes, shown, size, table
from elman.errors import ConfigError, NotWrittenError
from elman.files.durable import write_file
from elman.pages import layout
from elman.pages.charts import COLORS, drawn, plain
from elman.pages.headings import heading

_TEXTS = 2
"""The columns, the first ones, whose cells are texts: the run and its model."""


def write_page(comparison: Comparison, path: Path) -> None:
    """Write a self-contained HTML page.

    Raises:
        ConfigError: the file cannot be written.
    """
    headings, *rows = table(comparison)
    lead = f"{', '.join(comparison.files)}: {size(comparison)}"
    texts = [place < _TEXTS for place in range(len(headings))]
    cells = [list(map(layout.Cell, row)) for row in rows]
    remarks = "<br>".join(map(escape, notes(comparison)))
    kind = "ranked" if comparison.ranked else ""
    body = f'{layout.wide(chart(comparison))}{layout.table(headings, cells, texts, kind)}<p class="lead">{remarks}</p>'
    try:
        write_file(path, layout.page("Runs compared", lead, body))
    except NotWrittenError as error:
        raise ConfigError(f"--html: {path}: cannot be written: {error.reason}.") from error


def chart(comparison: Comparison) -> str:
    """Return an `<svg>` element: a bar for each run, with the interval of resampled data."""
    rows, score = comparison.rows, comparison.scores[0]
    scale = 100.0 if score.is_rate else 1.0
    found = [row.scores[score.name] for row in rows]
    values = [scale * one.value if isfinite(one.value) else 0.0 for one in found]  # no bar is long enough
    intervals = [
        (value, value) if one.interval is None else (scale * one.interval[0], scale * one.interval[1])
        for one, value in zip(found, values, strict=True)
    ]
    # A value may lie outside of its interval by rounding.
    below = [max(0.0, value - low) for value, (low, _) in zip(values, intervals, strict=True)]
    above = [max(0.0, high - value) for value, (_, high) in zip(values, intervals, strict=True)]
    with drawn((9, 0.9 + 0.42 * len(rows))) as picture:
        axes = picture.axes
        names = [plain(f"{Path(row.run).name}: {row.model}") for row in rows]
        bars = axes.barh(
            range(len(rows)), values, xerr=[below, above], color=COLORS["pale"], ecolor=COLORS["soft"], capsize=3
        )
        if comparison.ranked:
            bars[0].set_color(COLORS["first"])
        for place, (one, (_, high)) in enumerate(zip(found, intervals, strict=True)):
            text = shown(score, one.value) if isfinite(one.value) else "infinite" if one.value > 0 else "no number"
            axes.annotate(text, (max(high, 0.0), place), xytext=(6, 0), textcoords="offset points", va="center")
        axes.set_yticks(range(len(rows)), names)
        axes.invert_yaxis()
        axes.margins(x=0.12)
        unit = ", %" if scale > 1 else ""
        better = "lower" if score.lower_is_better else "higher"
        axes.set_xlabel(plain(f"{heading(score.name)}{unit} ({better} is better)"))
        axes.spines[["top", "right"]].set_visible(False)
    return picture.svg
