"""Transcription: a text for frames of sound, of a pen, of a printed line, by CTC."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, Self

import numpy as np
from pydantic import Field as Option

from elman.coders.base import Coder
from elman.coders.transcript import Orders, TranscriptCoder
from elman.data.bucketing import BucketedEpoch
from elman.data.encoded import Encoded
from elman.data.epochs import Epoch
from elman.data.fields import Field, Kind
from elman.data.records import Batch, Example
from elman.errors import DataError, NoLineError, quoted
from elman.evaluation.base import Verdict
from elman.evaluation.mistakes import GOLD, PREDICTED, WHERE, Asked
from elman.evaluation.transcripts import transcript_verdict
from elman.tasks.base import Say, TaskData
from elman.tasks.base.fitting import fitting, refuse_unknown
from elman.tasks.base.framing import FRAMES, FrameOptions
from elman.tasks.base.inputs import SERIES, learn_inputs, load_inputs
from elman.tasks.base.transcribing import Constant, TranscribingTask

_TEXT = Field("text", Kind.TEXT)


class Transcription(TranscribingTask):
    """A text for each series of frames, without saying where in it each label stands.

        J = -1/U Σ log p(text | frames)        summed over texts, U labels in all

    Args:
        config: the `[task]` section, everything decided.
        inputs: the coder of frames.
        answers: that of `text`.
    """

    answers: Mapping[str, TranscriptCoder]

    class Config(TranscribingTask.Config, FrameOptions):
        """Options of transcription."""

        name: str = "ctc"
        level: Literal["character", "word", "phone"] = Option("character", description="What a label is.")
        min_count: int = Option(1, ge=1, description="Labels that are rarer in training are read as <unk>.")
        longest: int = Option(100_000, ge=1, description="Frames that are read; what is beyond is left.")
        score: Literal["cer", "wer", "error_rate", "exact_match"] = Option(
            "cer", description="The score that comes first, and selects models."
        )

    default_model = "rnn_transcriber"
    plural = "recordings"
    field = FRAMES

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return frames and their text."""
        return (SERIES, _TEXT)

    @classmethod
    def inputs(cls, config: Any) -> tuple[Field, ...]:
        """Return the frames."""
        return (SERIES,)

    @classmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the frames."""
        return (FRAMES,)

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Return the text."""
        return ("text",)

    @classmethod
    def suggestions(cls, config: Any) -> Sequence[str]:
        """Return commands for files of recordings."""
        return (
            "elman predict {run} FILE --input data",
            "elman evaluate {run} FILE --set task.beam=25 --set task.lm=labels",
        )

    @classmethod
    def given(cls, config: Any, example: Example) -> Sequence[Any]:
        """Return the frames."""
        return (example.fields[FRAMES],)

    @classmethod
    def room(cls, config: Any) -> int:
        """Return `longest`: memory goes with the longest recording."""
        return int(config.longest)

    @classmethod
    def learn(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, Coder, dict[str, Coder]]:
        """Return the options, the coder of frames, and that of texts.

        Raises:
            DataError: all texts are the same.
        """
        texts = [example.fields["text"] for example in train]
        if len(set(texts)) < 2 < len(texts):
            raise DataError(
                f"{train[0].where}: all {len(texts):,} texts are the same: {quoted(texts[0])}, expected different "
                "ones. Is it the right file?"
            )
        config, frames = learn_inputs(config, ((one.where, cls.read(config, one)) for one in train), (FRAMES,))
        orders = Orders(config.label_order, config.word_order)
        return config, frames, {"text": TranscriptCoder.learn(texts, config.level, 0, config.min_count, orders)}

    @classmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Return a task with what a folder holds."""
        frames = load_inputs(config, folder, (FRAMES,))
        return cls(config, frames, {"text": TranscriptCoder.load(config.level, folder, "text")})

    def gold(self, example: Example) -> dict[str, str]:
        """Return the text."""
        return {"text": example.fields["text"]}

    def check(self, examples: Sequence[Example], held_out: bool) -> None:
        """Refuse texts of which hardly a label was learned: they are written in another way."""
        refuse_unknown(examples, self.writer)

    def parse(self, line: str, split: bool) -> Example:
        """Refuse lines: recordings are none.

        Raises:
            NoLineError: always.
        """
        raise NoLineError("recordings")

    @property
    def unit(self) -> str:
        """Labels."""
        return self.writer.unit

    @property
    def target(self) -> str:
        """A label."""
        return self.writer.tokens.tokenizer.unit

    def learnable(self, model: Any, data: TaskData, say: Say) -> TaskData:
        """Return the data without the texts that have more labels than the network has steps for."""
        return replace(data, train=fitting(data.train, model.lengths(FRAMES, data.train.widths[0]), say))

    def batches(self, data: TaskData, batch_size: int, seed: int, epoch: int) -> Epoch:
        """Return the batches of one epoch, recordings of similar lengths together, of those that can be learned."""
        train: Encoded = data.train
        rows = np.arange(len(train.examples)) if train.learned is None else train.learned

        def make(some: np.ndarray, draw: np.random.Generator) -> Batch:
            return self.batch(train, rows[some], draw)

        widths = self.widths(train)[:, rows]
        return BucketedEpoch(widths, batch_size, self.config.batch_places, make, seed, epoch)

    def trivial(self, data: TaskData) -> Mapping[str, Constant]:
        """Return what always writes the text that training has most often."""
        often = Counter(example.fields["text"] for example in data.train.examples).most_common(1)[0][0]
        return {"most_frequent": Constant(often)}

    def told(self, model: Any, data: Encoded) -> list[Any]:
        """Return the text of each recording."""
        return [model.text] * len(data.examples) if isinstance(model, Constant) else super().told(model, data)

    def verdict(self, data: Encoded, said: Sequence[str]) -> Verdict:
        """Return how many characters and words are wrong."""
        asked = Asked(data.examples, (WHERE, GOLD, PREDICTED))
        split = self.writer.tokens.tokenizer.split
        found = transcript_verdict(asked, said, split, self.target, self.config.score, self.how)
        written = data.targets.get("text") or self.writer.encode([one.fields["text"] for one in data.examples])
        _, unknown = self.writer.counts(written).values()
        counts = {f"{self.writer.unit} of the file that no training text had": unknown} if unknown else {}
        return found._replace(counts={**found.counts, **counts})
