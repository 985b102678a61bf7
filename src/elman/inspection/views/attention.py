"""Which places of its texts a model that labels or compares them read most."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from elman.data.records import Example
from elman.errors import ConfigError
from elman.evaluation.looked import looked
from elman.inference.predictor import Predictor
from elman.inspection.layers_view import LayersView
from elman.inspection.numbers import brief, listed
from elman.inspection.views.base import Panel, Seen
from elman.pages.colored_tokens import colored_tokens
from elman.text.folding import aligned


class AttentionView(LayersView):
    """Where a model read: the share of its attention that each place has. It says where, not why.

    A classifier with `pooling = "attention"` reads each text once, a pair with attention from each word of the second
    text. What writes to a source is shown by `alignment`, a memory network by `hops`.
    """

    title = "Attention"
    takes = ()

    @classmethod
    def lacks(cls, model: Predictor) -> str:
        """Return what is missing: attention."""
        for verb, view in (("targets", "alignment"), ("stories", "hops"), ("passages", "reading")):
            if verb in model.task.verbs:
                return f"where {model.model.title} looked is shown by the view {view}."
        return super().lacks(model) or ("" if _looks(model) else f"{model.model.title} has no attention.")

    def seen(self, example: Example) -> Seen:
        """Return where the model read one input.

        Raises:
            ConfigError: it read nowhere.
        """
        task: Any = self.subject.task
        (found,) = task.each(self.model.model, task.encode([example]), True)
        weights = found[2]
        if weights is None:
            raise ConfigError(f"{self.model.path}: {self.model.model.title} has no attention.")
        places = self.subject.places(example)
        facts = {"places": places, "weights": listed(weights)}
        if weights.ndim == 1:
            return _once(places[0], weights, facts)
        detail = looked(places[0], places[1][: len(weights)], weights, "Where it read")
        rows = [[word, *_most(places[0], row)] for word, row in zip(places[1], weights, strict=False)]
        return Seen("\n".join(aligned([["read from", "most", "share"], *rows], left=2)), facts, [detail])


def _once(places: Sequence[str], weights: np.ndarray, facts: dict[str, Any]) -> Seen:
    """Return how a text was read that is read once."""
    order = np.argsort(-weights, kind="stable")
    share = weights / max(float(weights.sum()), 1e-300)
    spread = float(np.exp(-(share * np.log(np.maximum(share, 1e-300))).sum()))
    first = ", ".join(f"{places[at]} {weights[at]:.2f}" for at in order[:3])
    said = f"Read most: {first}. It reads as widely as over {brief(spread)} of {len(places)} places."
    rows = [["place", "share"], *([place, f"{weight:.3f}"] for place, weight in zip(places, weights, strict=False))]
    most = float(weights.max())
    panel = Panel("Where it read", lambda: colored_tokens(places, weights.tolist(), most, "share of the attention"))
    return Seen("\n".join(aligned(rows)), facts, verdict=said, panels=[panel])


def _most(places: Sequence[str], row: np.ndarray) -> list[str]:
    at = int(row[: len(places)].argmax())
    return [places[at], f"{row[at]:.2f}"]


def _looks(model: Predictor) -> bool:
    """Say whether a model looks anywhere."""
    pooled = getattr(model.model.config, "pooling", "") == "attention"
    return pooled or getattr(model.model.config, "attention", "none") != "none"
