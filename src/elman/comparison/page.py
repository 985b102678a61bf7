"""A comparison as a page with a chart."""

import io
from html import escape
from importlib.resources import files
from math import isfinite
from pathlib import Path
from string import Template

from matplotlib import rc_context
from matplotlib.figure import Figure

from elman.comparison.rows import Comparison
from elman.comparison.text import HEADINGS, cells_of, notes
from elman.errors import ConfigError
from elman.version import __version__


def write_page(comparison: Comparison, path: Path) -> None:
    """Write a self-contained HTML page.

    Raises:
        ConfigError: the file cannot be written.
    """
    cells = [cells_of(row, row is comparison.rows[0]) for row in comparison.rows]
    hidden = (2, 3) if comparison.rows[0].perplexity is None else ()
    shown = [i for i in range(len(HEADINGS)) if i not in hidden]
    template = Template(files("elman.comparison").joinpath("page.html").read_text(encoding="utf-8"))
    page = template.substitute(
        title="Language models compared",
        lead=escape(
            f"{', '.join(comparison.files)}: {comparison.lines:,} lines, {comparison.characters:,} characters. "
            f"elman {__version__}"
        ),
        chart=chart(comparison),
        headings="".join(f"<th>{escape(HEADINGS[i])}</th>" for i in shown),
        rows="".join("<tr>" + "".join(f"<td>{escape(row[i])}</td>" for i in shown) + "</tr>" for row in cells),
        notes="<br>".join(map(escape, notes(comparison))),
    )
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"--html: {path}: cannot be written: {error.strerror}.") from error


def chart(comparison: Comparison) -> str:
    """Return an `<svg>` element: a bar for each run, with the interval of resampled texts."""
    rows = comparison.rows
    perplexities = rows[0].perplexity is not None
    scores = [row.perplexity if row.perplexity is not None else row.bits_per_character for row in rows]
    values = [score if isfinite(score) else 0.0 for score in scores]  # no bar is long enough
    intervals = [
        (row.perplexity_interval if perplexities else row.interval) or (value, value)
        for row, value in zip(rows, values, strict=True)
    ]
    # A value may lie outside of its interval by rounding.
    below = [max(0.0, value - low) for value, (low, _) in zip(values, intervals, strict=True)]
    above = [max(0.0, high - value) for value, (_, high) in zip(values, intervals, strict=True)]
    with rc_context({"svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10}):
        figure = Figure(figsize=(9, 0.9 + 0.42 * len(rows)), layout="constrained")
        axes = figure.subplots()
        names = [f"{Path(row.run).name}: {row.model}" for row in rows]
        bars = axes.barh(range(len(rows)), values, xerr=[below, above], color="#93b4e8", ecolor="#374151", capsize=3)
        bars[0].set_color("#1d4ed8")
        for place, (score, (_, high)) in enumerate(zip(scores, intervals, strict=True)):
            number = f"{score:,.1f}" if perplexities else f"{score:.3f}"
            text = number if isfinite(score) else "infinite"
            axes.annotate(text, (high, place), xytext=(6, 0), textcoords="offset points", va="center")
        axes.set_yticks(range(len(rows)), names)
        axes.invert_yaxis()
        axes.margins(x=0.12)
        axes.set_xlabel("perplexity (lower is better)" if perplexities else "bits per character (lower is better)")
        axes.spines[["top", "right"]].set_visible(False)
        target = io.StringIO()
        figure.savefig(target, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = target.getvalue()
    return text[text.index("<svg") :]
