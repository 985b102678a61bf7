"""Numbers over places and units, as SVG: a cell for each, colored by its value."""

from collections.abc import Sequence

import numpy as np

from elman.pages.charts import drawn, plain
from elman.pages.over_places import named


def grid(
    places: Sequence[str], values: np.ndarray, most: float, label: str, rows: Sequence[str], down: str = "unit",
    across: str = "place",
) -> str:  # fmt: skip
    """Return an `<svg>` element.

    Args:
        places: what stands at each place.
        values: (T, N).
        most: the number with the darkest color; -`most` has the other one. Numbers beyond have the same colors.
        label: what is shown, with its range.
        rows: the names of the N.
        down: what these are.
        across: what places are.
    """
    width = min(13.0, max(4.5, 1.8 + 0.2 * len(places)))
    with drawn((width, min(9.0, max(3.2, 1.3 + 0.09 * values.shape[1])))) as picture:
        axes = picture.axes
        signed = bool((values < 0).any())
        mesh = axes.imshow(
            values.T, aspect="auto", interpolation="nearest", cmap="RdBu_r" if signed else "Blues",
            vmin=-most if signed else 0.0, vmax=most,
        )  # fmt: skip
        axes.set_ylabel(plain(down))
        every = max(1, -(-len(rows) // 24))
        axes.set_yticks(range(0, len(rows), every), [plain(one) for one in rows[::every]], fontsize=7)
        named(axes, places, across)
        axes.figure.colorbar(mesh, ax=axes, pad=0.01).set_label(plain(label), fontsize=8)
    return picture.svg
