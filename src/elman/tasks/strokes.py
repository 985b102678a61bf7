"""Drawing: the next point of a pen, from all points before."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from elman.answers.sketched import sketched
from elman.data.fields import Field, Kind
from elman.data.records import Example
from elman.errors import NoLineError
from elman.evaluation.details import Detail
from elman.tasks.base import TaskData
from elman.tasks.base.drawing import DrawingTask
from elman.tasks.base.pens import BIASES, Pen, WantedDrawings, uniforms

_SHOWN = 6


class Strokes(DrawingTask):
    """Each point of a drawing, from those before: how far the pen goes in x and y, and whether it is lifted there.

        J = -1/T Σ_t log p(dx_t, dy_t, up_t | points before)

    dx and dy are divided by one deviation of both over the training part, so that a drawing keeps its form. Drawings
    are apart from each other; the first point is predicted from nothing.

    Args:
        config: the `[task]` section, everything decided.
        pen: what is known of the drawings of the training part.
    """

    class Config(DrawingTask.Config):
        """Options of drawing."""

        name: str = "strokes"

    default_model = "rnn_pen"

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return what it reads: drawings."""
        return (Field("frames", Kind.FRAMES),)

    @classmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the points before."""
        return ("frames",)

    @classmethod
    def suggestions(cls, config: Any) -> Sequence[str]:
        """Return how to draw, and how to evaluate."""
        return ("elman generate {run} --count 9 --bias 1 --out drawings.svg", "elman evaluate {run} FILE")

    @classmethod
    def learn(cls, config: Any, train: Sequence[Example]) -> Self:
        """Return the task that knows the scale of the training part."""
        return cls(config, Pen.learn(train))

    @classmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Return a task with the scale of a folder."""
        return cls(config, Pen.load(folder))

    def parse(self, line: str, split: bool) -> Example:
        """Refuse a line: a drawing is none.

        Raises:
            NoLineError: always.
        """
        raise NoLineError("drawings")

    def draw(self, model: Any, wanted: WantedDrawings) -> Sequence[np.ndarray]:
        """Return drawings in the units of the data, of as many points each as one of training has in the middle."""
        draws = uniforms(range(wanted.count), wanted.length or self.pen.usual, wanted.seed)
        return list(model.drawn(draws, wanted.bias) * self.pen.coder.deviation)

    def sample(self, model: Any, data: TaskData, seed: int) -> str:
        """Return a drawing, in characters."""
        return sketched(self.seen(self.draw(model, WantedDrawings(1, None, 0.5, seed))[0]))

    def views(self, model: Any, data: TaskData) -> list[Detail]:
        """Return what it draws, beside drawings of the validation part."""
        rows = [("true", data.valid.points.row(at)) for at in range(min(_SHOWN, len(data.valid)))]
        for bias in BIASES:
            every = self.draw(model, WantedDrawings(_SHOWN, None, bias, 0))
            rows += [(f"drawn, bias {bias:g}", one) for one in every]
        return [self.pictured("Drawings", rows)]
