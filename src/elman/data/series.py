"""What readers of series of numbers share."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import Field

from elman import config as configuration
from elman.data.assignments import typed
from elman.data.numbers import Decimals, finite
from elman.data.units import beside
from elman.errors import DataError

MISSING = ("", "?", "nan", "na", "null")
"""How files write that a value is missing; in lower case."""

_SHOWN = 40
_LARGEST = 1e100
"""Of larger numbers sums and squares are not finite. Nobody measures them; some programs write them for "missing"."""


class NumberOptions(configuration.Config):
    """Options of tables of numbers."""

    decimal: Literal["auto", ".", ","] = Field(
        "auto",
        description="What stands before decimals; the other one may stand between thousands. auto: what the numbers "
        "say, and refused where they leave it open.",
    )


class Absent:
    """Says where a value is missing: where nothing stands, `?`, nan, NA or null, and what the user named besides.

    Args:
        named: as `n/a` or `-999`, which stands for -999.0 too.
    """

    def __init__(self, named: Sequence[str]) -> None:
        self._texts = {one.strip().lower() for one in named}
        self._values = {value for one in named if (value := finite(one)) is not None}

    def __call__(self, text: str, value: float | None) -> bool:
        """Say whether a cell, and the number that it is, mean that there is none."""
        return text.strip().lower() in self._texts or value in self._values


def as_typed(named: Any) -> Any:
    """Return the names that a user typed without brackets, with commas between, such as `-999` or `n/a,none`."""
    return str(named).split(",") if isinstance(named, str | int | float) else named


def decimals_of(delimiter: str, decimal: str = "auto") -> Decimals:
    """Return what reads the numbers of a table.

    Args:
        delimiter: what stands between its columns: where that is a comma, `1,234` alone says nothing of decimals.
        decimal: what stands before them, if somebody says it.
    """
    return Decimals("" if decimal == "auto" else decimal, "." if delimiter == "," else ".,")


def is_number(text: str, numbers: Decimals) -> bool:
    """Say whether a cell is a number, or says that one is missing."""
    return text.strip().lower() in MISSING or numbers.finite(text) is not None


def number(text: str, where: str, place: str, decimals: Decimals, absent: Absent | None = None) -> float:
    """Return a value as a number; NaN where it is missing.

    Args:
        text: the value.
        where: file and line.
        place: which value it is, such as `value 3 of dimension 2`.
        decimals: reads the numbers of the file.
        absent: knows what else says that a value is missing, where the user can name it.

    Raises:
        DataError: it is no number, no finite one, or one that nothing can be computed with.
    """
    written = text.strip()
    if written.lower() in MISSING:
        return float("nan")
    value = decimals.finite(written)
    if absent is not None and absent(written, value):
        return float("nan")
    if value is None:
        raise DataError(f"{where}: {place}: got {written[:_SHOWN]!r}, expected {_expected(written, decimals, absent)}")
    if abs(value) > _LARGEST:
        raise DataError(f"{where}: {place}: got {value:g}, expected at most {_LARGEST:g}, or ? where it is missing.")
    return value


def _expected(written: str, decimals: Decimals, absent: Absent | None) -> str:
    """Return what stands where a number should, and what to do about it: it has a unit, other marks, or is none."""
    if (unit := beside(written)) is not None:
        return (
            f"a number with nothing beside it. Take {unit[1]!r} out of the column, as {unit[0]}; its name may say the "
            "unit."
        )
    if mark := decimals.mend(written):
        other = "points" if mark == "," else "commas"
        return f"{decimals.expected}. If {other} stand between thousands: --set {typed('reader.decimal', mark)}"
    if decimals.is_written(written):
        return f"{decimals.expected}, or ? where it is missing. Write it as that one."
    mend = f" If it says so: --set {typed('reader.absent', [written[:_SHOWN]])}" if absent is not None else ""
    return f"a number, or ? where it is missing.{mend}"


def refuse_too_large(frames: np.ndarray, where: str) -> None:
    """Refuse numbers that nothing can be computed with.

    Args:
        frames: (T, F); NaN where a value is missing.
        where: the series stands.

    Raises:
        DataError: there is one.
    """
    far = np.argwhere(np.abs(frames) > _LARGEST)
    if len(far):
        step, channel = far[0]
        value = frames[step, channel]
        raise DataError(
            f"{where}: number {channel + 1} of frame {step + 1}: got {value:g}, expected at most {_LARGEST:g}, or null "
            "where it is missing."
        )


def refuse_empty(frames: Sequence[Sequence[float]] | np.ndarray, where: str) -> None:
    """Refuse a series without a value.

    Raises:
        DataError: it has none.
    """
    if not len(frames):
        raise DataError(f"{where}: the series is empty. Leave it out, or give it values.")
    if all(np.isnan(frame).all() for frame in frames):
        raise DataError(f"{where}: every value of the series is missing. Leave it out, or give it values.")


def refuse_again(
    name: str, rows: list[tuple[int, list[str]]], path: Path, seen: dict[str, int], by: tuple[str, Sequence[int]]
) -> None:
    """Refuse a series that was there before; `seen` has the last line of each, `by` the delimiter and the columns."""
    if name in seen:
        file, delimiter = shlex.quote(str(path)), "$'\\t'" if by[0] == "\t" else f"'{by[0]}'"
        keys = " ".join(f"-k {place + 1},{place + 1}" for place in by[1])
        raise DataError(
            f"{path}:{rows[0][0]}: series {name!r} again, it ended on line {seen[name]}. Sort the rows by series: "
            f"(head -n 1 {file}; tail -n +2 {file} | sort -s -t {delimiter} {keys}) > SORTED"
        )
    seen[name] = rows[-1][0]
