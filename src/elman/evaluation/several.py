"""Scores of texts that may have several labels."""

from collections.abc import Sequence
from itertools import starmap

import numpy as np

from elman.evaluation.base import Observed, Scored, score
from elman.evaluation.classes import decision_table
from elman.metrics.base import Decisions, Matches

_MOST_SHOWN = 24


def several_scores(gold: Sequence[Sequence[str]], log_probs: np.ndarray, known: Sequence[str]) -> Scored:
    """Return F1 over all labels, and how often all labels of a text are right. A label is given where p > 1/2.

    Args:
        gold: the labels of each text.
        log_probs: log p of each label that was learned, (N, K).
        known: the labels that were learned.
    """
    names = list(known)
    names += sorted({label for labels in gold for label in labels} - set(known))
    true = np.array([[name in labels for name in names] for labels in gold], dtype=bool).reshape(-1, len(names))
    given = np.zeros_like(true)
    given[:, : log_probs.shape[1]] = log_probs > np.log(0.5)
    became = true & given, ~true & given, true & ~given
    decisions = Decisions(*(part.sum(0) for part in became))
    exact = (true == given).all(1)
    signature = "labels:several|threshold:0.5"
    scores = [
        score("micro_f1", decisions, "of labels", signature),
        score("macro_f1", decisions, "of labels", signature),
        score("accuracy", Matches(int(exact.sum()), len(gold)), "of texts", "labels:several, all right", "exact_match"),
    ]
    observed: Observed = {
        "micro_f1": ("micro_f1", lambda: starmap(Decisions, zip(*became, strict=True))),
        "macro_f1": ("macro_f1", lambda: starmap(Decisions, zip(*became, strict=True))),
        "exact_match": ("accuracy", lambda: (Matches(int(right), 1) for right in exact)),
    }
    return Scored(scores, [decision_table(names[:_MOST_SHOWN], decisions, "label")], observed)
