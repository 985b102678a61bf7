"""Eigenvalues in the plane and singular values in their order, as SVG."""

from collections.abc import Mapping, Sequence

import numpy as np

from elman.pages.charts import COLORS, drawn

_INKS = [COLORS[name] for name in ("first", "warm", "second", "third", "fourth")]


def spectrum(
    eigenvalues: Mapping[str, Sequence[Sequence[float]]], singular: Mapping[str, Sequence[float]], name: str
) -> str:
    """Return an `<svg>` element.

    Args:
        eigenvalues: real and imaginary parts, by the letter of a block.
        singular: largest first, by the letter.
        name: of the layer.
    """
    with drawn((8.4, 3.6)) as picture:
        axes = picture.axes
        axes.set_axis_off()
        left, right = axes.inset_axes((0.04, 0.12, 0.4, 0.8)), axes.inset_axes((0.56, 0.12, 0.42, 0.8))
        turn = np.linspace(0, 2 * np.pi, 200)
        left.plot(np.cos(turn), np.sin(turn), color=COLORS["line"], linewidth=1)
        for ink, (letter, values) in zip(_INKS, eigenvalues.items(), strict=False):
            points = np.array(values, np.float64)
            left.plot(points[:, 0], points[:, 1], ".", color=ink, markersize=4, label=letter)
        for ink, (letter, sizes) in zip(_INKS, singular.items(), strict=False):
            right.plot(range(1, len(sizes) + 1), sizes, color=ink, linewidth=1.3, label=letter)
        left.set_aspect("equal", "datalim")
        left.set_xlabel("real part of λ; the circle is |λ| = 1")
        left.set_ylabel("imaginary part")
        right.axhline(1, color=COLORS["line"], linewidth=1)
        right.set_xlabel(f"{name}: singular value, by size")
        right.set_ylabel("σ")
        right.legend(frameon=False, fontsize=8)
        for one in (left, right):
            one.spines[["top", "right"]].set_visible(False)
            one.tick_params(labelsize=8)
    return picture.svg
