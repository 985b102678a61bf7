"""Drawings that a trained model makes."""

import math
from itertools import islice
from typing import Any

import numpy as np

from elman.errors import ConfigError
from elman.inference.predictor import Predictor
from elman.inference.wanting import check_whole
from elman.tasks.base.pens import WantedDrawings, points_of

_MOST_BIAS = 100.0


def drawings(
    model: Predictor, count: int = 1, length: int | None = None, bias: float = 0.0, seed: int = 0, text: str = ""
) -> list[np.ndarray]:
    """Return drawings, points (dx, dy, up) in the units of the data, (T, 3) each. The same seed gives the same ones.

    Args:
        model: of a run of task strokes or handwriting.
        count: how many.
        length: points of each; None for as many as drawings of the training part have in the middle. Of a text, as many
            at most: it ends where it is written.
        bias: b of Graves (2013): 0 draws from the model as it is, more is neater and less different.
        seed: of the draws.
        text: what is to be written, by a run that can.

    Raises:
        ConfigError: a value that means nothing, a text that cannot be written, or a run of another task.
        TrainingError: what the model predicts are no numbers.
    """
    task: Any = model.offering("drawings")
    if not isinstance(text, str):
        raise ConfigError(f"text: got {type(text).__name__}, expected a text.")
    if text and "handwriting" not in task.verbs:
        raise ConfigError(f"text: got {text!r}, but a run of task {task.config.name} writes none. Leave it out.")
    given = 1 if length is None else length
    for name, number, least in (("count", count, 1), ("length", given, 1), ("seed", seed, 0)):
        check_whole(name, number)
        if number < least:
            raise ConfigError(f"{name}: got {number}, expected {least} or more.")
    if not isinstance(bias, int | float) or isinstance(bias, bool) or not 0 <= bias <= _MOST_BIAS:
        got = f"{bias:g}" if isinstance(bias, float) and not math.isnan(bias) else repr(bias)
        raise ConfigError(f"bias: got {got}, expected a number from 0 to {_MOST_BIAS:g}.")
    return list(task.draw(model.ready, WantedDrawings(count, length, float(bias), seed, text)))


def some_of(model: Predictor, file: str, count: int) -> list[np.ndarray]:
    """Return the first drawings of a file, (T, 3) each.

    Raises:
        DataError: the file is missing, or has none.
    """
    return [points_of(one) for one in islice(model.read(file), count)]
