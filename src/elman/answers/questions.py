"""An answer to a question about a story, and at which of its sentences each hop looked."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from elman.answers.base import Answer, Ranked, ranked_facts, ranked_line, rounded
from elman.data.records import Example
from elman.text.printed import on_one_line


def answer_to(
    example: Example, found: Ranked, facts: bool, story: Sequence[str], looked: np.ndarray | None = None
) -> Answer:
    """Return what a model says to a question.

    Args:
        example: it, with its story.
        found: the answers.
        facts: whether those for JSON are wanted.
        story: its sentences, as many as are read.
        looked: how much each hop looked at each of them, (K, M); None if the model does not look.
    """
    question = str(example.fields["question"])
    line = f"{ranked_line(found)}\t{on_one_line(question)}"
    if not facts:
        return Answer(found, line)
    told: dict[str, Any] = {"question": question, "answers": ranked_facts(found, "answer", "probability")}
    if looked is not None:
        told["attention"] = {"story": list(story), "hops": rounded(looked)}
    return Answer(found, line, told)
