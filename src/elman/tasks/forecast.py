"""Forecasting: the coming steps of series of numbers, or what sounds next."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from elman.answers.base import Answer
from elman.data.fields import Field, Kind, names_of
from elman.data.outlines import Ahead, Classes, Frames, Outlines
from elman.data.parts import Parts
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.data.timelines import Foreseen, Timelines
from elman.data.windows import SeriesStreams
from elman.errors import DataError
from elman.evaluation.base import Evaluation
from elman.evaluation.details import Detail
from elman.evaluation.naive import LAST, SEASON, Frequency
from elman.evaluation.series import Forecaster, Measured, worth
from elman.evaluation.series_views import drawn_forecasts
from elman.tasks.base import DataFiles, Say, Task, TaskData
from elman.tasks.base import timelines as series
from elman.tasks.base.forecast_options import ForecastOptions
from elman.tasks.base.reading import fingerprint
from elman.tasks.base.series_scales import SeriesScales


class Forecasting(Task):
    """The next H steps of a series of numbers, from all steps before; of what is on or off the next step.

        J = -1/T Σ_t log p(y_{t+1} .. y_{t+H} | x_1 .. x_t)

    Series are read in pieces side by side with truncated backpropagation through time; the state is carried from batch
    to batch. Numbers are standardised by the training part. Time is never shuffled: the end of each series validates.

    Args:
        config: the `[task]` section, everything decided.
        scales: of the numbers.
    """

    class Config(ForecastOptions, Task.Config):
        """Options of forecasting."""

        name: str = "forecast"

    default_model = "rnn_forecaster"
    verbs = ("rolls",)
    bounds = {"bptt": "width"}

    def __init__(self, config: Config, scales: SeriesScales) -> None:
        self.config, self.scales = config, scales
        self.columns = series.Columns.named(scales.values, config.targets, config.known)

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return what it reads: series of numbers."""
        return (Field("frames", Kind.FRAMES),)

    @classmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the frames."""
        return ("frames",)

    @classmethod
    def tells_held_out(cls, config: Any) -> bool:
        """Say that the end of each series is told."""
        return True

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Return what is ahead."""
        return ("ahead",)

    @classmethod
    def prepare(cls, config: Any, reader: Reader, files: DataFiles, folder: Path, say: Say) -> tuple[Self, TaskData]:
        """Read the series, hold out the end of each if there is no other validation, and standardise by the rest."""
        every, valid = list(reader.read(files.train)), list(reader.read(files.valid))
        config = series.settled(config, every, say, reader.season)
        if files.held_out:
            least = config.horizon + max(1, config.period)
            every, valid = series.parted(every, files.held_out, least, say)
        train = [series.learned_from(one) for one in every]
        scales = SeriesScales.learn(config, train, reader.channels)
        task = cls(config, scales)
        if not config.binary:
            series.refuse_constant(train, scales.values, task.columns)
        parts = task.encode(train), task.encode(valid)
        for part in parts:
            series.refuse_too_short(part)
        hashed = f"{fingerprint(train, valid, scales.read.outline)}-{task.fingerprint}"
        return task, TaskData(*parts, hashed, series.card(parts, scales.values, task.columns, config))

    def parts(self, data: TaskData) -> Parts:
        """Return the series of both parts, to be checked."""
        fields = self.fields(self.config)
        return Parts(fields, names_of(fields), data.train.read, data.valid.read)

    @classmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Return a task with the scales of a folder."""
        return cls(config, SeriesScales.load(config, folder))

    def save(self, folder: Path) -> None:
        """Write mean and deviation of each column."""
        self.scales.save(folder)

    @property
    def fingerprint(self) -> str:
        """A hash of mean and deviation."""
        return self.scales.fingerprint

    @property
    def outlines(self) -> Outlines:
        """The frames, and what is to be said of the coming ones."""
        how = self.measured
        ahead = Classes(how.names, several=True) if self.config.binary else Ahead(self.config.horizon, how.deviations)
        width = self.scales.width + self.config.horizon * len(self.columns.known)
        return Outlines({"frames": Frames((width,))}, {"ahead": ahead})

    @property
    def measured(self) -> Measured:
        """How what is forecast was measured."""
        return series.measured(self.scales, self.columns, self.config)

    @property
    def unit(self) -> str:
        """Steps of a series."""
        return "steps"

    def encode(self, examples: Sequence[Example]) -> Timelines:
        """Return series as numbers."""
        return series.timelines(examples, self.scales, self.columns, self.config.horizon)

    def batches(self, data: TaskData, batch_size: int, seed: int, epoch: int) -> SeriesStreams:
        """Return the batches of one epoch."""
        return SeriesStreams(data.train, batch_size, self.config.bptt, self.config.carry_state, seed, epoch)

    def trivial(self, data: TaskData | None = None) -> Mapping[str, Forecaster]:
        """Return what anybody can forecast, by how."""
        if self.config.binary:
            return {"frequency": Frequency(self.measured.means)}
        return {"last": LAST} | ({f"{self.config.period} before": SEASON} if self.config.period else {})

    def validate(self, model: Forecaster, data: TaskData) -> Evaluation:
        """Evaluate on the validation part, every forecast that fits in it."""
        return worth(model, self.trivial(), data.valid, self.measured, bool(self.config.binary))

    def evaluate(self, model: Forecaster, reader: Reader, paths: Sequence[Path], folder: Path) -> Evaluation:
        """Evaluate on files.

        Raises:
            DataError: one cannot be read as those of the training, or none is long enough.
        """
        data = self.encode(list(reader.read(paths)))
        series.refuse_too_short(data)
        return worth(model, self.trivial(), data, self.measured, bool(self.config.binary))

    def show_loss(self, nats: float) -> str:
        """Return the loss of a number, which is what a network is told, or of a step of what is on or off."""
        return f"{nats * len(self.columns.targets):.3f} nats/step" if self.config.binary else f"{nats:.3f} a value"

    def parse(self, line: str, split: bool) -> Example:
        """Refuse a line: a series is a file."""
        raise DataError("a line of text is no series: expected a file like those of the training. Name one.")

    def answer(self, model: Forecaster, examples: Sequence[Example], k: Any, facts: bool = True) -> list[Answer]:
        """Return what comes after the end of each series."""
        data = self.encode(examples)
        return series.told(data, Foreseen.joined(model.forecasts(data, data.lasts)), self.measured, k, facts)

    def sample(self, model: Forecaster, data: TaskData, seed: int) -> str:
        """Return how the first validation series goes on."""
        found = Foreseen.joined(model.forecasts(data.valid, data.valid.lasts[:1]))
        (told,) = series.told(data.valid, found, self.measured, self.few, False)
        return told.shown

    def views(self, model: Forecaster, data: TaskData) -> list[Detail]:
        """Return forecasts beside what came, drawn."""
        return drawn_forecasts(model, data.valid, self.measured)
