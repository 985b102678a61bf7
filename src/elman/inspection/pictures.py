"""What a view shows, as a picture and as a page."""

from collections.abc import Sequence
from dataclasses import asdict

from elman.inspection.views.base import Seen
from elman.pages import layout
from elman.pages.details import picture as drawing
from elman.pages.details import shown
from elman.pages.stacked import stacked


def picture(seen: Seen) -> str:
    """Return an SVG file of what is seen of one input."""
    found = [drawing(asdict(detail)) for detail in seen.details]
    return stacked([one for one in found if one is not None])


def page(title: str, run: str, seen: Sequence[Seen]) -> str:
    """Return a self-contained HTML page of what is seen of all inputs."""
    body = "".join(shown(asdict(detail)) for one in seen for detail in one.details)
    return layout.page(title, run, body).decode()
