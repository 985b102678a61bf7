"""The labels of frames under their numbers, as pictures."""

from collections.abc import Sequence

import numpy as np

from elman.answers.tags import Tagged
from elman.data.records import Example
from elman.evaluation.details import Detail, Stretches
from elman.evaluation.mistakes import GOLD, PREDICTED

_FRAMES, _NUMBERS = 600, 4
"""How much of a recording is drawn, and how many of its numbers."""


def labeled_stretch(example: Example, frames: np.ndarray, found: Tagged, names: Sequence[str]) -> Detail:
    """Return the beginning of a recording, or of its middle if it is long, with the labels below its numbers.

    Args:
        example: the recording, with its true labels if it has some.
        frames: as a model reads them, (T, F).
        found: what the model says to it.
        names: of the numbers of a frame.
    """
    count = len(found.tags)
    start = max(0, (count - _FRAMES) // 2)
    gold = example.fields.get("tags") or [None] * count
    shown = list(names)[:_NUMBERS]
    rows = [
        [at + 1, *map(float, frames[at, : len(shown)]), gold[at], found.tags[at]]
        for at in range(start, min(count, start + _FRAMES))
    ]
    part = f", frames {start + 1:,} to {start + len(rows):,} of {count:,}" if count > len(rows) else ""
    return Stretches(f"{example.place}{part}", ["frame", *shown, GOLD, PREDICTED], rows)
