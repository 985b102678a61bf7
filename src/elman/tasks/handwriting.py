"""Handwriting: a pen that writes a given text."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from elman.answers.sketched import sketched
from elman.coders.unended import UnendedCoder
from elman.data.drawings import Drawings
from elman.data.fields import Field, Kind
from elman.data.outlines import Outlines, Points
from elman.data.records import Example
from elman.errors import ConfigError, DataError
from elman.evaluation.details import Detail
from elman.evaluation.looked import stood
from elman.tasks.base import TaskData
from elman.tasks.base.drawing import DrawingTask
from elman.tasks.base.pens import BIASES, Pen, WantedDrawings, uniforms

_LEVEL, _LONGEST, _SHOWN, _LOOKED_AT = "character", 3, 4, 2


class Handwriting(DrawingTask):
    """Each point of a pen that writes a text, from the points before and the text.

        J = -1/T Σ_t log p(dx_t, dy_t, up_t | points before, text)

    Points are scaled as those of task `strokes`; which character is written where in the drawing nobody says.

    Args:
        config: the `[task]` section, everything decided.
        pen: what is known of the drawings of the training part.
        letters: the coder of texts.
    """

    class Config(DrawingTask.Config):
        """Options of handwriting."""

        name: str = "handwriting"

    default_model = "rnn_scribe"
    verbs = ("drawings", "handwriting")

    def __init__(self, config: Config, pen: Pen, letters: UnendedCoder) -> None:
        super().__init__(config, pen)
        self.letters = letters

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return what it reads: drawings, and the text of each."""
        return (Field("frames", Kind.FRAMES), Field("text", Kind.TEXT))

    @classmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the points before, and the text."""
        return ("frames", "text")

    @classmethod
    def suggestions(cls, config: Any) -> Sequence[str]:
        """Return how to write, and how to evaluate."""
        return ('elman generate {run} "TEXT" --count 3 --bias 1 --out written.svg', "elman evaluate {run} FILE")

    @classmethod
    def learn(cls, config: Any, train: Sequence[Example]) -> Self:
        """Return the task that knows the scale and the characters of the training part."""
        pen = Pen.learn(train)
        return cls(config, pen, UnendedCoder.learn([one.fields["text"] for one in train], _LEVEL, 0))

    @classmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Return a task with the scale and the characters of a folder."""
        return cls(config, Pen.load(folder), UnendedCoder.load(_LEVEL, folder, "text"))

    def save(self, folder: Path) -> None:
        """Write the scale, what is known besides, and the characters."""
        super().save(folder)
        self.letters.save(folder, "text")

    @property
    def fingerprint(self) -> str:
        """A hash of the scale and the characters."""
        return f"{super().fingerprint}-{self.letters.fingerprint}"

    @property
    def outlines(self) -> Outlines:
        """Three numbers a point, the characters, and the point after it."""
        found = super().outlines
        return Outlines({**found.reads, "text": self.letters.outline}, {"point": Points(self.pen.usual)})

    def encode(self, examples: Sequence[Example]) -> Drawings:
        """Return drawings and their texts as numbers.

        Raises:
            DataError: a text is empty.
        """
        texts = [one.fields["text"] for one in examples]
        for one in examples:
            if not one.fields["text"]:
                raise DataError(f"{one.where}: got an empty text, expected what was written. Leave the drawing out.")
        found = super().encode(examples)
        return Drawings(found.points, found.names, texts, self.letters.encode(texts, found.names))

    def card(self, parts: Sequence[Drawings]) -> dict[str, str]:
        """Return what a report says of training and validation."""
        return {**super().card(parts), "characters": f"{len(self.known)}: {self.known}"}

    @property
    def known(self) -> str:
        """The characters that training has."""
        return "".join(sorted(one for one in self.letters.names if len(one) == 1 and one != "\n"))

    def parse(self, line: str, split: bool) -> Example:
        """Refuse a line: it could be written, but nothing is to be said to it.

        Raises:
            DataError: always.
        """
        raise DataError(
            "this run reads drawings with their texts. Give a file with --input data; elman generate writes a line."
        )

    def draw(self, model: Any, wanted: WantedDrawings) -> list[np.ndarray]:
        """Return drawings of a text in the units of the data.

        Raises:
            ConfigError: it is empty, or has a character that training has not.
        """
        unknown = self.letters.tokens.unknown_in(wanted.text)
        if not wanted.text or unknown:
            got = f"got {', '.join(map(repr, unknown))}, which no text of training has" if unknown else "got none"
            raise ConfigError(f"the text to write: {got}, expected some of {self.known!r}. Write others.")
        ids = self.letters.encode([wanted.text]).values
        length = wanted.length or _LONGEST * self.pen.usual * (len(ids) + 1)
        every = model.written(ids, uniforms(range(wanted.count), length, wanted.seed), wanted.bias)
        return [one * self.pen.coder.deviation for one in every]

    def written(self, model: Any, text: str) -> Example:
        """Return a text as it is written, neatly, as an example."""
        (points,) = self.draw(model, WantedDrawings(1, None, max(BIASES), 0, text))
        return Example({"frames": points, "text": text}, text)

    def sample(self, model: Any, data: TaskData, seed: int) -> str:
        """Return a text of the validation part as it is written, in characters."""
        text = self._able(data)[0]
        return f"{text}\n{sketched(self.seen(self.draw(model, WantedDrawings(1, None, 0.5, seed, text))[0]))}"

    def views(self, model: Any, data: TaskData) -> list[Detail]:
        """Return how it writes texts of the validation part, beside true ones, and where the window stands then."""
        texts, rows = self._able(data)[:_SHOWN], []
        for at, text in enumerate(data.valid.written[:_SHOWN]):
            rows.append((f"true: {text}", data.valid.points.row(at)))
        for bias in BIASES:
            every = [self.draw(model, WantedDrawings(1, None, bias, 0, text))[0] for text in texts]
            rows += [(f"{text}, bias {bias:g}", one) for text, one in zip(texts, every, strict=True)]
        seen = self.encode([self.written(model, text) for text in texts[:_LOOKED_AT]])
        return [self.pictured("Handwriting", rows), *self.windows(model, seen)]

    def _able(self, data: TaskData) -> list[str]:
        """Return different texts whose characters training has, of the validation part if it has some."""
        every = dict.fromkeys((*data.valid.written, *data.train.written))
        return [text for text in every if not self.letters.tokens.unknown_in(text)]

    def windows(self, model: Any, data: Drawings) -> list[Detail]:
        """Return where the window stands while drawings are written."""
        return [stood(*one) for one in zip(data.written, model.windows(data), strict=True)]
