"""The page that everything stands on: its head, its style, light and dark, narrow and wide."""

from collections.abc import Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import NamedTuple

from elman.pages.charts import COLORS
from elman.text.characters import well_formed
from elman.version import __version__


class Cell(NamedTuple):
    """One cell of a table.

    Args:
        text: what it says.
        darkness: of its ground, 0 to 1.
    """

    text: str
    darkness: float = 0.0


def page(title: str, lead: str, body: str) -> bytes:
    """Return a self-contained HTML page, UTF-8.

    Args:
        title: text.
        lead: one line below the title, text.
        body: HTML.
    """
    template = Template(files("elman.pages").joinpath("page.html").read_text(encoding="utf-8"))
    colors = " ".join(f"--{name}: {color};" for name, color in COLORS.items())
    parts = {"title": escape(title), "lead": escape(lead), "body": body, "footer": f"elman {__version__}"}
    return well_formed(template.substitute(colors=colors, **parts)).encode()


def wide(html: str) -> str:
    """Return what may be wider than a narrow screen, which then moves it sideways by itself."""
    return f'<div class="wide">{html}</div>'


def table(headings: Sequence[str], rows: Sequence[Sequence[Cell]], texts: Sequence[bool], kind: str = "") -> str:
    """Return a table with a line of headings.

    Args:
        headings: text.
        rows: their cells.
        texts: whether a column has texts, which stand to the left and may break; numbers stand to the right.
        kind: of the table, for its style.
    """
    head = "".join(f"<th{_of(text)}>{escape(name)}</th>" for name, text in zip(headings, texts, strict=True))
    body = "".join(f"<tr>{''.join(map(_cell, row, texts))}</tr>" for row in rows)
    kinds = f"cells {kind}".strip()
    return wide(f'<table class="{kinds}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>')


def _cell(cell: Cell, is_text: bool) -> str:
    shade = f' style="background: rgba(var(--shade), {cell.darkness:.3f})"' if cell.darkness else ""
    return f"<td{_of(is_text)}{shade}>{escape(cell.text)}</td>"


def _of(text: bool) -> str:
    return ' class="text"' if text else ""
