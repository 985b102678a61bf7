"""Scores of answers that are chosen among some that are given."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

import numpy as np

from elman.data.choices import LETTERS
from elman.data.records import Example
from elman.decoding.choice import check_numbers
from elman.evaluation.base import Seen, Told, Verdict, scored
from elman.evaluation.details import Detail
from elman.evaluation.mistakes import GOLD, PREDICTED, WHERE, Asked
from elman.metrics.base import Matches

SCORES: Mapping[str, Told] = {
    "accuracy": Told(Matches, "of questions", "choices:4|ties:shared|learned:{learned}"),
}
"""The scores of questions with answers to choose among."""

_COLUMNS = (WHERE, "question", GOLD, PREDICTED)
_NEEDS = {"one": "one sentence", "multiple": "several sentences"}


class Chosen(NamedTuple):
    """What was chosen.

    Args:
        place: of the answer.
        right: how much of it is right: 1 / n where n answers are equally good and the right one is among them, else 0.
        likelihood: log p (nats) of the right one.
    """

    place: int
    right: float
    likelihood: float

    @classmethod
    def of(cls, log_probs: np.ndarray, gold: int) -> Self:
        """Return what is chosen of answers; of equally good ones the first.

        Args:
            log_probs: of each (nats), (K,).
            gold: the place of the right one.
        """
        check_numbers(log_probs)
        best = log_probs == log_probs.max()
        return cls(int(best.argmax()), float(best[gold] / best.sum()), float(log_probs[gold]))


def choice_verdict(examples: Sequence[Example], said: Sequence[Chosen], learned: str) -> Verdict:
    """Return what answers to questions are worth. Richardson et al. (2013) count n that are equally good as 1 / n.

    Args:
        examples: the questions.
        said: what was chosen.
        learned: from how many questions was learned, as a signature says it.
    """
    gold = [str(example.fields["answer"]) for example in examples]
    right = [one.right for one in said]
    seen: Seen = {Matches: (Matches(sum(right), len(right)), lambda: (Matches(one, 1) for one in right))}
    found = scored(SCORES, seen, learned=learned)
    asked = Asked(examples, _COLUMNS, lambda example: {"question": str(example.fields["question"])})

    def told(row: int) -> tuple[str, str]:
        choices = examples[row].fields["choices"]
        return choices[LETTERS.index(gold[row])], choices[said[row].place]

    worst = asked.worst({row: -one.likelihood for row, one in enumerate(said) if not one.right}, told)
    often = max(map(gold.count, LETTERS)) / max(1, len(gold))
    return Verdict(
        found.scores,
        [*_by_needs(examples, right), *worst],
        found.observed,
        {},
        f"accuracy {found.scores[0].value:.2%}",
        gold,
        {"accuracy": often},
    )


def _by_needs(examples: Sequence[Example], right: Sequence[float]) -> list[Detail]:
    """Return the table of questions by how many sentences they need, where their file says it."""
    rows = defaultdict[str, list[float]](list)
    for example, one in zip(examples, right, strict=True):
        rows[example.about.get("needs", "")].append(one)
    table: list[list[str | int | float]] = [
        [_NEEDS[name], sum(rows[name]) / len(rows[name]), len(rows[name])] for name in _NEEDS if rows[name]
    ]
    return [Detail("By what a question needs", ["needs", "accuracy", "questions"], table)] if table else []
