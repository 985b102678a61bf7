"""What a line of metrics.jsonl may hold: the shape of each event, checked where a log is read."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StrictBool, StrictStr, ValidationError, model_validator

from elman.config import explanation
from elman.errors import quoted
from elman.runs.progress import Count, Seconds

Real = Annotated[float, Field(strict=True, allow_inf_nan=False)] | None
"""A number, or null where there was none that is finite."""

_LARGEST = 2.0**63


class _Event(BaseModel):
    """What any event may say. A default stands for a key that is not there: who needs it says so when it is asked for.

    Keys of which nothing is known are passed over: a newer version, or a plug-in, may write more.
    """

    step: Count = 0
    seconds: Seconds = 0.0


class _Data(_Event):
    unit: StrictStr = ""
    target: StrictStr = ""
    mixes: StrictStr = ""
    card: dict[StrictStr, Any] = {}
    findings: list[StrictStr] = []


class _Scored(_Event):
    score: StrictStr = ""
    value: Real = None
    unit: StrictStr = ""
    signature: StrictStr = ""
    lower_is_better: StrictBool = False
    shown: StrictStr = ""


class _Baseline(_Scored):
    model: StrictStr = ""
    frequencies: StrictBool = False
    unknown: Real = None


class _Train(_Event):
    epoch: Real = None
    nats: Real = None
    learning_rate: Real = None
    gradient_norm: Real = None
    tokens_per_second: Count = 0
    penalties: dict[StrictStr, Real] = {}


class _Validation(_Scored):
    best: StrictBool = False
    kept: StrictStr = ""
    averaged: Count = 0
    scores: dict[StrictStr, Real] = {}


class _Stopped(_Event):
    steps: Count = 0
    waited: Count = 0


class _Sample(_Event):
    text: StrictStr = ""


class _Gradients(_Event):
    weights: dict[StrictStr, Real] = {}
    states: dict[StrictStr, list[Real]] = {}
    reach: dict[StrictStr, list[Real]] = {}
    gates: dict[StrictStr, dict[StrictStr, Annotated[list[Real], Field(min_length=3, max_length=3)]]] = {}
    still: dict[StrictStr, Real] = {}


class _Table(BaseModel):
    title: StrictStr
    columns: list[StrictStr]
    rows: list[list[Any]]
    kind: Literal[
        "table", "numbers", "matrix", "map", "looked", "series", "stretches", "roll", "drawings", "pictured"
    ] = "table"
    picture: list[StrictStr] = []
    across: StrictStr = "source"
    down: StrictStr = "written"

    @model_validator(mode="after")
    def _has_a_cell_a_column(self) -> "_Table":
        width, is_map = len(self.columns), self.kind == "map"
        if is_map and width != 3:
            raise ValueError(f"got a map of {width} columns, expected a word and where it is.")
        if self.kind == "pictured":
            _check_picture(self.picture, self.columns)
        for row in self.rows:
            if len(row) != width:
                raise ValueError(f"got a row of {len(row)} cells, expected {width}.")
            for place, cell in enumerate(row):
                if not (cell is None or _is_number(cell) or (isinstance(cell, str) and not (is_map and place))):
                    raise ValueError(f"got {quoted(str(cell))} in column {place + 1}, expected a number.")
        return self


def _check_picture(picture: Sequence[str], columns: Sequence[str]) -> None:
    """Refuse what is no picture, with places on it.

    Raises:
        ValueError: so it is.
    """
    if not picture or any(len(row) != len(picture[0]) or not re.fullmatch("([0-9a-f]{6})+", row) for row in picture):
        raise ValueError("picture: got other rows, expected six hexadecimal digits for each place, as many in all.")
    last = re.fullmatch("([1-9][0-9]{0,4}),([1-9][0-9]{0,4})", columns[-1])
    if last is None or int(last[1]) * int(last[2]) != len(columns) - 1:
        raise ValueError(f"columns: got {len(columns) - 1} places that are no rows and columns of a picture.")


class _Details(_Event):
    details: list[_Table] = []


class _Views(_Event):
    views: list[_Table] = []


_SHAPES: Mapping[str, type[_Event]] = {
    "data": _Data,
    "baseline": _Baseline,
    "train": _Train,
    "pass": _Train,
    "validation": _Validation,
    "stopped": _Stopped,
    "extended": _Stopped,
    "sample": _Sample,
    "gradients": _Gradients,
    "details": _Details,
    "views": _Views,
}


def check_event(event: Mapping[str, Any]) -> None:
    """Check the values of a line.

    Args:
        event: what it holds; `event` is its kind.

    Raises:
        ValueError: one is not what it can be in an event of this kind.
    """
    try:
        _SHAPES.get(event["event"], _Event).model_validate(event)
    except ValidationError as error:
        problem = error.errors()[0]
        raise ValueError(f"{'.'.join(map(str, problem['loc']))}: {explanation(problem)}") from None


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) < _LARGEST
