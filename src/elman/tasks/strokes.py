"""Drawing: the next point of a pen, from all points before."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from elman.answers.base import Answer
from elman.answers.sketched import sketched
from elman.data.bucketing import BucketedEpoch, held_out
from elman.data.drawings import Drawings
from elman.data.epochs import Epoch
from elman.data.fields import Field, Kind, names_of
from elman.data.outlines import Frames, Outlines, Points
from elman.data.parts import Parts
from elman.data.readers.base import Reader
from elman.data.records import Batch, Example
from elman.errors import DataError
from elman.evaluation.base import Detail, Evaluation
from elman.evaluation.drawings import OneGaussian, drawings_evaluation
from elman.tasks.base import DataFiles, Say, Task, TaskData
from elman.tasks.base.pens import CHANNELS, Pen, PenOptions, beside, drawn_by, told
from elman.tasks.base.reading import fingerprint


class Strokes(Task):
    """Each point of a drawing, from those before: how far the pen goes in x and y, and whether it is lifted there.

        J = -1/T Σ_t log p(dx_t, dy_t, up_t | points before)

    dx and dy are divided by one deviation of both over the training part, so that a drawing keeps its form. Drawings
    are apart from each other; the first point is predicted from nothing.

    Args:
        config: the `[task]` section, everything decided.
        pen: what is known of the drawings of the training part.
    """

    class Config(PenOptions, Task.Config):
        """Options of drawing."""

        name: str = "strokes"

    default_model = "rnn_pen"
    bounds = {"batch_places": "places"}
    verbs = ("drawings",)

    def __init__(self, config: Config, pen: Pen) -> None:
        self.config, self.pen = config, pen

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return what it reads: drawings."""
        return (Field("frames", Kind.FRAMES),)

    @classmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the points before."""
        return ("frames",)

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Return the point."""
        return ("point",)

    @classmethod
    def suggestions(cls, config: Any) -> Sequence[str]:
        """Return how to draw, and how to evaluate."""
        return ("elman generate {run} --count 9 --bias 1 --out drawings.svg", "elman evaluate {run} FILE")

    @classmethod
    def prepare(cls, config: Any, reader: Reader, files: DataFiles, folder: Path, say: Say) -> tuple[Self, TaskData]:
        """Read the drawings, hold some out if there is no other validation, and scale by the rest."""
        train, valid = list(reader.read(files.train)), list(reader.read(files.valid))
        if files.held_out:
            if len(train) < 2:
                raise DataError(f"{train[0].where}: the only drawing, so none can be held out. Give --valid FILE.")
            learned, kept = held_out(len(train), files.held_out)
            train, valid = [train[at] for at in learned], [train[at] for at in kept]
        task = cls(config, Pen.learn(train))
        parts = task.pen.encode(train), task.pen.encode(valid)
        for one in parts:
            if not len(one.points.values):
                raise DataError(f"{one.names[0]}: no drawing has a point. Is it the right file?")
        hashed = f"{fingerprint(train, valid, task.pen.coder.outline)}-{task.fingerprint}"
        return task, TaskData(*parts, hashed, task.pen.card(parts))

    def parts(self, data: TaskData) -> Parts:
        """Return the drawings of both parts, to be checked."""
        fields = self.fields(self.config)
        return Parts(fields, names_of(fields), data.train.examples, data.valid.examples)

    @classmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Return a task with the scale of a folder."""
        return cls(config, Pen.load(folder))

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
        data = self.pen.encode(list(reader.read(paths)))
        return drawings_evaluation(model, self.pen.gaussian, data, self.pen.deviation)

    def show_loss(self, nats: float) -> str:
        """Return the loss of a point, scaled."""
        return f"{nats:.3f} nats/point"

    def parse(self, line: str, split: bool) -> Example:
        """Refuse a line: a drawing is none.

        Raises:
            DataError: always.
        """
        raise DataError("this run reads drawings, not lines of text. Give a file with --input data.")

    def answer(self, model: Any, examples: Sequence[Example], k: Any, facts: bool = True) -> list[Answer]:
        """Return the likeliest next point after each drawing, and how likely the drawing is."""
        return told(model, self.pen, self.pen.encode(examples), facts)

    def draw(self, model: Any, count: int, length: int, bias: float, seed: int) -> np.ndarray:
        """Return drawings in the units of the data, (N, T, 3); drawing i depends on the seed and i alone.

        Args:
            model: draws.
            count: N.
            length: T, points of each.
            bias: above 0 for neater ones.
            seed: of the draws.
        """
        return drawn_by(model, self.pen, range(count), length, bias, seed)

    def sample(self, model: Any, data: TaskData, seed: int) -> str:
        """Return a drawing, in characters."""
        return sketched(self.draw(model, 1, self.pen.usual, 0.5, seed)[0])

    def views(self, model: Any, data: TaskData) -> list[Detail]:
        """Return what it draws, beside drawings of the validation part."""
        return [beside(model, self.pen, data.valid)]
