"""Scores of numbers that were predicted."""

from collections.abc import Iterable, Sequence
from itertools import starmap

import numpy as np

from elman.evaluation.base import Scored, score
from elman.metrics.base import Pairs


def correlations(gold: Sequence[float], predicted: Sequence[float]) -> Scored:
    """Return the correlations of scores and their error; ranks are not of pieces."""
    pairs = Pairs(np.array(gold), np.array(predicted))
    units = {"pearson": "-1 to 1", "spearman": "-1 to 1", "mean_squared_error": "squared units of the score"}

    def each() -> Iterable[Pairs]:
        return starmap(Pairs, np.stack(pairs, axis=1)[..., None])

    scores = [score(name, pairs, unit, "scores:all") for name, unit in units.items()]
    return Scored(scores, [], {name: (name, each) for name in ("pearson", "mean_squared_error")})
