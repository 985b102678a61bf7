"""Scores of numbers that were predicted."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import starmap

import numpy as np

from elman.evaluation.base import ScoreSet, Verdict, score
from elman.evaluation.mistakes import Asked
from elman.metrics.base import Pairs

_UNITS = {"pearson": "-1 to 1", "spearman": "-1 to 1", "mean_squared_error": "squared units of the score"}
SCORES: Mapping[str, type] = dict.fromkeys(_UNITS, Pairs)
"""The scores of predicted numbers, and what they observe."""


def correlations(gold: Sequence[float], predicted: Sequence[float]) -> ScoreSet:
    """Return the correlations of scores and their error; ranks are not of pieces."""
    pairs = Pairs(np.array(gold), np.array(predicted))

    def each() -> Iterable[Pairs]:
        return starmap(Pairs, np.stack(pairs, axis=1)[..., None])

    scores = [score(name, pairs, unit, "scores:all") for name, unit in _UNITS.items()]
    return ScoreSet(scores, [], {name: (name, each) for name in ("pearson", "mean_squared_error")})


def graded_verdict(asked: Asked, gold: Sequence[float], predicted: Sequence[float]) -> Verdict:
    """Return what predicted scores of things are worth; the worst are the furthest from those of the file.

    Args:
        asked: the things.
        gold: the score of each.
        predicted: the score that was given to each.
    """
    scored = correlations(gold, predicted)
    far = {row: abs(one - predicted[row]) for row, one in enumerate(gold)}
    worst = asked.worst(far, lambda row: (f"{gold[row]:g}", f"{predicted[row]:.3f}"))
    shown = f"Pearson {scored.scores[0].value:.4f}"
    return Verdict(scored.scores, worst, scored.observed, {}, shown, gold)
