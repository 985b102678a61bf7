"""Scores of texts or series that have labels: one each, or several."""

from collections.abc import Sequence
from typing import Any

from elman.answers.labels import beginning
from elman.data.records import Example
from elman.evaluation.base import Verdict
from elman.evaluation.classes import class_verdict
from elman.evaluation.mistakes import GOLD, PREDICTED, WHERE, Asked
from elman.evaluation.several import several_verdict
from elman.text.vocabulary import Vocabulary


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
        said: of each what `chosen` keeps.
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
