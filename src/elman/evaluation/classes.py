"""Scores of things that have classes: of each class, and which was taken for which."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from elman.evaluation.base import Beside, ScoreSet, Seen, Told, Verdict, scored
from elman.evaluation.details import Detail, Matrix
from elman.evaluation.mistakes import Asked
from elman.metrics.base import BinaryScores, Decisions, Matches, confusion, count_decisions
from elman.text.vocabulary import Vocabulary

SCORES: Mapping[str, Told] = {
    "accuracy": Told(Matches, "of {things}", "labels:one"),
    "macro_f1": Told(Decisions, "of labels", "labels:one"),
}
"""The scores of things that have one label each."""

_MOST_CLASSES = 24


def class_tables(gold: Sequence[str], predicted: Sequence[str], what: str) -> tuple[list[Detail], Decisions]:
    """Return the scores of each class and which was taken for which, of the most frequent, and all decisions.

    Args:
        gold: the true class of each thing.
        predicted: the class that was given.
        what: what a class is called, such as `label`.
    """
    counts, every = Counter(gold), {*gold, *predicted}
    if len(every) > _MOST_CLASSES:
        counts += Counter(predicted)  # so that a class that is always given is not among those left out
    names = sorted(every, key=lambda name: (-counts[name], name))
    number = {name: place for place, name in enumerate(names)}
    true, given = (np.array([number[one] for one in some], np.int64) for some in (gold, predicted))
    every_decision = count_decisions(true, given, len(names))
    shown = min(len(names), _MOST_CLASSES)
    both = (true < shown) & (given < shown)
    table = confusion(true[both], given[both], shown)
    title = f"Confusion matrix: rows are the file's {what}, columns the predicted"
    some = f" (the {shown} most frequent of {len(names):,})" if shown < len(names) else ""
    cells = [[names[row], *table[row].tolist()] for row in range(shown)]
    matrix = Matrix(title + some, ["", *names[:shown]], cells)
    scores = decision_table(names[:shown], every_decision, what)
    return [replace(scores, title=scores.title + some), matrix], every_decision


def label_scores(gold: Sequence[str], predicted: Sequence[str], things: str) -> ScoreSet:
    """Return the scores of things that have one label each.

    Args:
        gold: the label of each.
        predicted: the label that was given.
        things: what they are, in the plural.
    """
    right = sum(one == other for one, other in zip(gold, predicted, strict=True))
    tables, became = class_tables(gold, predicted, "label")
    number = {name: place for place, name in enumerate(sorted({*gold, *predicted}))}
    pairs = [(number[one], number[other]) for one, other in zip(gold, predicted, strict=True)]
    seen: Seen = {
        Matches: (Matches(right, len(gold)), lambda: (Matches(int(one == other), 1) for one, other in pairs)),
        Decisions: (became, lambda: (_one_decision(*pair, len(number)) for pair in pairs)),
    }
    return scored(SCORES, seen, things=things)._replace(details=tables)


def _one_decision(gold: int, predicted: int, classes: int) -> Decisions:
    """Return what became of the decisions about one thing."""
    true, given = (np.arange(classes) == one for one in (gold, predicted))
    return Decisions(true & given, ~true & given, true & ~given)


def decision_table(names: Sequence[str], decisions: Decisions, what: str) -> Detail:
    """Return precision, recall and F1 of each class."""
    rows: list[list[str | int | float]] = []
    for name, hits, false, missed in zip(names, *(part[: len(names)].tolist() for part in decisions), strict=True):
        given, there = hits + false, hits + missed
        values = [hits / given if given else 0.0, hits / there if there else 0.0, 2 * hits / max(1, given + there)]
        rows.append([name, *values, int(there), int(given), int(hits)])
    columns = [what, "precision", "recall", "F1", "in the file", "predicted", "correct"]
    return Detail(f"By {what}", columns, rows)


def class_verdict(
    asked: Asked,
    gold: Sequence[Sequence[str]],
    predicted: Sequence[str],
    likelihood: Sequence[float],
    known: Vocabulary,
    things: str,
    odds: Sequence[float] = (),
) -> Verdict:
    """Return what answers to things are worth that have one label each; of several in a file the first counts.

    Args:
        asked: the things.
        gold: the labels of each.
        predicted: the label that was given to each.
        likelihood: how likely the model finds its true labels; the less, the worse a mistake.
        known: the labels that were learned.
        things: what they are, in the plural.
        odds: of the second of two labels that were learned against the first, their logarithm.
    """
    first = [labels[0] for labels in gold]
    found = label_scores(first, predicted, things)
    often = first.count(known.tokens[0])
    counts = {
        "labels unseen in training": unseen(gold, known),
        **asked.counts,
        "of the label most frequent in training": often,
    }
    wrong = {row: -likelihood[row] for row, labels in enumerate(gold) if set(labels) != {predicted[row]}}
    worst = asked.worst(wrong, lambda row: (", ".join(gold[row]), predicted[row]))
    shown = f"accuracy {found.scores[0].value:.2%}"
    tables, majority = [*found.details, *worst], {"accuracy": often / max(1, len(first))}
    beside = _beside(first, odds, known)
    return Verdict(found.scores, tables, found.observed, counts, shown, [*map(sorted, gold)], majority, beside)


def _beside(gold: Sequence[str], odds: Sequence[float], known: Vocabulary) -> Beside:
    """Return how sure a model is of the second of two labels that were learned; nothing where there are more."""
    if len(known) != 2 or len(odds) != len(gold):
        return {}
    pairs = [(label == known.tokens[1], one) for label, one in zip(gold, odds, strict=True) if label in known]
    second, sure = np.array(pairs, np.float64).reshape(-1, 2).T
    return {BinaryScores: lambda: [BinaryScores(second > 0, sure)]}


def unseen(gold: Iterable[Iterable[str]], known: Vocabulary) -> int:
    """Return how many labels of a file were not learned."""
    return sum(label not in known for labels in gold for label in labels)
