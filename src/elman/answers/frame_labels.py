"""A label for each frame of a recording, and the stretches that have the same."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from elman.answers.base import Answer, rounded
from elman.answers.labels import shown
from elman.answers.tags import Tagged
from elman.data.records import Example
from elman.text.printed import on_one_line


class Stretch(NamedTuple):
    """Neighbouring frames with one label.

    Args:
        label: of all of them.
        first: the first frame, from 0.
        stop: the one behind the last.
    """

    label: str
    first: int
    stop: int


def stretches(labels: Sequence[str]) -> list[Stretch]:
    """Return the stretches of neighbouring frames with the same label.

    >>> stretches(["sit", "sit", "walk"])
    [Stretch(label='sit', first=0, stop=2), Stretch(label='walk', first=2, stop=3)]
    """
    found, at = [], 0
    for label, some in groupby(labels):
        count = sum(1 for _ in some)
        found.append(Stretch(label, at, at + count))
        at += count
    return found


def frames_labeled(example: Example, found: Tagged, facts: bool) -> Answer:
    """Return what a model says to a recording: the label of each frame, shown by stretches, frames from 1.

    Args:
        example: the recording.
        found: what it says.
        facts: whether those for JSON are wanted.
    """
    every = stretches(found.tags)
    line = "  ".join(f"{on_one_line(one.label)} {one.first + 1}-{one.stop}" for one in every)
    return Answer(found.tags, f"{line}\t{on_one_line(shown(example))}", _facts(example, found, every) if facts else {})


def _facts(example: Example, found: Tagged, every: Sequence[Stretch]) -> dict[str, Any]:
    """Return what JSON says, with the mean probability of the label over the frames of each stretch."""
    chances = np.exp(found.log_probs)
    return {
        "recording": shown(example),
        "labels": found.tags,
        "probabilities": rounded(chances),
        "stretches": [
            {
                "label": one.label,
                "from": one.first + 1,
                "to": one.stop,
                "confidence": round(float(chances[one.first : one.stop].mean()), 4),
            }
            for one in every
        ],
    }
