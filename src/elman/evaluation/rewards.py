"""How good single texts are, for learning from rewards."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from elman.data.records import Padded
from elman.metrics.chrf import ChrfMetric
from elman.text.edits import edit_distance

Texts = tuple[str, str]
"""What was written, and what is right."""


class Reward(NamedTuple):
    """How good a task finds what is written.

    Args:
        of: how good texts are, 0 to 1, (B,): of the ids that were written, and of those that should be.
        longest: T, tokens of the longest target that is learned from, its end included.
    """

    of: Callable[[Padded, Padded], np.ndarray]
    longest: int


def rewards(score: str, texts: Sequence[Texts], split: Callable[[str], Sequence[str]]) -> list[float]:
    """Return how good each text is by a score, 0 to 1.

    chrF is that of the metric; BLEU is that of one text (sacrebleu's, of the orders that it has, smoothed); a rate of
    errors is taken from 1.

    Args:
        score: its name.
        texts: what was written, and what is right.
        split: cuts texts into the tokens of which errors are counted.
    """

    def right(said: str, gold: str) -> float:
        return 1.0 - min(1.0, edit_distance(split(said), split(gold)) / max(1, len(split(gold))))

    one: Mapping[str, Callable[[str, str], float]] = {
        "bleu": lambda said, gold: float(_bleu().sentence_score(said, [gold]).score) / 100,
        "chrf": lambda said, gold: float(_chrf().library.sentence_score(said, [gold]).score) / 100,
        "exact_match": lambda said, gold: float(said == gold),
        "error_rate": right,
    }
    return [one[score](*pair) for pair in texts]


@cache
def _chrf() -> ChrfMetric:
    return ChrfMetric()


@cache
def _bleu() -> Any:
    from sacrebleu.metrics.bleu import BLEU

    return BLEU(effective_order=True)
