"""What readers of series of numbers share."""

from collections.abc import Sequence

import numpy as np

from elman.data.numbers import finite
from elman.errors import DataError

MISSING = ("", "?", "nan", "na", "null")
"""How files write that a value is missing; in lower case."""


def number(text: str, where: str, place: str) -> float:
    """Return a value as a number; NaN where it is missing.

    Args:
        text: the value.
        where: file and line.
        place: which value it is, such as `value 3 of dimension 2`.

    Raises:
        DataError: it is no number, or no finite one.
    """
    written = text.strip()
    if written.lower() in MISSING:
        return float("nan")
    value = finite(written)
    if value is None:
        raise DataError(f"{where}: {place}: got {written[:40]!r}, expected a number, or ? where it is missing.")
    return value


def refuse_empty(frames: Sequence[Sequence[float]], where: str) -> None:
    """Refuse a series without a value.

    Raises:
        DataError: it has none.
    """
    if not frames or all(np.isnan(frame).all() for frame in frames):
        raise DataError(f"{where}: the series is empty. Leave it out, or give it values.")
