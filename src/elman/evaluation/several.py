"""Scores of texts that may have several labels."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from elman.evaluation.base import ScoreSet, Seen, Told, Verdict, scored
from elman.evaluation.classes import decision_table, unseen
from elman.evaluation.mistakes import Asked
from elman.metrics.base import Decisions, Matches
from elman.text.vocabulary import Vocabulary

_IMPOSSIBLE = -1e9  # nats of a label that cannot be, for differences between two of them
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


def chosen(
    log_probs: np.ndarray, labels: Sequence[str], known: Vocabulary, threshold: float | None = None
) -> tuple[str | list[str], float, float]:
    """Return what a verdict asks: the likeliest label of a text or all that are given, log p of its true one, log-odds.

    Of several true ones that is the least likely that was learned; where none was, it is 0. The log-odds are those of
    the second label against the first.

    Args:
        log_probs: of each label that was learned, (K,).
        labels: of the text.
        known: the labels that were learned.
        threshold: of several labels, those are given where p is above; None where a text has one.
    """
    likelihood = float(log_probs[known.encode(label for label in labels if label in known)].min(initial=0.0))
    if threshold is None:
        first, second = np.maximum(log_probs[[0, -1]], _IMPOSSIBLE)
        return known.tokens[log_probs.argmax()], likelihood, float(second - first)
    return known.decode(np.flatnonzero(log_probs > np.log(threshold)).tolist()), likelihood, 0.0
