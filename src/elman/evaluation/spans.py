"""Scores of spans, as conlleval has them."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from elman.evaluation.base import ScoreSet, Told, score, scored
from elman.evaluation.details import Detail
from elman.metrics.base import SpanCounts, TypedSpans
from elman.text import schemes

SCORES: Mapping[str, Told] = dict.fromkeys(
    ("span_f1", "span_precision", "span_recall"), Told(SpanCounts, "of spans", "spans:conlleval")
)
"""The scores of spans."""


def span_scores(gold: Sequence[Sequence[str]], found: Sequence[Sequence[str]]) -> ScoreSet:
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
    rows: list[list[str | int | float]] = []
    for kind in sorted(counts):
        of_kind = SpanCounts(*counts[kind].tolist())
        values = [score(name, of_kind, "", "").value for name in ("span_precision", "span_recall", "span_f1")]
        rows.append([kind, *values, of_kind.gold, of_kind.predicted, of_kind.correct])
    columns = ["type", "precision", "recall", "F1", "in the file", "predicted", "correct"]
    tables = [Detail("By type", columns, rows)] if rows else []
    number = {kind: place for place, kind in enumerate(sorted(counts))}

    def typed() -> Iterator[TypedSpans]:
        return (_by_type(one, other, number) for one, other in zip(gold, found, strict=True))

    return scored(SCORES, {SpanCounts: (whole, lambda: sentences)})._replace(details=tables, beside={TypedSpans: typed})


def _by_type(gold: Sequence[str], found: Sequence[str], number: Mapping[str, int]) -> TypedSpans:
    """Return what became of the spans of a sentence, by the number of their type."""
    true, given = set(schemes.spans(gold)), set(schemes.spans(found))
    kinds = ([number[span.kind] for span in spans] for spans in (true & given, given, true))
    return TypedSpans(*(np.bincount(np.array(some, np.int64), minlength=len(number)) for some in kinds))
