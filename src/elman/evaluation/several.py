"""Scores of texts that may have several labels."""

from collections.abc import Sequence
from itertools import starmap

import numpy as np

from elman.evaluation.base import Observed, Scored, Verdict, score
from elman.evaluation.classes import decision_table, unseen
from elman.evaluation.mistakes import Asked
from elman.metrics.base import Decisions, Matches
from elman.text.vocabulary import Vocabulary

_MOST_SHOWN = 24


def several_scores(
    gold: Sequence[Sequence[str]], log_probs: np.ndarray, known: Sequence[str], threshold: float = 0.5
) -> Scored:
    """Return F1 over all labels, and how often all labels of a text are right. A label is given where p > threshold.

    Args:
        gold: the labels of each text.
        log_probs: log p of each label that was learned, (N, K).
        known: the labels that were learned.
        threshold: above 0, below 1.
    """
    names = list(known)
    names += sorted({label for labels in gold for label in labels} - set(known))
    true = np.array([[name in labels for name in names] for labels in gold], dtype=bool).reshape(-1, len(names))
    given = np.zeros_like(true)
    given[:, : log_probs.shape[1]] = log_probs > np.log(threshold)
    became = true & given, ~true & given, true & ~given
    decisions = Decisions(*(part.sum(0) for part in became))
    exact = (true == given).all(1)
    signature = f"labels:several|threshold:{threshold:g}"
    exactly = "labels:several, all right" + (f"|threshold:{threshold:g}" if threshold != 0.5 else "")
    scores = [
        score("micro_f1", decisions, "of labels", signature),
        score("macro_f1", decisions, "of labels", signature),
        score("accuracy", Matches(int(exact.sum()), len(gold)), "of texts", exactly, "exact_match"),
    ]
    observed: Observed = {
        "micro_f1": ("micro_f1", lambda: starmap(Decisions, zip(*became, strict=True))),
        "macro_f1": ("macro_f1", lambda: starmap(Decisions, zip(*became, strict=True))),
        "exact_match": ("accuracy", lambda: (Matches(int(right), 1) for right in exact)),
    }
    return Scored(scores, [decision_table(names[:_MOST_SHOWN], decisions, "label")], observed)


def several_verdict(
    asked: Asked, gold: Sequence[Sequence[str]], log_probs: np.ndarray, known: Vocabulary, threshold: float = 0.5
) -> Verdict:
    """Return what answers to texts are worth that may have several labels.

    Args:
        asked: the texts.
        gold: the labels of each.
        log_probs: log p of each label that was learned, (N, K).
        known: the labels that were learned.
        threshold: a label is given where p is above.
    """
    scored = several_scores(gold, log_probs, known.tokens, threshold)
    given = [[known.tokens[label] for label in np.flatnonzero(row > np.log(threshold))] for row in log_probs]
    wrong = {
        row: -least_likely(log_probs[row], labels, known)
        for row, labels in enumerate(gold)
        if set(labels) != set(given[row])
    }
    worst = asked.worst(wrong, lambda row: (", ".join(gold[row]), ", ".join(given[row])))
    counts = {"labels unseen in training": unseen(gold, known), **asked.counts}
    shown = f"micro F1 {scored.scores[0].value:.2%}"
    return Verdict(scored.scores, [*scored.details, *worst], scored.observed, counts, shown, [*map(sorted, gold)])


def least_likely(log_probs: np.ndarray, labels: Sequence[str], known: Vocabulary) -> float:
    """Return log p of the least likely of the labels of one text that were learned; 0 where none was.

    Args:
        log_probs: of each label that was learned, (K,).
        labels: of the text.
        known: the labels that were learned.
    """
    return float(log_probs[known.encode(label for label in labels if label in known)].min(initial=0.0))


def chosen(log_probs: np.ndarray, labels: Sequence[str], known: Vocabulary) -> tuple[str, float]:
    """Return the likeliest label of a text that has one, and log p of its true one: all that a verdict asks.

    Args:
        log_probs: of each label that was learned, (K,).
        labels: of the text.
        known: the labels that were learned.
    """
    return known.tokens[log_probs.argmax()], least_likely(log_probs, labels, known)
