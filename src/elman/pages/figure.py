"""A figure that a notebook shows without pyplot, which would keep every figure alive and choose a window for it."""

import io

from matplotlib import figure


class Figure(figure.Figure):
    """A figure of matplotlib that knows its own picture."""

    def _repr_svg_(self) -> str:
        """Return the picture, for a notebook."""
        target = io.StringIO()
        self.savefig(target, format="svg", metadata={"Date": None, "Creator": None})
        text = target.getvalue()
        return text[text.index("<svg") :]
