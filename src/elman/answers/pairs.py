"""What holds between two texts: a label, or a score."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from elman.answers.base import Answer, Ranked, ranked_facts, ranked_line, rounded
from elman.data.records import Example
from elman.text.printed import on_one_line

TEXTS = ("first", "second")
"""The fields with the texts of a pair."""


def texts_of(example: Example) -> Mapping[str, str]:
    """Return the texts of a pair, by the names of their fields."""
    return {name: str(example.fields[name]) for name in TEXTS}


def paired(
    example: Example,
    found: Ranked | float,
    facts: bool,
    words: Sequence[Sequence[str]] = ((), ()),
    looked: np.ndarray | None = None,
) -> Answer:
    """Return what a model says to a pair.

    Args:
        example: it.
        found: its score, or its labels.
        facts: whether those for JSON are wanted.
        words: of both texts.
        looked: how much the model looked at each word of the first text, (T,), or at each of them from each word of the
            second, (U, T); None if it does not look.
    """
    said = f"{found:.3f}" if isinstance(found, float) else ranked_line(found)
    line = "\t".join([said, *map(on_one_line, texts_of(example).values())])
    if not facts:
        return Answer(found, line)
    told: dict[str, Any] = {name: example.fields[name] for name in TEXTS}
    if isinstance(found, float):
        told["score"] = round(found, 4)
    else:
        told["labels"] = ranked_facts(found, "label", "probability")
    if looked is not None:
        told["attention"] = {**dict(zip(TEXTS, map(list, words), strict=True)), "weights": rounded(looked)}
    return Answer(found, line, told)
