"""What word vectors are worth on a text: the loss of its pairs of words, and the word that is missing in a gap."""

from collections.abc import Mapping, Sequence

import numpy as np

from elman.evaluation.base import Evaluation, Told, scored
from elman.metrics.base import Likelihood, Matches

SCORES: Mapping[str, Told] = {
    "cross_entropy": Told(Likelihood, "nats/pair", "windows:drawn|seed:0"),
    "cloze_accuracy": Told(Matches, "of gaps", "gap:from both sides", "accuracy"),
}
"""The scores of word vectors on a text; none of a gap where there is none."""


def cloze_verdict(nats: float, pairs: int, words: int, missing: Sequence[int], guessed: np.ndarray) -> Evaluation:
    """Return what word vectors are worth on a text.

    Args:
        nats: the mean loss of its pairs of words.
        pairs: how many.
        words: how many words it has.
        missing: the word that belongs into each gap.
        guessed: the word that the model puts there.
    """
    whole: list[Likelihood | Matches] = [Likelihood(nats * pairs, pairs)]
    if missing:
        whole.append(Matches(int((guessed == np.array(missing)).sum()), len(missing)))
    scores = scored(SCORES, {type(one): (one, tuple) for one in whole}).scores
    counts = {"words": words, "pairs": pairs, "gaps": len(missing)}
    return Evaluation(scores, counts, show(nats) if pairs else "no pair of words to validate on", whole=whole)


def show(nats: float) -> str:
    """Return nats a pair."""
    return f"{nats:.4f} nats/pair"
