"""What is compared of each run, the best run first."""

from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from typing import NamedTuple

import numpy as np

from elman.comparison.bootstrap import Resamples, interval, p_value
from elman.comparison.reading import Reading, read
from elman.errors import ConfigError
from elman.evaluation.base import Pieces, value_of
from elman.inference.predictor import Predictor
from elman.inference.seen import seen
from elman.metrics.base import Score
from elman.runs.folder import RunFolder
from elman.runs.log import read_events

_ALIKE = 0.01
"""Shares of a text that vocabularies lack, and that differ by less, hardly change bits per character."""


class Compared(NamedTuple):
    """A score of a run.

    Args:
        value: on the data itself.
        interval: where 95 % of resampled data have it; None where there is too little data to say, where it is not of
            pieces that can be drawn anew, where it is infinite, or where few of such data have it at all.
    """

    value: float
    interval: tuple[float, float] | None


class Row(NamedTuple):
    """One run on the data.

    Args:
        run: its folder.
        model: what it is, in a few words.
        unit: what a token is.
        scores: by name.
        p_value: how often chance alone gives the difference of the first score to that of the best run; None for the
            best, and where there is no interval.
        unknown: the share of tokens that its vocabulary lacks.
        parameters: numbers that were learned.
        bytes: the run's weights and vocabulary on disk.
        training_seconds: how long it was trained; None where the run does not say.
        tokens_per_second: how fast it read the data; None where that is too small to tell.
        remarks: what else was counted, such as labels that its training did not have.
    """

    run: str
    model: str
    unit: str
    scores: Mapping[str, Compared]
    p_value: float | None
    unknown: float
    parameters: int
    bytes: int
    training_seconds: float | None
    tokens_per_second: float | None
    remarks: Mapping[str, int]


class Kind(NamedTuple):
    """What a score is, without a value."""

    name: str
    unit: str
    signature: str
    lower_is_better: bool

    @classmethod
    def of(cls, score: Score) -> "Kind":
        """Return what a score is."""
        return cls(score.name, score.unit, score.signature, score.lower_is_better)

    @property
    def is_rate(self) -> bool:
        """Whether it is shown as percent."""
        return self.unit.startswith("of ")


class Comparison(NamedTuple):
    """Runs on the same data, the best first.

    Args:
        task: of all runs.
        files: the data.
        counts: how large it is, as far as the runs agree: lines and characters, or sentences and words.
        scores: what is compared, the first first.
        left_out: scores that not every run has, or not in the same sense.
        rows: the runs.
        ranked: whether their order says which is better; else it is the one that they were given in.
        remarks: what a reader must know of the runs beside their numbers.
    """

    task: str
    files: list[str]
    counts: Mapping[str, int]
    scores: list[Kind]
    left_out: list[str]
    rows: list[Row]
    ranked: bool = True
    remarks: Sequence[str] = ()


def compare(runs: Sequence[Predictor], files: Sequence[str]) -> Comparison:
    """Measure runs on the same data.

    Args:
        runs: runs of one task.
        files: the data.

    Raises:
        ConfigError: the runs cannot be compared.
        DataError: a file is missing or cannot be used.
    """
    readings = read(runs, files)
    names, left_out = _common(readings)
    ranked = names[0] != "bits_per_character" or _paid_alike(readings)
    if ranked:
        readings.sort(key=lambda reading: _rank(reading.scores[names[0]]))
    best = readings[0]
    pieces = best.pieces[names[0]]
    resamples = Resamples(len(pieces.statistics))
    first = _values(resamples, pieces)
    rows = []
    for reading in readings:
        values = {name: _values(resamples, reading.pieces.get(name)) for name in names}
        own = values[names[0]]
        p = None
        if ranked and reading is not best and own is not None and first is not None:
            p = p_value(_numbers(own - first))
        rows.append(_row(reading, values, p))
    counts = {name: count for name, count in best.counts.items() if all(r.counts.get(name) == count for r in readings)}
    kinds = [Kind.of(best.scores[name]) for name in names]
    remarks = [*_read_otherwise(readings), *_seen_before(readings, files)]
    return Comparison(str(best.run.task.config.name), list(files), counts, kinds, left_out, rows, ranked, remarks)


def _paid_alike(readings: Sequence[Reading]) -> bool:
    """Say whether vocabularies lack about as much of the text: what they lack costs next to nothing."""
    shares = [reading.lacking for reading in readings]
    return max(shares) - min(shares) <= _ALIKE


def _read_otherwise(readings: Sequence[Reading]) -> Iterator[str]:
    """Yield which runs read lines as texts of their own, if others do not."""
    by_line = [reading.run.task.config.by_line for reading in readings]
    if len(set(by_line)) > 1:
        lines, running = (str(readings[by_line.index(one)].run.path) for one in (True, False))
        yield f"{lines} reads each line as a text of its own, {running} a running text."


def _seen_before(readings: Sequence[Reading], files: Sequence[str]) -> Iterator[str]:
    """Yield which runs have learned from a file that they are compared on, or had their weights chosen on it."""
    for reading in readings:
        yield from seen(reading.run, files)


def _common(readings: Sequence[Reading]) -> tuple[list[str], list[str]]:
    """Return the scores that mean the same in all runs, the first that is of pieces first, and the others.

    Raises:
        ConfigError: there is none that is of pieces.
    """
    every = list(dict.fromkeys(name for reading in readings for name in reading.scores))
    same = [
        name
        for name in every
        if len({reading.scores[name].signature if name in reading.scores else None for reading in readings}) == 1
    ]
    first = next((name for name in same if name in readings[0].pieces), None)
    if first is None:
        each = "; ".join(f"{reading.run.path} has {', '.join(reading.scores)}" for reading in readings)
        raise ConfigError(f"elman compare: the runs have no score in common: {each}.")
    return [first, *(name for name in same if name != first)], [name for name in every if name not in same]


def _rank(score: Score) -> tuple[bool, float]:
    """Return what sorts the best first, and what is no number last."""
    return isnan(score.value), score.value if score.lower_is_better else -score.value


def _values(resamples: Resamples, pieces: Pieces | None) -> np.ndarray | None:
    """Return the score of each of the resampled data, NaN where it has none; None where they tell nothing."""
    if pieces is None or not resamples.tell or not np.isfinite(pieces.statistics).all():
        return None
    values = np.array([value_of(pieces.metric, sums) for sums in resamples.sums(pieces.statistics)])
    return None if np.isinf(values).any() or 2 * len(_numbers(values)) < len(values) else values


def _numbers(values: np.ndarray) -> np.ndarray:
    """Return those that are numbers: some data without a span, say, are among the resampled where spans are rare."""
    return values[~np.isnan(values)]


def _row(reading: Reading, values: Mapping[str, np.ndarray | None], p: float | None) -> Row:
    folder = RunFolder(reading.run.path)
    scores = {
        name: Compared(reading.scores[name].value, None if found is None else interval(_numbers(found)))
        for name, found in values.items()
    }
    return Row(
        run=str(reading.run.path),
        model=reading.run.model.title,
        unit=reading.unit,
        scores=scores,
        p_value=p,
        unknown=reading.unknown,
        parameters=reading.run.model.num_weights(),
        bytes=sum(file.stat().st_size for file in [folder.model_path, *folder.vocabulary_path.iterdir()]),
        training_seconds=_training_seconds(folder),
        tokens_per_second=reading.tokens_per_second,
        remarks=reading.remarks,
    )


def _training_seconds(folder: RunFolder) -> float | None:
    seconds = [event["seconds"] for event in read_events(folder.metrics_path) if "seconds" in event]
    return float(seconds[-1]) if seconds else None
