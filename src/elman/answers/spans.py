"""Pieces of a passage that answer a question, cut out of it as they are written."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from elman.answers.base import Answer
from elman.data.records import Example
from elman.text.printed import on_one_line


class Piece(NamedTuple):
    """A piece of a passage: passage[start:end].

    Args:
        text: it.
        start: the place of its first character.
        end: the one behind its last.
        probability: how likely it is, 0 to 1.
    """

    text: str
    start: int
    end: int
    probability: float


NO_PIECE = Piece("", 0, 0, 0.0)
"""What is said of a passage without words."""


def span_answer(example: Example, found: Sequence[Piece], facts: bool, looked: Any = None) -> Answer:
    """Return what a model says to a question.

    Args:
        example: it, with its passage.
        found: pieces of the passage, the likeliest first.
        facts: whether those for JSON are wanted.
        looked: what JSON says of where the model looked, if it looks.
    """
    question = str(example.fields["question"])
    shown = "  ".join(f"{on_one_line(one.text)} {one.probability:.3f} ({one.start}-{one.end})" for one in found)
    line = f"{shown}\t{on_one_line(question)}"
    if not facts:
        return Answer(found, line)
    answers = [{**one._asdict(), "probability": round(one.probability, 4)} for one in found]
    told: dict[str, Any] = {"question": question, "answers": answers}
    if "id" in example.about:
        told = {"id": example.about["id"], **told}
    return Answer(found, line, told if looked is None else {**told, "attention": looked})
