"""Several pictures in one SVG file, which has one root."""

import io
import re
from collections.abc import Sequence
from typing import NamedTuple

_PICTURE = re.compile(r"<svg\b.*</svg>", re.DOTALL)
_SIZE = re.compile(r'\b(width|height)="([\d.]+)(pt|px)?"')
_ROOT = re.compile(r"<svg\b[^>]*>")
_POINT = 4 / 3
"""Pixels of a point."""


class _Sized(NamedTuple):
    """An `<svg>` element, and its size in pixels."""

    svg: str
    width: float
    height: float


def stacked(pictures: Sequence[str]) -> str:
    """Return an `<svg>` element with pictures below each other; one alone is as it was.

    Args:
        pictures: `<svg>` elements that say their sizes in points or pixels; what stands beside them is left out.
    """
    found = [element for picture in pictures for element in _PICTURE.findall(picture)]
    if len(found) == 1:
        return found[0]
    every = [_sized(one) for one in found]
    width, below, placed = max((one.width for one in every), default=0), 0.0, []
    for one in every:
        placed.append(f'<g transform="translate(0 {below:g})">\n{one.svg}\n</g>')
        below += one.height
    size = f'width="{width:g}" height="{below:g}" viewBox="0 0 {width:g} {below:g}"'
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', *placed, "</svg>"])


def _sized(svg: str) -> _Sized:
    root = _ROOT.match(svg)
    sizes = {name: float(value) * (_POINT if unit == "pt" else 1) for name, value, unit in _SIZE.findall(root[0])}  # type: ignore[index]
    return _Sized(svg, sizes["width"], sizes["height"])


def stacked_rasters(pictures: Sequence[bytes]) -> bytes:
    """Return PNG files below each other as one, on white; one alone is as it was."""
    if len(pictures) == 1:
        return pictures[0]
    from PIL import Image  # with matplotlib

    every = [Image.open(io.BytesIO(one)).convert("RGB") for one in pictures]
    width, height = max((one.width for one in every), default=1), sum(one.height for one in every)
    whole, below, target = Image.new("RGB", (width, max(1, height)), "white"), 0, io.BytesIO()
    for one in every:
        whole.paste(one, (0, below))
        below += one.height
    whole.save(target, "PNG")
    return target.getvalue()
