"""Scores of tags: of words one by one, of the spans they make, and of the label of a sentence."""

from collections.abc import Sequence

from elman.evaluation.base import Scored, score
from elman.evaluation.classes import class_tables
from elman.metrics.base import Matches


def tag_scores(gold: Sequence[Sequence[str]], found: Sequence[Sequence[str]], of_spans: bool) -> Scored:
    """Return accuracy, and which tag was taken for which; of tags of spans, which kind."""
    right = [
        Matches(sum(a == b for a, b in zip(true, given, strict=True)), len(true))
        for true, given in zip(gold, found, strict=True)
    ]
    one, other = ([tag for tags in sentences for tag in tags] for sentences in (gold, found))
    if of_spans:
        one, other = ([tag.partition("-")[2] or tag for tag in tags] for tags in (one, other))
    tables, _ = class_tables(one, other, "type of word" if of_spans else "tag")
    whole = Matches(*map(sum, zip(*right, strict=True)))
    return Scored([score("accuracy", whole, "of words", "tags:all")], tables, {"accuracy": ("accuracy", lambda: right)})


def sentence_labels(gold: Sequence[str], found: Sequence[str | None]) -> Scored:
    """Return the accuracy of the labels of sentences."""
    right = [Matches(int(one == other), 1) for one, other in zip(gold, found, strict=True)]
    whole = Matches(sum(one.correct for one in right), len(right))
    accuracy = score("accuracy", whole, "of sentences", "label", "label_accuracy")
    return Scored([accuracy], [], {"label_accuracy": ("accuracy", lambda: right)})
