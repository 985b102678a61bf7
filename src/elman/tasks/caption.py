"""Captions: a text for a picture, a film, or any frames."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field as Option

from elman.answers.base import Answer
from elman.answers.written import WrittenText, written
from elman.coders.base import Coder
from elman.coders.frames import FramesCoder
from elman.coders.tokens import TokensCoder
from elman.data.encoded import Encoded, shared
from elman.data.fields import Field
from elman.data.recordings import Medium
from elman.data.records import Example
from elman.errors import NoLineError
from elman.evaluation.details import Detail
from elman.evaluation.looked import looked
from elman.evaluation.pictured import grid, pictured
from elman.features import USUAL
from elman.tasks.base import Say, TaskData, WritingTask
from elman.tasks.base.framing import FRAMES, FrameOptions
from elman.tasks.base.inputs import SERIES, learn_frames
from elman.tasks.base.nearest import nearest
from elman.tasks.base.targets import Rote

_LONGEST_VIEW = 60


class Captioning(WritingTask):
    """A text for each picture, film or series of frames, of which several may be right.

        J = -1/U Σ log p(t_i | t_1 .. t_{i-1}, frames)        summed over texts, U tokens in all, ends counted

    Training reads one example for each text; the frames of all texts of a picture are there once.

    Args:
        config: the `[task]` section, everything decided.
        inputs: the coder of frames.
        answers: that of `target`.
    """

    coder: FramesCoder

    class Config(WritingTask.Config, FrameOptions):
        """Options of captions."""

        usual: ClassVar[Mapping[Medium, str]] = {**USUAL, Medium.PICTURE: "picture"}
        name: str = "caption"
        level: str = Option("word", description="What a token is: character, word, bpe, byte.")
        bpe_size: int = Option(4000, ge=257, le=1_000_000, description="Pieces that level bpe learns, bytes included.")
        min_count: int = Option(1, ge=1, description="Tokens that are rarer in training are read as <unk>.")
        longest: int = Option(100_000, ge=1, description="Frames that are read; what is beyond is left.")
        longest_ratio: float = Option(0.0, ge=0, description="Tokens of a text for each frame, at most ...")
        longest_more: int = Option(50, ge=1, description="... and so many more.")
        score: Literal["bleu", "chrf", "exact_match", "error_rate"] = Option(
            "bleu", description="The score that comes first, and selects models."
        )

    default_model = "captioner"
    source_ends = False
    apart_by = (FRAMES,)

    @property
    def plural(self) -> str:
        """Pictures, films or series, by the shape of a frame."""
        return ("series", "pictures", "films")[len(self.coder.outline.shape) - 1]

    @classmethod
    def inputs(cls, config: Any) -> tuple[Field, ...]:
        """Return the frames."""
        return (SERIES,)

    @classmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the frames."""
        return (FRAMES,)

    @classmethod
    def suggestions(cls, config: Any) -> Sequence[str]:
        """Return commands for files of pictures."""
        return ("elman predict {run} FILE --input data", "elman inspect {run} alignment FILE --out seen.html")

    @classmethod
    def given(cls, config: Any, example: Example) -> Sequence[Any]:
        """Return the frames."""
        return (example.fields[FRAMES],)

    @classmethod
    def learn(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, Coder, dict[str, Coder]]:
        """Return the options, the coder of frames, and that of texts."""
        first, _ = shared([one.fields[FRAMES] for one in train])
        frames = learn_frames(config, [train[row] for row in first])
        texts = [one.fields["target"][0] for one in train]
        return config, frames, {"target": TokensCoder.learn(texts, config.level, config.bpe_size, config.min_count)}

    @classmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Return a task with what a folder holds."""
        return cls(config, FramesCoder.load(folder), {"target": TokensCoder.load(config.level, folder, "target")})

    def encode(self, examples: Sequence[Example], learns: bool = False) -> Encoded:
        """Return examples as numbers; frames that several have are there once."""
        first, places = shared([one.fields[FRAMES] for one in examples])
        found = super().encode([examples[row] for row in first])
        found = replace(found, examples=examples, shared=places)
        return self.with_targets(found) if learns else found

    def parse(self, line: str, split: bool) -> Example:
        """Refuse lines: pictures are none.

        Raises:
            NoLineError: always.
        """
        raise NoLineError("pictures or recordings")

    def named(self, example: Example) -> str:
        """Return the name of the file."""
        return example.place

    def is_blank(self, example: Example) -> bool:
        """Say whether there is no frame."""
        return not len(example.fields[FRAMES])

    def trivial(self, data: TaskData) -> Mapping[str, Rote]:
        """Return what writes what training has for the nearest picture, and what training has most often."""
        found = nearest(data.train, data.valid, self.coder)
        return {**({} if found is None else {"nearest": Rote(found)}), **super().trivial(data)}

    def present(self, example: Example, said: Any, k: int, facts: bool, looked: np.ndarray | None) -> Answer:
        """Return the best texts; in JSON where the model looked."""
        places = self.places(example, said[0].where.shape[1])
        return written(self.named(example), places, said, facts)

    def is_short(self, example: Example) -> bool:
        """Say whether it is a picture, or has few frames."""
        return len(self.coder.outline.shape) == 2 or len(example.fields[FRAMES]) <= _LONGEST_VIEW

    def places(self, example: Example, count: int) -> list[str]:
        """Return row and column of the places of a picture, or the numbers of steps."""
        height, width = self._grid(example, count) if count else (1, 0)
        if height == 1:
            return [str(place) for place in range(1, count + 1)]
        return [f"{row},{column}" for row in range(1, height + 1) for column in range(1, width + 1)]

    def looks(self, example: Example, found: WrittenText) -> Detail:
        """Return where it looked on the picture for each token, or at which steps."""
        title, weights = f"Where it looked: {self.named(example)} → {found.text}", found.where
        if len(self.coder.outline.shape) != 2:
            return looked(self.places(example, weights.shape[1]), found.looked_for, weights, title)
        picture = 1 - example.fields[FRAMES].reshape(len(example.fields[FRAMES]), *self.coder.outline.shape)
        return pictured(picture, self._grid(example, weights.shape[1]), found.looked_for, weights, title)

    def _grid(self, example: Example, count: int) -> tuple[int, int]:
        shape = self.coder.outline.shape
        return grid(len(example.fields[FRAMES]), shape[0], count) if len(shape) == 2 else (1, count)
