"""At which sentences of a story a model looked before it answered a question, hop by hop."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from elman.errors import ConfigError
from elman.inspection.views.base import Seen, View
from elman.text.folding import aligned

_LEAST = 0.05


class HopsView(View):
    """At which sentences of its story each hop of a question looked.

    An input is a story, a tab and a question about it.
    """

    verb = "stories"
    title = "Where each hop looked"

    def look(self, lines: Sequence[str]) -> Iterator[Seen]:
        """Yield where the hops of each question looked.

        Raises:
            ConfigError: the model looks nowhere.
        """
        task, model = self.model.offering("stories"), self.model.ready
        for example in (task.parse(line, False) for line in lines):
            (answer,) = task.answer(model, [example], task.few)
            details = task.pictured(model, [example])
            if not details:
                raise ConfigError(f"{self.model.path}: {self.model.model.title} looks at no sentence of the story.")
            yield Seen(_text(answer.shown, answer.facts), answer.facts, details, {})


def _text(shown: str, facts: Any) -> str:
    """Return the answers, and a line for each sentence that a hop looked at: its share of each hop."""
    weights = np.array(facts["attention"]["hops"])
    rows = [["sentence", *(f"hop {hop + 1}" for hop in range(len(weights)))]]
    for sentence, shares in zip(facts["attention"]["story"], weights.T.tolist(), strict=True):
        if max(shares) >= _LEAST:
            rows.append([sentence, *(f"{share:.2f}" if share >= _LEAST else "" for share in shares)])
    return "\n".join([facts["question"], shown.partition("\t")[0], *aligned(rows, left=1)])
