"""Drawings of a pen from examples: what they have to be, and how they are scaled."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from pydantic import Field as Option

from elman.answers.base import Answer, rounded
from elman.coders.frames import FramesCoder
from elman.config import Config
from elman.data.drawings import Drawings
from elman.data.pen import pen_recording
from elman.data.recordings import Medium, recording_of
from elman.data.records import Example
from elman.data.standardising import Scale
from elman.errors import CheckpointError, DataError
from elman.evaluation.drawings import OneGaussian
from elman.files.documents import parse_json_object, read_bytes
from elman.files.durable import write_file
from elman.randomness import seed_of
from elman.text.printed import counted, on_one_line

CHANNELS = ("dx", "dy", "up")
_FILE = "drawings.json"
BIASES = (0.0, 1.0)
"""Of the drawings of a report."""


class PenOptions(Config):
    """Options of tasks that draw."""

    batch_places: int = Option(16384, ge=1, description="Points of a batch at most, padding included.")
    upwards: bool = Option(
        False, description="dy above 0 is up, as in mathematics and not as on a screen: pictures are turned."
    )

    @property
    def single(self) -> str:
        """What comes next is one point."""
        return "one point is the likeliest; elman generate draws many drawings"


@dataclass(frozen=True)
class WantedDrawings:
    """Which drawings are wanted.

    Args:
        count: how many.
        length: points of each at most; None leaves it to the task.
        bias: above 0 for neater ones.
        seed: of the draws.
        text: what is to be written.
    """

    count: int
    length: int | None
    bias: float
    seed: int
    text: str = ""


class Pen(NamedTuple):
    """What is known of the drawings of a training part.

    Args:
        coder: scales dx and dy by one deviation of both.
        gaussian: one normal distribution of all their points, scaled.
        usual: how many points a drawing has in the middle; one of a text, a character of it.
    """

    coder: FramesCoder
    gaussian: OneGaussian
    usual: int

    @classmethod
    def learn(cls, examples: Sequence[Example]) -> Self:
        """Return that of a training part.

        Raises:
            DataError: there is none, or the pen never moves.
        """
        points = [points_of(one) for one in examples]
        coder = FramesCoder.learn(points, examples[0].where, Scale.TOGETHER).named(CHANNELS)
        every = np.concatenate(points)
        if not every[:, :2].any():
            raise DataError(f"{examples[0].where}: the pen never moves in the training part. Is it the right file?")
        scaled = every / coder.deviation
        parts = [max(1, len(one.fields.get("text", " "))) for one in examples]
        usual = np.median([len(one) / count for one, count in zip(points, parts, strict=True)])
        return cls(coder, OneGaussian.of(scaled), max(1, int(usual)))

    @property
    def deviation(self) -> float:
        """By what dx and dy are divided."""
        return float(self.coder.deviation[0])

    def encode(self, examples: Sequence[Example]) -> Drawings:
        """Return drawings as numbers."""
        names = [one.where for one in examples]
        return Drawings(self.coder.encode([points_of(one) for one in examples], names), names)

    def card(self, parts: Sequence[Drawings]) -> dict[str, str]:
        """Return what a report says of training and validation."""
        rows = {
            name: f"{counted(len(one), 'drawings')}, {counted(len(one.points.values), 'points')}"
            for name, one in zip(("training", "validation"), parts, strict=True)
        }
        return {**rows, "scale": f"dx and dy divided by {self.deviation:.4g}, one deviation of both"}

    def save(self, folder: Path) -> None:
        """Write the scale, and what is known besides."""
        self.coder.save(folder)
        mean, covariance, lifted, _ = self.gaussian
        facts = {"mean": mean.tolist(), "covariance": covariance.tolist(), "lifted": lifted, "usual": self.usual}
        write_file(folder / _FILE, f"{json.dumps(facts, indent=1)}\n".encode())

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote.

        Raises:
            CheckpointError: a file is missing or broken.
        """
        path = folder / _FILE
        try:
            facts = parse_json_object(read_bytes(path))
            mean, covariance = (np.array(facts[key], np.float64) for key in ("mean", "covariance"))
            lifted, usual = float(facts["lifted"]), int(facts["usual"])
            if mean.shape != (2,) or covariance.shape != (2, 2) or not 0 < lifted < 1 or usual < 1:
                raise ValueError("its numbers do not fit each other")
            if not np.isfinite(mean).all() or not np.linalg.det(covariance) > 0:
                raise ValueError("its numbers are none of a normal distribution")
        except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
            raise CheckpointError(f"{path}: cannot be read: {error}. Restore the file.") from error
        return cls(FramesCoder.load(folder), OneGaussian(mean, covariance, lifted), usual)


def points_of(example: Example) -> np.ndarray:
    """Return the points of a drawing, (T, 3).

    Raises:
        DataError: it is no drawing.
    """
    found = recording_of(example)
    if found.medium not in (Medium.PEN, Medium.NUMBERS):
        raise DataError(f"{example.where}: got {found.medium.value}, expected drawings: points (dx, dy, up).")
    values = found.values if found.medium is Medium.PEN else pen_recording(found.values, example.where).values
    return np.asarray(values, np.float64).reshape(-1, 3)


def told(model: Any, pen: Pen, data: Drawings, facts: bool) -> list[Answer]:
    """Return the likeliest point after each drawing, and how likely the drawing is.

    Args:
        model: of pens.
        pen: how they are scaled.
        data: the drawings.
        facts: whether those for JSON are wanted.
    """
    coming, counts = model.coming(data) * pen.coder.deviation, data.points.lengths
    sums = np.concatenate([[0.0], np.cumsum(model.nats(data))])[data.points.offsets]
    means, answers = np.diff(sums) / np.maximum(counts, 1), []
    texts = data.written or [""] * len(data)
    rows = zip(data.names, texts, counts.tolist(), means.tolist(), coming, strict=True)
    for name, text, count, mean, point in rows:
        found = {"drawing": name, "points": count, "nats": round(mean, 4), "next": rounded(point)}
        found |= {"text": text} if text else {}
        after = f"next {point[0]:.4g} {point[1]:.4g}, pen {'up' if point[2] else 'down'}"
        of = f" of {on_one_line(text)}" if text else ""
        shown = f"{Path(name).name}: {counted(count, 'points')}{of}, {mean:.3f} nats/point; {after}"
        answers.append(Answer(point, shown, found if facts else {}))
    return answers


def uniforms(numbers: range, length: int, seed: int) -> np.ndarray:
    """Return the numbers in [0, 1) that drawings are made of, (N, T, 4).

    Args:
        numbers: of the drawings: those of each depend on the seed and its number alone.
        length: T, points of each.
        seed: of the draws.
    """
    return np.array([np.random.default_rng(seed_of(seed, "drawings", one)).random((length, 4)) for one in numbers])
