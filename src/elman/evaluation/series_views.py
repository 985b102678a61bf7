"""Forecasts beside what came, as pictures of a report."""

from pathlib import Path

import numpy as np

from elman.data.rolls import KEYS
from elman.data.timelines import Foreseen, Timelines
from elman.evaluation.details import Detail, Forecasts, Roll
from elman.evaluation.series import Forecaster, Measured

_COLUMNS, _BEFORE, _MOST = 2, 3, 480
_PREDICTED = "predicted, as high as it is probable"
_ROLLED, _FAINT = 96, 0.05
"""Steps of a piano roll that are drawn, and how probable a key must be to be seen."""


def drawn_forecasts(model: Forecaster, data: Timelines, measured: Measured) -> list[Detail]:
    """Return two pictures of each of the first columns: one forecast with all of its steps, and the last step of many.

    Of what is on or off, one: the first series, what is true beside what is expected of each step.

    Args:
        model: forecasts.
        data: the validation part.
        measured: how the numbers were measured.
    """
    origins = data.origins
    middle = origins[len(origins) // 2 : len(origins) // 2 + 1]
    one = Foreseen.joined(model.forecasts(data, middle))
    if one.quantiles is None:
        at = int(np.searchsorted(data.inputs.offsets, origins[0], "right")) - 1
        return [rolled(data, expected(model, data, at, _ROLLED), measured, at)]
    some = origins[np.searchsorted(origins, middle[0]) :][:_MOST]
    many = Foreseen.joined(model.forecasts(data, some))
    return [
        detail
        for column in range(min(_COLUMNS, len(measured.names)))
        for detail in (_one(data, one, measured, column), _many(data, many, measured, column))
    ]


def _one(data: Timelines, found: Foreseen, measured: Measured, column: int) -> Detail:
    """Return one forecast, behind what was read last."""
    row, steps = int(found.rows[0]), data.ahead.steps
    start = max(int(data.inputs.offsets[np.searchsorted(data.inputs.offsets, row, "right") - 1]), row - _BEFORE * steps)
    before = [(at - row, data.truth[at, column], *[np.nan] * 3) for at in range(start, row + 1)]
    truth = data.targets(found.rows)[0, :, column]
    ahead = zip(range(1, steps + 1), truth, found.best[0, :, column], *_ends(found, 0, column), strict=True)
    return _detail(
        f"one forecast of {measured.names[column]}", [*before, *ahead], found, measured, column, "steps ahead"
    )


def _many(data: Timelines, found: Foreseen, measured: Measured, column: int) -> Detail:
    """Return the last step of many forecasts in a row."""
    steps = data.ahead.steps
    truth, low, high = (
        data.targets(found.rows)[:, -1, column],
        *(end[:, -1] for end in _ends(found, slice(None), column)),
    )
    numbers = zip(range(len(truth)), truth, found.best[:, -1, column], low, high, strict=True)
    title = f"{measured.names[column]}, each {steps} steps ahead"
    return _detail(title, list(numbers), found, measured, column, "steps")


def expected(model: Forecaster, data: Timelines, at: int, most: int | None = None) -> Foreseen:
    """Return what a model says of the steps of one series, each before it is there.

    Args:
        model: forecasts.
        data: of what is on or off.
        at: which series.
        most: so many steps from the first that is forecast; None for all.
    """
    start, end = data.inputs.offsets[at : at + 2]
    origins = data.origins
    return Foreseen.joined(model.forecasts(data, origins[(origins >= start) & (origins < end)][:most]))


def rolled(data: Timelines, found: Foreseen, measured: Measured, at: int) -> Detail:
    """Return what is on in a series, and how probable each step of it was said to be.

    Args:
        data: of what is on or off.
        found: what was said of its steps.
        measured: what the columns are called.
        at: which series.
    """
    truth, chances = data.targets(found.rows)[:, 0], found.best[:, 0]
    steps, keys = np.nonzero((truth > 0) | (chances >= _FAINT))
    numbers = found.rows + 2 - data.inputs.offsets[at]
    cells: list[list[str | int | float]] = [
        [int(numbers[step]), measured.names[key], int(truth[step, key] > 0), _own(chances[step, key])]
        for step, key in zip(steps.tolist(), keys.tolist(), strict=True)
    ]
    up = "MIDI number of the key" if list(measured.names) == KEYS else "column"
    return Roll(f"what sounds in {Path(data.names[at]).name}", ["step", up, "true", _PREDICTED], cells)


def _ends(found: Foreseen, rows: int | slice, column: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest quantile of some forecasts."""
    spread = found.quantiles[rows, ..., column, :]  # type: ignore[index]
    return spread[..., 0], spread[..., -1]


def _detail(
    title: str, rows: list[tuple[float, ...]], found: Foreseen, measured: Measured, column: int, across: str
) -> Detail:
    mean, deviation = measured.means[column], measured.deviations[column]
    low, high = (f"{level:.0%}" for level in (found.levels[0], found.levels[-1]))
    cells = [[int(step), *(_own(value * deviation + mean) for value in values)] for step, *values in rows]
    return Forecasts(title, [across, measured.names[column], "forecast", low, high], cells)


def _own(value: float) -> float:
    return float(value)
