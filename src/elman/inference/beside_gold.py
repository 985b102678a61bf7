"""What a model says to examples whose answers are known, beside these."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from elman.inference.predictor import Predictor

_TOGETHER = 1024


def beside_gold(model: Predictor, files: Sequence[str], threshold: float | None = None) -> Iterator[dict[str, Any]]:
    """Yield of each example of files where it stands, its true answers by name, and all that a model says to it.

    They are the examples that `evaluate` scores, in the order of the files.

    Args:
        model: of a task whose examples are each for itself.
        files: names or globs, with answers in them.
        threshold: of several labels, those are given whose probability is above; None takes that of the run.

    Raises:
        ConfigError: the task has no such examples.
        DataError: a file is missing or cannot be used.
    """
    task = model.offering("examples")
    examples = iter(task.examples(model.reader, model.reader.find(files)))
    while group := list(islice(examples, _TOGETHER)):
        for example, answer in zip(group, model.answer(group, threshold=threshold), strict=True):
            yield {"where": example.where, "gold": dict(task.right(example)), **answer.facts}
