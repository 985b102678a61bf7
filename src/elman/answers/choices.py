"""The one of some given answers that was chosen."""

from typing import Any

import numpy as np

from elman.answers.base import Answer, ranked_line
from elman.answers.labels import likeliest
from elman.data.choices import LETTERS
from elman.data.records import Example
from elman.text.printed import on_one_line


def choice_answer(example: Example, log_probs: np.ndarray, k: int, facts: bool) -> Answer:
    """Return what a model says to a question: which of its answers are likeliest.

    Args:
        example: it, with its answers.
        log_probs: log p of each (nats), (4,).
        k: how many are told.
        facts: whether those for JSON are wanted.
    """
    text = dict(zip(LETTERS, example.fields["choices"], strict=True))
    found = likeliest(log_probs, LETTERS, k)
    question = str(example.fields["question"])
    named = [(f"{letter} {text[letter]}", probability) for letter, probability in found]
    line = f"{ranked_line(named)}\t{on_one_line(question)}"
    if not facts:
        return Answer(found, line)
    answers = [{"letter": one, "text": text[one], "probability": round(value, 4)} for one, value in found]
    told: dict[str, Any] = {"id": example.about["id"]} if "id" in example.about else {}
    return Answer(found, line, {**told, "question": question, "answers": answers})
