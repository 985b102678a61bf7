"""Which words of a network have vectors like that of a word."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from elman.errors import DataError, did_you_mean
from elman.evaluation.looked import visible
from elman.inference.predictor import Predictor
from elman.inspection.views.base import Seen, View
from elman.text.folding import aligned

_COUNT = 10


class NeighboursView(View):
    """The tokens whose vectors in the table that a network reads are nearest to that of a token, by cosine.

    An input is one token. What is near depends on what the network learned to predict, not on meaning alone.
    """

    title = "Neighbours"

    @classmethod
    def lacks(cls, model: Predictor) -> str:
        """Return what is missing: a table of vectors."""
        return "" if _table(model) is not None else f"{model.model.title} has no table of vectors of words."

    def look(self, lines: Sequence[str]) -> Iterator[Seen]:
        """Yield the neighbours of each token.

        Raises:
            DataError: a token has no vector.
        """
        found = _table(self.model)
        names, vectors = found if found is not None else ([], np.zeros((0, 1)))
        sizes = np.linalg.norm(vectors, axis=1)
        places = {name: place for place, name in enumerate(names)}
        for line in lines:
            word = line if line in places else line.strip().lower()
            if word not in places:
                hint = did_you_mean(word, names) if len(word) > 1 else ""
                hint = hint if hint.startswith("Did") else "Give one token of the vocabulary."
                raise DataError(f"{line!r} has no vector in this run. {hint}")
            at = places[word]
            cosines = vectors @ vectors[at] / np.maximum(sizes * sizes[at], 1e-300)
            cosines[at] = -np.inf
            order = np.argsort(-cosines, kind="stable")[: min(_COUNT, len(names) - 1)].tolist()
            rows = [[visible(names[one]), f"{cosines[one]:.3f}"] for one in order]
            facts = {
                "word": word,
                "neighbours": [{"word": names[one], "cosine": float(cosines[one])} for one in order],
            }
            first = ", ".join(row[0] for row in rows[:3])
            said = f"{visible(word)} is read most like {first}." if rows else f"{visible(word)} stands alone."
            weak = bool(rows) and cosines[order[0]] < 0.3
            said += " No vector is near: it is rare in training, or little was learned." if weak else ""
            yield Seen("\n".join(aligned([["word", "cosine"], *rows])), facts, verdict=said)


def _table(model: Predictor) -> tuple[list[str], Any] | None:
    """Return the tokens of a network and their vectors."""
    network: Any = model.model
    tokens = getattr(model.task, "tokens", None)
    weight = getattr(getattr(network, "embedding", None), "weight", None)
    if tokens is None or weight is None or len(weight) != len(tokens):
        return None
    return list(tokens.vocabulary.tokens), weight.detach().double().cpu().numpy()
