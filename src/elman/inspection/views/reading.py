"""Which words of a question the words of a passage looked at, around the answer."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from elman.errors import ConfigError
from elman.inspection.views.base import Seen, View
from elman.text.folding import aligned

_MOST, _LEAST = 2, 0.05


class ReadingView(View):
    """Which words of a question the words of its passage looked at, around the answer.

    An input is a passage, a tab and a question about it.
    """

    verb = "passages"
    title = "Where the passage looked at the question"

    def look(self, lines: Sequence[str]) -> Iterator[Seen]:
        """Yield where the words around each answer looked.

        Raises:
            ConfigError: the model looks nowhere, or the passage has no words.
        """
        task, model = self.model.offering("passages"), self.model.ready
        for example in (task.parse(line, False) for line in lines):
            (answer,) = task.answer(model, [example], 1)
            details = task.pictured(model, [example])
            if not details:
                raise ConfigError(f"{self.model.path}: {self.model.model.title} looks at no word of this question.")
            yield Seen(_text(answer.shown, answer.facts["attention"]), answer.facts, details, {})


def _text(shown: str, attention: Any) -> str:
    """Return the answer, and a line for each word around it: at which words of the question it looked."""
    rows = [["word", "looked at, with its share"]]
    for word, weights in zip(attention["passage"], np.array(attention["weights"]), strict=True):
        order = np.argsort(-weights, kind="stable")[:_MOST].tolist()
        told = [f"{attention['question'][place]} {weights[place]:.2f}" for place in order if weights[place] >= _LEAST]
        rows.append([word, "   ".join(told)])
    return "\n".join([shown, *aligned(rows, left=2)])
