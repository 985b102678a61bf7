"""Series whose coming steps are forecast, from examples: which columns, which rows, and how they become numbers."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from elman.answers.base import Answer
from elman.answers.forecasts import Coming, coming, sounding
from elman.coders.frames import FramesCoder
from elman.data.bucketing import held_out
from elman.data.column import Column
from elman.data.recordings import Medium, recording_of
from elman.data.records import Example
from elman.data.timelines import Foreseen, Horizon, Timelines
from elman.errors import ConfigError, DataError, did_you_mean
from elman.evaluation.series import Measured
from elman.tasks.base.data import Say
from elman.tasks.base.series_scales import SeriesScales
from elman.text.printed import counted

_SHOWN = 8
_OTHER = "--valid FILE gives another"


class Columns(NamedTuple):
    """Which numbers of a frame are which.

    Args:
        targets: those that are forecast, (K,).
        known: those that are known for the coming steps too.
    """

    targets: np.ndarray
    known: np.ndarray

    @classmethod
    def named(cls, coder: FramesCoder, targets: Sequence[str], known: Sequence[str]) -> "Columns":
        """Return the columns of some names; of no targets, all that are not known.

        Raises:
            DataError: there is no such column, or nothing is left to forecast.
        """
        places = {name: at for at, name in enumerate(coder.names)}
        for key, names in (("targets", targets), ("known", known)):
            for name in names:
                if name not in places:
                    raise DataError(f"task.{key}: no column {name!r}. {did_you_mean(name, list(places))}")
        wanted = list(targets) or [name for name in places if name not in known]
        both = set(wanted) & set(known)
        if both or not wanted:
            which = f"{min(both)} is forecast and known" if both else "every column is known, so that none is forecast"
            raise DataError(f"task.known: {which}, expected other columns than task.targets.")
        return cls(np.array([places[name] for name in wanted]), np.array([places[name] for name in known], np.int64))


def begin_of(example: Example) -> int:
    """Return the first row of an example that is learned from or scored; those before are only read."""
    return int(example.fields.get("begin", 0))


def cut_at(example: Example, row: int) -> tuple[Example, Example]:
    """Return an example up to a row, and the whole of which nothing before that row is scored."""
    frames = example.fields["frames"]
    rows = example.rows and example.rows._replace(lines=example.rows.lines[:row])
    before = Example({**example.fields, "frames": frames[:row]}, example.where, rows)
    return before, replace(example, fields={**example.fields, "begin": row})


def learned_from(example: Example) -> Example:
    """Return an example without the rows that are only read: training starts behind them."""
    rest = {name: value for name, value in example.fields.items() if name != "begin"}
    begin = begin_of(example)
    rows = example.rows and example.rows._replace(lines=example.rows.lines[begin:])
    return Example({**rest, "frames": rest["frames"][begin:]}, example.where, rows)


def parted(examples: Sequence[Example], share: float, least: int, say: Say) -> tuple[list[Example], list[Example]]:
    """Return what is trained on and what validates: the end of each series, or whole series where they are short.

    Args:
        examples: the series.
        share: that validates.
        least: rows that each side of a cut needs.
        say: is told what was decided.

    Raises:
        DataError: there is one series, and it is too short to be cut.
    """
    rows = [len(one.fields["frames"]) for one in examples]
    cuts = [count - max(least, round(share * count)) for count in rows]
    if min(cuts) >= least:
        pairs = [cut_at(one, cut) for one, cut in zip(examples, cuts, strict=True)]
        say(f"validation: {_held_out(rows, cuts, share, least)}; nothing is shuffled; {_OTHER}")
        return [one for one, _ in pairs], [other for _, other in pairs]
    if len(examples) == 1:
        raise DataError(
            f"{examples[0].where}: {counted(rows[0], 'rows')}, expected {2 * least} or more to train and validate on. "
            "Give more rows, or a smaller task.horizon or task.period."
        )
    train, valid = held_out(len(examples), share)
    drawn = f"{len(valid):,} of {len(examples):,} series, drawn"
    say(f"validation: {drawn}; they are too short to be cut in time; {_OTHER}")
    return [examples[at] for at in train], [examples[at] for at in valid]


def _held_out(rows: Sequence[int], cuts: Sequence[int], share: float, least: int) -> str:
    """Return which rows at the end of series validate, and why they are more than their share."""
    every, last = sum(rows), sum(rows) - sum(cuts)
    of = f"rows {cuts[0] + 1:,} to {rows[0]:,}" if len(rows) == 1 else f"the end of each of {len(rows):,} series"
    more = any(round(share * count) < least for count in rows)
    why = f", since task.horizon and task.period take {least:,} at least" if more else ""
    return f"{of}, {last:,} of {every:,} rows in the order of time{why}, with those before as context"


def timelines(examples: Sequence[Example], scales: SeriesScales, columns: Columns, steps: int) -> Timelines:
    """Return examples as numbers.

    Args:
        examples: the series.
        scales: of their numbers.
        columns: which are which.
        steps: how many are forecast.

    Raises:
        DataError: one is no series of numbers, or has another width.
    """
    refuse_recordings(examples)
    inputs, scaled = scales.inputs(examples), scales.standardised(examples)
    begins, names = np.array([begin_of(one) for one in examples], np.int64), [one.where for one in examples]
    ahead = Horizon(steps, scales.period, scales.base)
    found = Timelines(inputs, scaled[:, columns.targets], begins, ahead, names, examples)
    if not len(columns.known):
        return found
    told = Timelines(inputs, scaled[:, columns.known], begins, ahead, names)
    coming = np.nan_to_num(told.targets(np.arange(len(scaled)))).reshape(len(scaled), -1)
    wider = Column(np.concatenate([inputs.values, coming.astype(np.float32)], axis=1), inputs.offsets)
    return Timelines(wider, found.truth, begins, ahead, names, examples)


def refuse_recordings(examples: Sequence[Example]) -> None:
    """Refuse sound, pictures and pens.

    Raises:
        DataError: there is one.
    """
    for one in examples:
        medium = recording_of(one).medium
        if medium is not Medium.NUMBERS:
            raise DataError(
                f"{one.where}: got {medium.value}, expected numbers over time. Give a table with a row a time step."
            )


def refuse_too_short(data: Timelines) -> None:
    """Refuse series of which none is long enough for a forecast.

    Raises:
        DataError: they are.
    """
    if len(data.origins):
        return
    ahead, rows = data.ahead, int((data.inputs.lengths - data.begins).max())
    raise DataError(
        f"{data.names[0]}: {counted(rows, 'rows')}, expected {ahead.context + ahead.steps} or more: {ahead.context} "
        f"before a forecast and {ahead.steps} ahead. Give more rows, or a smaller task.horizon or task.period."
    )


def refuse_constant(examples: Sequence[Example], coder: FramesCoder, columns: Columns) -> None:
    """Refuse a column to forecast that never changes in training, of which there is nothing to learn.

    Raises:
        DataError: there is one.
    """
    frames = np.concatenate([one.fields["frames"] for one in examples])[:, columns.targets]
    lowest, highest = np.nanmin(frames, 0), np.nanmax(frames, 0)
    for at, low in zip(columns.targets[lowest == highest], lowest[lowest == highest], strict=True):
        raise DataError(
            f"{examples[0].where}: column {coder.names[at]} is {low:g} in every row of the training part: nothing to "
            "forecast. Name others with task.targets."
        )


def measured(scales: SeriesScales, columns: Columns, config: Any) -> Measured:
    """Return how what is forecast was measured, and what its scores depend on."""
    coder, targets = scales.values, columns.targets
    names = [coder.names[at] for at in columns.targets]
    if config.binary:
        signature = f"sum over:{len(names)}|first step:not scored|state:from the start of each series"
    else:
        signature = f"horizon:{config.horizon}|forecasts:all, stride 1|state:from the start of each series"
    seasonal = scales.seasonal[targets] if len(scales.seasonal) else None
    return Measured(names, coder.mean[targets], coder.deviation[targets], signature, seasonal, max(1, config.period))


def told(data: Timelines, found: Foreseen, measured: Measured, k: int | None, facts: bool) -> list[Answer]:
    """Return what people and programs read of forecasts, one a series.

    Args:
        data: the series.
        found: the forecasts, standardised.
        measured: how the numbers were measured.
        k: how many are told of what is on or off.
        facts: whether those for JSON are wanted.
    """
    answers = []
    for number, row in enumerate(found.rows):
        at = int(np.searchsorted(data.inputs.offsets, row, "right")) - 1
        after, name = int(row - data.inputs.offsets[at]) + 1, Path(data.names[at]).name
        if found.quantiles is None:
            answers.append(sounding(name, after, measured.names, found.best[number, 0], k, facts))
            continue
        best = found.best[number] * measured.deviations + measured.means
        spread = found.quantiles[number] * measured.deviations[:, None] + measured.means[:, None]
        answers.append(coming(Coming(name, after, measured.names, best, spread, found.levels), facts))
    return answers


def card(parts: Sequence[Timelines], coder: FramesCoder, columns: Columns, config: Any) -> dict[str, str]:
    """Return what a report says of the two parts of the data."""
    rows = {
        name: f"{len(one):,} series, {len(one.truth) - int(one.begins.sum()):,} steps, {len(one.origins):,} forecasts"
        for name, one in zip(("training", "validation"), parts, strict=True)
    }
    names = [coder.names[at] for at in columns.targets]
    shown = ", ".join(names[:_SHOWN]) + (" ..." if len(names) > _SHOWN else "")
    ahead = f"{counted(config.horizon, 'steps')} ahead of {counted(len(names), 'columns')}: {shown}"
    difference = {"none": "", "last": ", as differences from the last value"}
    season = f", as differences from {config.period} steps before"
    return {**rows, "forecast": ahead + difference.get(config.differences, season)}


def is_binary(examples: Sequence[Example]) -> bool:
    """Say whether every number is 0 or 1."""
    return all(bool(((frames == 0) | (frames == 1)).all()) for frames in (one.fields["frames"] for one in examples))


def settled(config: Any, examples: Sequence[Example], say: Say, season: int = 0) -> Any:
    """Return the options with everything `auto` decided, and say what was.

    Args:
        config: the `[task]` section.
        examples: series.
        say: is told what was decided.
        season: rows of a year, where they are months or quarters: the period, unless one is given.

    Raises:
        ConfigError: of what is on or off, more than the next step is wanted.
        DataError: an example is no series of numbers.
    """
    refuse_recordings(examples)
    binary = config.binary
    if binary == "auto":
        binary = is_binary(examples)
        if binary:
            say("binary: every number is 0 or 1, such as keys of a piano, guessed; --set task.binary=false decides it")
    horizon = config.horizon or (1 if binary else 24)
    if binary and horizon != 1:
        raise ConfigError(
            f"task.horizon: got {horizon}, expected 1: of what is on or off, the next step is forecast. Leave it out."
        )
    period = config.period if config.period is not None else (0 if binary else season or 24)
    if season and config.period is None and not binary:
        say(f"period: after {season} rows a year comes again, guessed; --set task.period=N decides it")
    differences = ("none" if binary else "last") if config.differences == "auto" else config.differences
    settled = {"binary": binary, "horizon": horizon, "period": period, "differences": differences}
    return config.model_copy(update=settled)
