"""Scores of spans, as conlleval has them."""

from collections.abc import Sequence

import numpy as np

from elman.evaluation.base import Detail, Scored, score
from elman.metrics.base import SpanCounts
from elman.text import schemes


def span_scores(gold: Sequence[Sequence[str]], found: Sequence[Sequence[str]]) -> Scored:
    """Return F1, precision and recall of spans, in all and by type; NaN where there are none.

    Args:
        gold: the true tags of each sentence, in any scheme.
        found: those that were given.
    """
    counts: dict[str, np.ndarray] = {}
    sentences = []
    for one, other in zip(gold, found, strict=True):
        true, given = set(schemes.spans(one)), set(schemes.spans(other))
        parts = (true & given, given, true)
        sentences.append(SpanCounts(*map(len, parts)))
        for place, spans in enumerate(parts):
            for span in spans:
                counts.setdefault(span.kind, np.zeros(3, np.int64))[place] += 1
    whole = SpanCounts(*sum(counts.values(), np.zeros(3, np.int64)).tolist())
    names = ("span_f1", "span_precision", "span_recall")
    rows: list[list[str | int | float]] = []
    for kind in sorted(counts):
        of_kind = SpanCounts(*counts[kind].tolist())
        values = [score(name, of_kind, "", "").value for name in ("span_precision", "span_recall", "span_f1")]
        rows.append([kind, *values, of_kind.gold, of_kind.predicted, of_kind.correct])
    columns = ["type", "precision", "recall", "F1", "in the file", "predicted", "correct"]
    scores = [score(name, whole, "of spans", "spans:conlleval") for name in names]
    tables = [Detail("By type", columns, rows)] if rows else []
    return Scored(scores, tables, {name: (name, lambda: sentences) for name in names})
