"""How good single texts are, for learning from rewards."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from elman.text.edits import edit_distance

Texts = tuple[str, str]
"""What was written, and what is right."""


def rewards(score: str, texts: Sequence[Texts], split: Callable[[str], Sequence[str]]) -> list[float]:
    """Return how good each text is by a score, 0 to 1.

    BLEU is that of one text (sacrebleu's, of the orders that it has, smoothed); a rate of errors is taken from 1.

    Args:
        score: its name.
        texts: what was written, and what is right.
        split: cuts texts into the tokens of which errors are counted.
    """

    def right(said: str, gold: str) -> float:
        return 1.0 - min(1.0, edit_distance(split(said), split(gold)) / max(1, len(split(gold))))

    one: Mapping[str, Callable[[str, str], float]] = {
        "bleu": lambda said, gold: float(_bleu().sentence_score(said, [gold]).score) / 100,
        "chrf": lambda said, gold: float(_chrf().sentence_score(said, [gold]).score) / 100,
        "exact_match": lambda said, gold: float(said == gold),
        "error_rate": right,
    }
    return [one[score](*pair) for pair in texts]


@cache
def _chrf() -> Any:
    from sacrebleu.metrics.chrf import CHRF

    return CHRF()


@cache
def _bleu() -> Any:
    from sacrebleu.metrics.bleu import BLEU

    return BLEU(effective_order=True)
