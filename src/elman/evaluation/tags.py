"""Scores of tags: of words one by one, of the spans they make, and of the label of a sentence."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from elman.answers.tags import Tagged, tagged_line
from elman.coders.tags import TagsCoder
from elman.evaluation.base import ScoreSet, Told, Verdict, scored
from elman.evaluation.classes import class_tables, unseen
from elman.evaluation.details import Detail
from elman.evaluation.mistakes import Asked
from elman.evaluation.spans import span_scores
from elman.metrics.base import Matches
from elman.text import schemes

SCORES: Mapping[str, Told] = {"accuracy": Told(Matches, "of words", "tags:all")}
"""The scores of tags one by one."""

OF_A_LABEL: Mapping[str, Told] = {"label_accuracy": Told(Matches, "of sentences", "label", "accuracy")}
"""The same where a sentence has a label too."""


def tag_scores(gold: Sequence[Sequence[str]], found: Sequence[Sequence[str]], of_spans: bool) -> ScoreSet:
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
    return scored(SCORES, {Matches: (whole, lambda: right)})._replace(details=tables)


def sentence_labels(gold: Sequence[str], found: Sequence[str | None]) -> ScoreSet:
    """Return the accuracy of the labels of sentences."""
    right = [Matches(int(one == other), 1) for one, other in zip(gold, found, strict=True)]
    whole = Matches(sum(one.correct for one in right), len(right))
    return scored(OF_A_LABEL, {Matches: (whole, lambda: right)})


def tag_verdict(
    asked: Asked,
    written: Sequence[Sequence[str]],
    found: Sequence[Tagged],
    coder: TagsCoder,
    labels: Sequence[str],
    usual: str = "",
) -> Verdict:
    """Return what the tags of sentences are worth: their spans where they mark some, and the label of the sentence.

    Args:
        asked: the sentences.
        written: the tags of each as the file has them.
        found: what the model says to each.
        coder: of the tags.
        labels: of the sentences, if they have some.
        usual: the label that is most frequent in training.
    """
    tags = [one.tags for one in found]
    counts = {"tags unseen in training": unseen(map(coder.written, written), coder.vocabulary)}
    gold: Sequence[Any] = [coder.rewritten(one) for one in written]
    if coder.scheme == "none":
        of_all = tag_scores(gold, tags, False)
    else:
        counts["impossible tags"] = sum(schemes.illegal(one, coder.scheme) for one in written)
        of_all = span_scores(gold, tags).and_then(tag_scores(gold, tags, True))
    majority = _majority(gold, coder)
    worst = _worst(asked, written, gold, found, coder.scheme != "none")
    if labels:
        of_all = of_all.and_then(sentence_labels(labels, [one.label for one in found]))
        gold = list(zip(gold, labels, strict=True))
        majority["label_accuracy"] = labels.count(usual) / len(labels)
    first = of_all.scores[0]
    shown = f"{'F1' if first.name == 'span_f1' else first.name} {first.value:.2%}"
    details = [*of_all.details, *worst]
    return Verdict(of_all.scores, details, of_all.observed, counts, shown, gold, majority, of_all.beside)


def _majority(gold: Sequence[Sequence[str]], coder: TagsCoder) -> dict[str, float]:
    """Return how many words have the tag that is most frequent in training; nothing where that begins a span."""
    usual, words = coder.names[0], sum(map(len, gold))
    if not words or (coder.scheme != "none" and usual != schemes.OUTSIDE):
        return {}
    return {"accuracy": sum(tags.count(usual) for tags in map(list, gold)) / words}


def _worst(
    asked: Asked,
    written: Sequence[Sequence[str]],
    gold: Sequence[Sequence[str]],
    found: Sequence[Tagged],
    of_spans: bool,
) -> list[Detail]:
    """Return the sentences that the model is most wrong about: its wrong tags, and how sure it was of them."""
    wrong = {}
    for row in reversed(range(len(gold))):  # of equal ones the last first
        differ = [one != other for one, other in zip(gold[row], found[row].tags, strict=True)]
        if any(differ):
            wrong[row] = float(np.exp(found[row].log_probs[differ]).sum())

    def lines(row: int) -> tuple[str, str]:
        words = asked.examples[row].fields["words"]
        return tagged_line(words, written[row], of_spans), tagged_line(words, found[row].tags, of_spans)

    return asked.worst(wrong, lines)
