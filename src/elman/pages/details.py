"""Details of scores and views of models on a page: tables and pictures."""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from elman.pages.drawings import drawings
from elman.pages.heat_map import Axes, heat_map
from elman.pages.labels_over_time import labels_over_time
from elman.pages.layout import Cell, table, wide
from elman.pages.looked_at_picture import looked_at_picture
from elman.pages.piano_roll import piano_roll
from elman.pages.series_chart import series_chart
from elman.pages.word_map import word_map
from elman.text.printed import figures


def shown(detail: Mapping[str, Any]) -> str:
    """Show where scores come from: a picture, or a table; in a matrix, a darker cell has a larger share of its row."""
    columns, rows = detail["columns"], detail["rows"]
    if (drawing := picture(detail)) is not None:
        return f"<h2>{escape(detail['title'])}</h2>{wide(drawing)}"
    kind = detail.get("kind")
    cell = _number if kind == "numbers" else _cell
    is_text = [any(isinstance(row[i], str) for row in rows) for i in range(len(columns))]
    body = []
    for row in rows:
        whole = sum(value for value in row if isinstance(value, int | float)) or 1
        cells = [
            Cell(cell(value), 0.6 * value / whole if kind == "matrix" and isinstance(value, int | float) else 0.0)
            for value in row
        ]
        body.append(cells)
    return f"<h2>{escape(detail['title'])}</h2>{table(columns, body, is_text)}"


def picture(detail: Mapping[str, Any]) -> str | None:
    """Return an `<svg>` element; None for a table."""
    draw = _DRAWN.get(detail.get("kind", "table"))
    return None if draw is None else draw(detail)


def _looked(detail: Mapping[str, Any]) -> str:
    """Draw what was looked at; older logs name both axes over the first column, as `hops/story`."""
    across, slash, down = detail["columns"][0].partition("/")
    axes = Axes(across, down) if slash else Axes(detail.get("across", "source"), detail.get("down", "written"))
    return heat_map(detail["columns"][1:], detail["rows"], axes)


_DRAWN: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "map": lambda detail: word_map(detail["rows"]),
    "looked": _looked,
    "pictured": lambda detail: looked_at_picture(detail["picture"], detail["columns"], detail["rows"]),
    "series": lambda detail: series_chart(detail["columns"], detail["rows"]),
    "stretches": lambda detail: labels_over_time(detail["columns"], detail["rows"]),
    "roll": lambda detail: piano_roll(detail["columns"], detail["rows"]),
    "drawings": lambda detail: drawings(detail["rows"]),
}
"""What draws each kind of detail that is no table."""


def _number(value: str | float | None) -> str:
    """Return numbers that are no rates as they are."""
    return figures(value) if isinstance(value, float) else _cell(value)


def _cell(value: str | float | None) -> str:
    """Return counts with commas and rates as percent."""
    if value is None:
        return "-"
    if isinstance(value, float):
        return f"{value:.2%}" if 0 <= value <= 1 else f"{value:,.3f}"
    return f"{value:,}" if isinstance(value, int) else value
