"""Scores of texts that may have several labels."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from elman.evaluation.base import ScoreSet, Seen, Told, Verdict, scored
from elman.evaluation.classes import decision_table, unseen
from elman.evaluation.mistakes import Asked
from elman.metrics.base import Decisions, Matches
from elman.text.vocabulary import Vocabulary

SCORES: Mapping[str, Told] = {
    "micro_f1": Told(Decisions, "of labels", "labels:several|threshold:{threshold:g}"),
    "macro_f1": Told(Decisions, "of labels", "labels:several|threshold:{threshold:g}"),
    "exact_match": Told(Matches, "of texts", "labels:several, all right{other}", "accuracy"),
}
"""The scores of texts that may have several labels."""

_MOST_SHOWN = 24


def several_scores(
    gold: Sequence[Sequence[str]], given: Sequence[Sequence[str]], known: Sequence[str], threshold: float = 0.5
) -> ScoreSet:
    """Return F1 over all labels, and how often all labels of a text are right. A label is given where p > threshold.

    Args:
        gold: the labels of each text.
        given: the labels that were given to each.
        known: the labels that were learned.
        threshold: above 0, below 1.
    """
    names = list(known)
    names += sorted({label for labels in gold for label in labels} - set(known))
    number = {name: place for place, name in enumerate(names)}
    true, said = ([np.unique([number[label] for label in labels]) for labels in each] for each in (gold, given))
    decisions = _decisions(true, said, len(names))
    exact = [np.array_equal(one, other) for one, other in zip(true, said, strict=True)]
    other = f"|threshold:{threshold:g}" if threshold != 0.5 else ""

    def each() -> Iterator[Decisions]:
        return (_decisions([one], [other], len(names)) for one, other in zip(true, said, strict=True))

    whole = Matches(sum(exact), len(gold))
    seen: Seen = {
        Decisions: (decisions, each),
        Matches: (whole, lambda: (Matches(int(right), 1) for right in exact)),
    }
    found = scored(SCORES, seen, threshold=threshold, other=other)
    return found._replace(details=[decision_table(names[:_MOST_SHOWN], decisions, "label")])


def _decisions(true: Sequence[np.ndarray], given: Sequence[np.ndarray], classes: int) -> Decisions:
    """Return the decisions about things that have several classes each; no table of N x K is made.

    Args:
        true: the classes of each, by number.
        given: those that it was given.
        classes: K.
    """
    both = [np.intersect1d(one, other, assume_unique=True) for one, other in zip(true, given, strict=True)]
    hits, false, missed = (
        np.bincount(np.concatenate([*some, []]).astype(np.int64), minlength=classes) for some in (both, given, true)
    )
    return Decisions(hits, false - hits, missed - hits)


def several_verdict(
    asked: Asked,
    gold: Sequence[Sequence[str]],
    given: Sequence[Sequence[str]],
    likelihood: Sequence[float],
    known: Vocabulary,
    threshold: float = 0.5,
) -> Verdict:
    """Return what answers to texts are worth that may have several labels.

    Args:
        asked: the texts.
        gold: the labels of each.
        given: the labels that were given to each.
        likelihood: how likely the model finds the least likely of its true labels; the less, the worse a mistake.
        known: the labels that were learned.
        threshold: a label is given where p is above.
    """
    found = several_scores(gold, given, known.tokens, threshold)
    wrong = {row: -likelihood[row] for row, labels in enumerate(gold) if set(labels) != set(given[row])}
    worst = asked.worst(wrong, lambda row: (", ".join(gold[row]), ", ".join(given[row])))
    counts = {"labels unseen in training": unseen(gold, known), **asked.counts}
    shown = f"micro F1 {found.scores[0].value:.2%}"
    return Verdict(found.scores, [*found.details, *worst], found.observed, counts, shown, [*map(sorted, gold)])
