"""Numbers of a table that lie far from all others of their column."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from elman.checks.base import Check
from elman.data.assignments import typed
from elman.data.fields import Kind
from elman.data.outliers import Outliers, outliers
from elman.data.parts import Parts
from elman.data.records import Example, TableRows
from elman.text.printed import counted


class _Series(NamedTuple):
    """A series with where its numbers stand.

    Args:
        frames: (T, F), from the first row that is its own.
        rows: where these stand.
        where: it begins.
    """

    frames: np.ndarray
    rows: TableRows
    where: str

    @classmethod
    def of(cls, example: Example, name: str) -> "_Series | None":
        """Return the series of an example; None where it is of no table."""
        frames, rows = example.fields[name], example.rows
        if rows is None or not isinstance(frames, np.ndarray) or frames.shape != (len(rows.lines), len(rows.columns)):
            return None
        begin = int(example.fields.get("begin", 0))
        return cls(frames[begin:], rows._replace(lines=rows.lines[begin:]), example.where)


class FarValues(Check):
    """Numbers ten times as far from all others of their column as these are from each other, and rare.

    One of them decides mean and deviation of its column, and by that what a model sees of all others.
    """

    takes = (Parts,)
    weight = 3

    def find(self, data: Parts) -> Iterator[str]:
        """Yield the first of each column with its line, where the rest lies, and what to do."""
        for field in data.of_kind(Kind.FRAMES):
            series = [one for example in data.every if (one := _Series.of(example, field.name)) is not None]
            names = series[0].rows.columns if series else ()
            if any(one.rows.columns != names for one in series):
                return  # what is put together is no column
            for channel, name in enumerate(names):
                values = np.concatenate([one.frames[:, channel] for one in series])
                far = outliers(values)
                if far is not None:
                    yield f"{name}: {_told(values, series, far)}"


def _told(values: np.ndarray, series: Sequence[_Series], far: Outliers) -> str:
    """Return which value of a column is far, where it stands, where the rest lies, and what to do."""
    at, count = int(np.flatnonzero(far.which)[0]), int(far.which.sum())
    rest = int((~np.isnan(values)).sum()) - count
    value, where = float(values[at]), [f"{_file(one)}:{line}" for one in series for line in one.rows.lines][at]
    more = f", the first of {counted(count, 'such values')}," if count > 1 else ""
    named = sorted({f"{one:.15g}" for one in values[far.which].tolist()})
    low, high = (f"{one:,.6g}" for one in far.half)
    return (
        f"{value:,.15g} in {where}{more} is {far.times(value):,.0f} times as far from the other {rest:,} values "
        f"as any two of them are from each other: they go from {far.least:,.6g} to {far.most:,.6g}, half of them from "
        f"{low} to {high} (median {far.median:,.6g}). Correct it, or, if it says that a value is missing: --set "
        f"{typed('reader.absent', named)}"
    )


def _file(series: _Series) -> str:
    return series.where.rpartition(":")[0]
