"""Scores of numbers that were predicted."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import starmap

import numpy as np

from elman.evaluation.base import ScoreSet, Told, Verdict, kind_of, scored
from elman.evaluation.mistakes import Asked
from elman.metrics.base import Pairs

SCORES: Mapping[str, Told] = {
    "pearson": Told(Pairs, "-1 to 1", "scores:all"),
    "spearman": Told(Pairs, "-1 to 1", "scores:all"),
    "mean_squared_error": Told(Pairs, "squared units of the score", "scores:all"),
}
"""The scores of predicted numbers."""


def correlations(gold: Sequence[float], predicted: Sequence[float]) -> ScoreSet:
    """Return the correlations of scores and their error; ranks are not of pieces."""
    pairs = Pairs(np.array(gold), np.array(predicted))

    def each() -> Iterable[Pairs]:
        return starmap(Pairs, np.stack(pairs, axis=1)[..., None])

    found = scored(SCORES, {Pairs: (pairs, each)})
    return found._replace(observed={name: one for name, one in found.observed.items() if kind_of(name).adds})


def graded_verdict(asked: Asked, gold: Sequence[float], predicted: Sequence[float]) -> Verdict:
    """Return what predicted scores of things are worth; the worst are the furthest from those of the file.

    Args:
        asked: the things.
        gold: the score of each.
        predicted: the score that was given to each.
    """
    found = correlations(gold, predicted)
    far = {row: abs(one - predicted[row]) for row, one in enumerate(gold)}
    worst = asked.worst(far, lambda row: (f"{gold[row]:g}", f"{predicted[row]:.3f}"))
    shown = f"Pearson {found.scores[0].value:.4f}"
    return Verdict(found.scores, worst, found.observed, {}, shown, gold)
