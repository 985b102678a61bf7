"""Scores of answers to questions about stories: of each file of questions, and over all of them."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from elman.data.places import short_places
from elman.data.records import Example
from elman.evaluation.base import Seen, Told, Verdict, scored
from elman.evaluation.details import Detail
from elman.evaluation.mistakes import GOLD, PREDICTED, WHERE, Asked
from elman.metrics.base import Failures, Matches
from elman.text.vocabulary import Vocabulary

SCORES: Mapping[str, Told] = {
    "mean_error": Told(Failures, "of questions, mean over {files}", "answers:one|{learned}"),
    "failed_tasks": Told(Failures, "with more than 5 % wrong", "answers:one|{learned}"),
    "accuracy": Told(Matches, "of questions", "answers:one|{learned}"),
}
"""The scores of questions that have one answer each."""

_LINE = re.compile(r":\d+$")
_FAILED = 0.05
_COLUMNS = (WHERE, "question", GOLD, PREDICTED)


class Given(NamedTuple):
    """An answer that was given.

    Args:
        answer: it.
        likelihood: log p (nats) of the true one; 0 where that was not learned.
    """

    answer: str
    likelihood: float


def kinds_of(examples: Sequence[Example]) -> tuple[list[str], np.ndarray]:
    """Return the files of questions by their short names, in their order, and the number of that of each question."""
    files = [_LINE.sub("", example.where) for example in examples]
    different = list(dict.fromkeys(files))
    number = {file: place for place, file in enumerate(different)}
    return short_places(different), np.array([number[file] for file in files], np.int64)


def question_verdict(
    examples: Sequence[Example], gold: Sequence[str], given: Sequence[Given], known: Vocabulary, learned: str
) -> Verdict:
    """Return what answers to questions are worth.

    Args:
        examples: the questions.
        gold: the true answers, as they were learned.
        given: the answers.
        known: the answers that can be given; their counts say how often each was right in training.
        learned: from how many files was learned together, as a signature says it.
    """
    files, kinds = kinds_of(examples)
    wrong = np.array([one.answer != true for one, true in zip(given, gold, strict=True)])
    count = len(files)
    whole = Failures(np.bincount(kinds[wrong], minlength=count), np.bincount(kinds, minlength=count))

    def each() -> Iterator[Failures]:
        every = np.eye(count, dtype=np.int64)
        return (Failures(every[kind] * failed, every[kind]) for kind, failed in zip(kinds, wrong.tolist(), strict=True))

    seen: Seen = {
        Failures: (whole, each),
        Matches: (Matches(int((~wrong).sum()), len(gold)), lambda: (Matches(int(not one), 1) for one in wrong)),
    }
    found = scored(SCORES, seen, files="1 file" if count == 1 else f"{count} files", learned=learned)
    never = Counter(answer for answer in gold if answer not in known)
    often = known.tokens[int(known.counts.argmax())]
    unusual = np.array([true != often for true in gold])
    majority = [float(unusual[kinds == kind].mean()) for kind in range(count)]
    asked = Asked(examples, _COLUMNS, lambda example: {"question": str(example.fields["question"])})
    worst = asked.worst(
        {row: -given[row].likelihood for row in np.flatnonzero(wrong).tolist()},
        lambda row: (gold[row], given[row].answer),
    )
    return Verdict(
        found.scores,
        [*_by_file(files, whole, majority), *_unlearned(never), *worst],
        found.observed,
        {"answers that were not learned, and cannot be given": sum(never.values())},
        f"mean error {found.scores[0].value:.2%}",
        list(gold),
        {"mean_error": float(np.mean(majority))},
    )


def _by_file(files: Sequence[str], failures: Failures, majority: Sequence[float]) -> list[Detail]:
    """Return the table of the files, where there are several."""
    if len(files) < 2:
        return []
    rows: list[list[str | int | float]] = []
    for name, wrong, asked, easy in zip(files, *(part.tolist() for part in failures), majority, strict=True):
        rate = wrong / asked
        rows.append([name, rate, easy, asked, int(rate > _FAILED)])
    return [Detail("By file", ["file", "error", "error of the commonest answer", "questions", "above 5 %"], rows)]


def _unlearned(never: Mapping[str, int]) -> list[Detail]:
    """Return the table of answers that cannot be given, where there are some."""
    rows: list[list[str | int | float]] = [[answer, count] for answer, count in never.items()]
    return [Detail("Answers that were not learned", ["answer", "questions"], rows)] if rows else []
