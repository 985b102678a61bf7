"""Scores of texts or series that have labels: one each, or several."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from elman.answers.labels import beginning
from elman.data.records import Example
from elman.evaluation.base import Verdict
from elman.evaluation.classes import class_verdict
from elman.evaluation.mistakes import GOLD, PREDICTED, WHERE, Asked
from elman.evaluation.several import several_verdict
from elman.text.vocabulary import Vocabulary

_IMPOSSIBLE = -1e9  # nats of a label that cannot be, for differences between two of them


def label_verdict(
    examples: Sequence[Example],
    said: Sequence[Any],
    known: Vocabulary,
    things: tuple[str, str],
    empty: int,
    threshold: float | None,
) -> Verdict:
    """Return accuracy and F1, or F1 over all labels where there may be several.

    Args:
        examples: with their labels.
        said: of each what `given_labels` returns.
        known: the labels that were learned.
        things: what examples are, in the singular and in the plural.
        empty: how many have nothing to read.
        threshold: a label of several is given where p is above; None where each has one.
    """
    thing, plural = things
    gold = [list(example.fields["labels"]) for example in examples]
    counts = {} if threshold else {"labels beyond the first": sum(len(labels) - 1 for labels in gold)}
    counts[f"empty {plural}"] = empty
    columns = (WHERE, GOLD, PREDICTED, thing)
    asked = Asked(examples, columns, lambda example: {thing: beginning(example)}, counts)
    predicted, likelihood, odds = zip(*said, strict=True)
    if threshold:
        return several_verdict(asked, gold, predicted, likelihood, known, threshold)
    return class_verdict(asked, gold, predicted, likelihood, known, plural, odds)


def given_labels(
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
