"""Several pictures one below the other, as one SVG: a file has one root."""

import re
from collections.abc import Sequence

_SIZE = re.compile(r'\b(width|height)="([\d.]+)(pt|px)?"')
_POINT = 4 / 3  # of a pixel
_APART = 12.0


def stacked(pictures: Sequence[str]) -> str:
    """Return one `<svg>` element with the pictures in it, the first on top; of one, that one.

    Args:
        pictures: `<svg>` elements that say their width and height.
    """
    if len(pictures) < 2:
        return "".join(pictures)
    parts, below, widest = [], 0.0, 0.0
    for picture in pictures:
        head, _, body = picture.partition(">")
        width, height = _size(head)
        placed = _SIZE.sub("", head).replace("<svg", f'<svg y="{below:g}" width="{width:g}" height="{height:g}"', 1)
        parts.append(f"{placed}>{body}")
        below, widest = below + height + _APART, max(widest, width)
    size = f'width="{widest:g}" height="{below - _APART:g}"'
    return "\n".join([f'<svg xmlns="http://www.w3.org/2000/svg" {size}>', *parts, "</svg>"])


def _size(head: str) -> tuple[float, float]:
    """Return the width and the height that the head of a picture says, in pixels."""
    found = {name: float(number) * (_POINT if unit == "pt" else 1) for name, number, unit in _SIZE.findall(head)}
    return found["width"], found["height"]
