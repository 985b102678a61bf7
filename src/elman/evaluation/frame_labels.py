"""Scores of labels of frames: one by one, and which stretches are wrong."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from elman.answers.frame_labels import stretches
from elman.answers.tags import Tagged
from elman.coders.tags import TagsCoder
from elman.data.places import short_places
from elman.data.records import Example
from elman.evaluation.base import Seen, Told, Verdict, scored
from elman.evaluation.classes import class_tables, unseen
from elman.evaluation.details import Detail
from elman.evaluation.mistakes import GOLD, PREDICTED, WHERE
from elman.metrics.base import Decisions, Matches, count_decisions

SCORES: Mapping[str, Told] = {
    "accuracy": Told(Matches, "of frames", "labels:each frame"),
    "macro_f1": Told(Decisions, "of labels", "labels:each frame"),
}
"""The scores of labels of frames."""

_MOST = 10


def frame_verdict(examples: Sequence[Example], found: Sequence[Tagged], coder: TagsCoder) -> Verdict:
    """Return what the labels of the frames of recordings are worth.

    Args:
        examples: the recordings, with the labels that the file has.
        found: what the model says to each.
        coder: of the labels.
    """
    gold, given = [list(example.fields["tags"]) for example in examples], [one.tags for one in found]
    flat, said = ([label for labels in some for label in labels] for some in (gold, given))
    tables, became = class_tables(flat, said, "label")
    right = [sum(map(str.__eq__, *both)) for both in zip(gold, given, strict=True)]
    matches = [Matches(hits, len(labels)) for hits, labels in zip(right, gold, strict=True)]
    number = {name: place for place, name in enumerate(sorted({*flat, *said}))}

    def decisions() -> Iterator[Decisions]:
        for labels, tags in zip(gold, given, strict=True):
            true, told = (np.array([number[one] for one in some], np.int64) for some in (labels, tags))
            yield count_decisions(true, told, len(number))

    seen: Seen = {Matches: (Matches(sum(right), len(flat)), lambda: matches), Decisions: (became, decisions)}
    scores = scored(SCORES, seen)
    counts = {
        "labels unseen in training": unseen(gold, coder.vocabulary),
        "stretches": sum(len(stretches(labels)) for labels in gold),
        "predicted stretches": sum(len(stretches(labels)) for labels in given),
    }
    majority = {"accuracy": flat.count(coder.names[0]) / max(1, len(flat))}
    shown = f"accuracy {scores.scores[0].value:.2%}"
    details = [*tables, *_longest(examples, gold, given)]
    return Verdict(scores.scores, details, scores.observed, counts, shown, gold, majority)


def _longest(
    examples: Sequence[Example], gold: Sequence[Sequence[str]], given: Sequence[Sequence[str]]
) -> list[Detail]:
    """Return the longest stretches that have one label in the file and another by the model."""
    places = short_places([example.where for example in examples])
    wrong = []
    for place, labels, tags in zip(places, gold, given, strict=True):
        both = [f"{true}\0{told}" for true, told in zip(labels, tags, strict=True)]
        for one in stretches(both):
            true, told = one.label.split("\0")
            if true != told:
                wrong.append((one.stop - one.first, [place, f"{one.first + 1:,} to {one.stop:,}", true, told]))
    rows = [row for _, row in sorted(wrong, key=lambda one: -one[0])[:_MOST]]
    return [Detail("Worst mistakes", [WHERE, "frames", GOLD, PREDICTED], rows)] if rows else []
