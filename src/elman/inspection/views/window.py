"""Where the window of a pen stands over the text that it writes."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from elman.evaluation.looked import visible
from elman.inspection.views.base import Seen, View
from elman.text.folding import aligned


class WindowView(View):
    """At which points a pen that writes a text reads each of its characters.

    An input is a text; it is written, neatly, and shown.
    """

    verb = "handwriting"
    title = "Where the window stands"

    def look(self, lines: Sequence[str]) -> Iterator[Seen]:
        """Yield where the window stood for each text.

        Raises:
            ConfigError: one has a character that training has not.
        """
        task, model = self.model.offering("handwriting"), self.model.ready
        for text in lines:
            example = task.written(model, text)
            data = task.encode([example])
            (weights,) = model.windows(data)
            points = [[round(one, 3) for one in point] for point in example.fields["frames"].tolist()]
            weights_told = [[round(one, 4) for one in row] for row in weights.tolist()]
            facts = {"text": text, "points": points, "weights": weights_told}
            yield Seen(_text(text, weights), facts, task.windows(model, data), {})


def _text(text: str, weights: Any) -> str:
    """Return a line for each character: the points at which it is read more than any other."""
    most = weights.argmax(1)
    rows = [["character", "read most at points"]]
    for place, letter in enumerate(text):
        points = np.flatnonzero(most == place) + 1
        rows.append([visible(letter), f"{points[0]} to {points[-1]}" if len(points) else "-"])
    return "\n".join(aligned(rows, left=2))
