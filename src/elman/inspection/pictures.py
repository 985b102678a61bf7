"""What a view shows, as a picture and as a page."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from html import escape
from typing import Any

from elman.inspection.views.base import Seen
from elman.pages import layout
from elman.pages.charts import rasters
from elman.pages.details import picture as drawing
from elman.pages.details import shown as detail_shown
from elman.pages.stacked import stacked, stacked_rasters


def picture(seen: Seen) -> str:
    """Return an SVG file of what is seen of one input."""
    found = [drawing(asdict(detail)) for detail in seen.details]
    return stacked([*(one for one in found if one is not None), *(panel.draw() for panel in seen.panels)])


def raster(seen: Seen) -> bytes:
    """Return the same as a PNG file."""
    with rasters() as found:
        picture(seen)
    return stacked_rasters(found)


def shown(seen: Seen) -> str:
    """Return HTML with the verdict, the pictures and tables; empty where there are none."""
    pictures = "".join(f"<h2>{escape(one.title)}</h2>{layout.wide(one.draw())}" for one in seen.panels)
    body = pictures + "".join(detail_shown(asdict(detail)) for detail in seen.details)
    said = f"<p>{escape(seen.verdict)}</p>" if seen.verdict else ""
    text = f"<pre>{escape(seen.text)}</pre>" if seen.panels or not body else ""
    return f"{said}{body}{text}" if body or said or text else ""


def places(facts: Mapping[str, Any]) -> int:
    """Return how many places the longest text or series has that numbers are told of."""
    own = facts.get("places", ())
    inside = [one for value in facts.values() for one in (value if isinstance(value, list) else [value])]
    return max([len(own), *(places(one) for one in inside if isinstance(one, Mapping))])


def page(title: str, run: str, seen: Sequence[Seen]) -> str:
    """Return a self-contained HTML page of what is seen of all inputs."""
    return layout.page(title, run, "".join(map(shown, seen))).decode()
