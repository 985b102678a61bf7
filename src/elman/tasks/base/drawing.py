"""What tasks share that learn where a pen goes next."""

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np

from elman.answers.base import Answer
from elman.data.bucketing import BucketedEpoch, held_out
from elman.data.drawings import Drawings
from elman.data.epochs import Epoch
from elman.data.fields import names_of
from elman.data.outlines import Frames, Outlines, Points
from elman.data.parts import Parts
from elman.data.readers.base import Reader
from elman.data.records import Batch, Example
from elman.errors import DataError
from elman.evaluation.base import Evaluation
from elman.evaluation.details import Detail
from elman.evaluation.drawings import OneGaussian, drawings_evaluation, drawn
from elman.tasks.base.data import DataFiles, Say, TaskData
from elman.tasks.base.pens import CHANNELS, Pen, PenOptions, WantedDrawings, told
from elman.tasks.base.reading import fingerprint
from elman.tasks.base.task import Task


class DrawingTask(Task):
    """A task whose examples are drawings, each for itself.

    Args:
        config: the `[task]` section, everything decided.
        pen: what is known of the drawings of the training part.
    """

    class Config(PenOptions, Task.Config):
        """Options of drawing."""

    bounds = {"batch_places": "places"}
    verbs: ClassVar[Sequence[str]] = ("drawings",)

    def __init__(self, config: Any, pen: Pen) -> None:
        self.config, self.pen = config, pen

    @classmethod
    @abstractmethod
    def learn(cls, config: Any, train: Sequence[Example]) -> Self:
        """Return the task that knows the training part."""

    @abstractmethod
    def draw(self, model: Any, wanted: WantedDrawings) -> Sequence[np.ndarray]:
        """Return drawings in the units of the data, (T, 3) each; drawing i depends on the seed and i alone.

        Args:
            model: draws.
            wanted: what, and how many.
        """

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Return the point."""
        return ("point",)

    @classmethod
    def prepare(cls, config: Any, reader: Reader, files: DataFiles, folder: Path, say: Say) -> tuple[Self, TaskData]:
        """Read the drawings, hold some out if there is no other validation, and scale by the rest."""
        train, valid = list(reader.read(files.train)), list(reader.read(files.valid))
        if files.held_out:
            if len(train) < 2:
                raise DataError(f"{train[0].where}: the only drawing, so none can be held out. Give --valid FILE.")
            learned, kept = held_out(len(train), files.held_out)
            train, valid = [train[at] for at in learned], [train[at] for at in kept]
        task = cls.learn(config, train)
        parts = task.encode(train), task.encode(valid)
        for one in parts:
            if not len(one.points.values):
                raise DataError(f"{one.names[0]}: no drawing has a point. Is it the right file?")
        hashed = f"{fingerprint(train, valid, task.pen.coder.outline)}-{task.fingerprint}"
        return task, TaskData(*parts, hashed, task.card(parts))

    def encode(self, examples: Sequence[Example]) -> Drawings:
        """Return drawings as numbers."""
        return self.pen.encode(examples)

    def card(self, parts: Sequence[Drawings]) -> dict[str, str]:
        """Return what a report says of training and validation."""
        return self.pen.card(parts)

    def parts(self, data: TaskData) -> Parts:
        """Return the drawings of both parts, to be checked."""
        fields = self.fields(self.config)
        return Parts(fields, names_of(fields), data.train.examples, data.valid.examples)

    def save(self, folder: Path) -> None:
        """Write the scale, and what is known besides."""
        self.pen.save(folder)

    @property
    def fingerprint(self) -> str:
        """A hash of the scale."""
        return self.pen.coder.fingerprint

    @property
    def outlines(self) -> Outlines:
        """Three numbers a point, and the point after it."""
        return Outlines({"frames": Frames((len(CHANNELS),))}, {"point": Points()})

    @property
    def unit(self) -> str:
        """Points."""
        return "points"

    def batches(self, data: TaskData, batch_size: int, seed: int, epoch: int) -> Epoch:
        """Return the batches of one epoch, drawings of similar lengths together."""
        train: Drawings = data.train

        def make(rows: np.ndarray, draw: np.random.Generator) -> Batch:
            return train.batch(rows)

        return BucketedEpoch(train.points.lengths, batch_size, self.config.batch_places, make, seed, epoch)

    def trivial(self, data: TaskData) -> Mapping[str, OneGaussian]:
        """Return one normal distribution."""
        return {"one Gaussian": self.pen.gaussian}

    def validate(self, model: Any, data: TaskData) -> Evaluation:
        """Evaluate on the validation part."""
        return drawings_evaluation(model, self.pen.gaussian, data.valid, self.pen.deviation)

    def evaluate(self, model: Any, reader: Reader, paths: Sequence[Path], folder: Path) -> Evaluation:
        """Evaluate on files."""
        data = self.encode(list(reader.read(paths)))
        return drawings_evaluation(model, self.pen.gaussian, data, self.pen.deviation)

    def seen(self, points: np.ndarray) -> np.ndarray:
        """Return points as a screen has them, where dy above 0 is down."""
        return points * (1, -1, 1) + 0.0 if self.config.upwards else points

    def pictured(self, title: str, rows: Iterable[tuple[str, np.ndarray]]) -> Detail:
        """Return drawings to look at: what each is, and its points."""
        return drawn(title, [(name, self.seen(points)) for name, points in rows])

    def show_loss(self, nats: float) -> str:
        """Return the loss of a point, scaled."""
        return f"{nats:.3f} nats/point"

    def answer(self, model: Any, examples: Sequence[Example], k: Any, facts: bool = True) -> list[Answer]:
        """Return the likeliest next point after each drawing, and how likely the drawing is."""
        return told(model, self.pen, self.encode(examples), facts)
