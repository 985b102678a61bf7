"""Scores of pieces of passages as answers, by the official rules of SQuAD v1.1."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from elman.data.records import Example
from elman.evaluation.base import Seen, Told, Verdict, scored
from elman.evaluation.details import Detail
from elman.evaluation.mistakes import GOLD, PREDICTED, WHERE, Asked
from elman.metrics.base import Written
from elman.text.rules import exactly_matches, overlap_f1

SCORES: Mapping[str, Told] = {
    "answer_f1": Told(Written, "of words", "rules:squad-v1.1|golds:max|learned:{learned}"),
    "exact_match": Told(Written, "of questions", "rules:squad-v1.1|golds:max|learned:{learned}"),
}
"""The scores of answers that stand in a passage."""

_COLUMNS = (WHERE, "question", GOLD, PREDICTED)
_MOST, _LEAST = 12, 5
_OTHER = "other"


def span_verdict(examples: Sequence[Example], answers: Sequence[str], likely: Sequence[float], learned: str) -> Verdict:
    """Return what answers to questions are worth.

    Args:
        examples: the questions.
        answers: what was said to each.
        likely: how likely that was held to be.
        learned: from how many questions was learned, as a signature says it.
    """
    golds = [[gold.text for gold in example.fields["golds"]] for example in examples]
    whole = Written(list(answers), golds)

    def each() -> list[Written]:
        return [Written([one], [gold]) for one, gold in zip(answers, golds, strict=True)]

    seen: Seen = {Written: (whole, each)}
    found = scored(SCORES, seen, learned=learned)
    f1 = [overlap_f1(one, gold) for one, gold in zip(answers, golds, strict=True)]
    exact = [exactly_matches(one, gold) for one, gold in zip(answers, golds, strict=True)]
    asked = Asked(examples, _COLUMNS, lambda example: {"question": str(example.fields["question"]).strip()})
    worst = asked.worst(
        {row: likely[row] for row, value in enumerate(f1) if not value}, lambda row: (golds[row][0], answers[row])
    )
    nowhere = sum(all(gold.start < 0 for gold in example.fields["golds"]) for example in examples)
    values = {score.name: score.value for score in found.scores}
    return Verdict(
        found.scores,
        [_by_kind(examples, f1, exact), *worst],
        found.observed,
        {"questions whose answer is nowhere in the passage": nowhere} if nowhere else {},
        f"F1 {values['answer_f1']:.2%}, exact match {values['exact_match']:.2%}",
        golds,
    )


def _by_kind(examples: Sequence[Example], f1: Sequence[float], exact: Sequence[bool]) -> Detail:
    """Return the table of questions by their first word."""
    rows = defaultdict[str, list[int]](list)
    for row, example in enumerate(examples):
        rows[next(iter(str(example.fields["question"]).lower().split()), _OTHER)].append(row)
    common = sorted(rows, key=lambda word: (-len(rows[word]), word))[:_MOST]
    kept = {word: rows[word] for word in common if len(rows[word]) >= _LEAST}
    rest = [row for word, some in rows.items() if word not in kept for row in some]
    every = {**kept, **({_OTHER: rest} if rest else {})}
    table: list[list[str | int | float]] = [
        [word, _mean([f1[row] for row in some]), _mean([float(exact[row]) for row in some]), len(some)]
        for word, some in every.items()
    ]
    return Detail("By the first word of the question", ["first word", "F1", "exact match", "questions"], table)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
