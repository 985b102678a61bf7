"""Transduction: bits for the steps of a sequence of vectors, each from all steps before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from pydantic import Field as Option

from elman.answers.base import Answer
from elman.answers.bits import bits_answer
from elman.coders.base import Coder
from elman.coders.bits import BitsCoder, asked
from elman.coders.frames import FramesCoder
from elman.data.bucketing import buckets
from elman.data.encoded import Encoded
from elman.data.fields import Field, Kind
from elman.data.records import Answers, Batch, Example
from elman.errors import NoLineError
from elman.evaluation.base import Evaluation, Verdict
from elman.evaluation.bits import Answered, answered, bits_verdict
from elman.evaluation.details import Detail
from elman.evaluation.looked import stood_over_time
from elman.evaluation.mistakes import GOLD, PREDICTED, WHERE, Asked
from elman.tasks.base import Say, TaskData
from elman.tasks.base.examples import ExampleTask
from elman.tasks.base.usual_bits import UsualBits

_STEPS, _BITS = Field("steps", Kind.VECTORS), Field("bits", Kind.VECTORS)
_MOST_ROWS, _MOST_PLACES = 64, 16384


class Transduction(ExampleTask):
    """Bits for each step of a sequence of vectors: what was read before, copied, sorted, counted, matched.

    J = -1/(N K) Σ_t Σ_k log p(bit k of step t | vectors up to t)        over the N steps at which bits are asked
    """

    answers: Mapping[str, BitsCoder]

    class Config(ExampleTask.Config):
        """Options of transduction."""

        name: str = "transduce"
        slots: int = Option(
            0, ge=0, le=65536, description="Places of the memory when it answers; 0: as many as it was trained with."
        )

        @property
        def single(self) -> str:
            """A bit is 0 or 1."""
            return "a bit is 0 or 1; how likely it is 1 is among the facts (--json)"

    answering = ("slots",)
    default_model = "memory_machine"
    plural = "sequences"
    unit = "steps"
    target = "step"

    @classmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return vectors, and the bits that are asked."""
        return (_STEPS, _BITS)

    @classmethod
    def inputs(cls, config: Any) -> tuple[Field, ...]:
        """Return the vectors."""
        return (_STEPS,)

    @classmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the vectors."""
        return ("steps",)

    @classmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Return the bits."""
        return ("bits",)

    @classmethod
    def suggestions(cls, config: Any) -> Sequence[str]:
        """Return commands for longer sequences than those of training."""
        return ("elman evaluate {run} LONGER.toml", "elman predict {run} FILE --input data")

    @classmethod
    def given(cls, config: Any, example: Example) -> Sequence[Any]:
        """Return the vectors."""
        return (example.fields["steps"],)

    @classmethod
    def learn(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, Coder, dict[str, Coder]]:
        """Return the options, the coder of vectors, which changes no number, and that of bits."""
        width, first = train[0].fields["steps"].shape[1], train[0].where
        bits = BitsCoder.learn((one.fields["bits"] for one in train), first)
        return config, FramesCoder(np.zeros(width), np.ones(width)), {"bits": bits}

    @classmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Return a task with what a folder holds."""
        return cls(config, FramesCoder.load(folder, "steps"), {"bits": BitsCoder.load(folder, "bits")})

    def gold(self, example: Example) -> dict[str, Any]:
        """Return the bits."""
        return {"bits": example.fields["bits"]}

    def show_loss(self, nats: float) -> str:
        """Return nats a bit: what is learned from is the mean over the bits of a step."""
        return f"{nats:.4f} nats/bit"

    def check(self, examples: Sequence[Example], held_out: bool) -> None:
        """Refuse bits that are not those of training."""
        self.answers["bits"].encode([one.fields["bits"] for one in examples], [one.where for one in examples])

    def parse(self, line: str, split: bool) -> Example:
        """Refuse a line: a sequence of vectors is none.

        Raises:
            NoLineError: always.
        """
        raise NoLineError("sequences of vectors")

    def trivial(self, data: TaskData) -> Mapping[str, UsualBits]:
        """Return what says every bit as it is most often."""
        return {"most_frequent": UsualBits(self.answers["bits"].rates)}

    def ready(self, model: Any) -> Any:
        """Return the model with as many places as it is to answer with."""
        return model.resized(self.config.slots) if self.config.slots else model

    def each(self, model: Any, data: Encoded, weighed: bool) -> Iterator[tuple[int, np.ndarray, None]]:
        """Yield the row of each sequence, and how likely each bit of each of its steps is 1, (T, K)."""
        for rows in buckets(data.widths, _MOST_ROWS, _MOST_PLACES):
            batch: Batch = self.batch(replace(data, targets={}), rows)
            answers: Answers = self.ready(model).answers(batch)
            chances = np.exp(answers.log_probs["bits"].astype(np.float64))  # 1 - p is asked, too
            for place, row in enumerate(rows.tolist()):
                yield row, chances[place, : data.lengths[row]], None

    def kept(self, example: Example, said: np.ndarray) -> Answered:
        """Return what a verdict asks of an answer: how many bits are wrong where some are asked, and how unlikely."""
        bits = example.fields["bits"]
        return answered(len(bits), bits[asked(bits)], said[asked(bits)])

    def present(self, example: Example, said: np.ndarray, k: Any, facts: bool, looked: np.ndarray | None) -> Answer:
        """Return the bits where they are asked, or at every step where nobody asks."""
        bits = example.fields.get("bits", np.full(said.shape, np.nan))
        places = np.flatnonzero(asked(bits))
        if not len(places):
            return bits_answer(example.where, len(said), np.arange(len(said)), said, None, facts)
        return bits_answer(example.where, len(said), places, said[places], bits[places], facts)

    def evaluation(self, model: Any, data: Encoded) -> Evaluation:
        """Return what a model is worth, and say how many sequences have more answers than its memory places."""
        found, places = super().evaluation(model, data), self.config.slots or model.slots
        over = sum(_asked(one) > places for one in data.examples) if places else 0
        more = {f"sequences with more answers than the {places:,} places of the memory": over} if over else {}
        return replace(found, counts={**found.counts, **more})

    def learnable(self, model: Any, data: TaskData, say: Say) -> TaskData:
        """Say whether sequences have more answers than the memory places; they are learned from all the same."""
        most, places = max(map(_asked, data.train.examples)), model.slots
        if 0 < places < most:
            room = f"for what has to be kept, set model.machine_options.slots={most}"
            say(f"memory: {places:,} places, and up to {most:,} steps with an answer; {room}")
        return data

    def views(self, model: Any, data: TaskData) -> list[Detail]:
        """Return where the heads stood in the longest sequence of some of the validation part."""
        longest = data.valid.lengths[:_MOST_ROWS].argmax(keepdims=True)
        batch = self.batch(replace(data.valid, targets={}), longest)
        return [stood_over_time(title, weights) for title, weights in model.watched(batch).items()]

    def verdict(self, data: Encoded, said: Sequence[Answered]) -> Verdict:
        """Return how many bits are wrong."""
        return bits_verdict(Asked(data.examples, (WHERE, GOLD, PREDICTED)), said, self.config.slots)


def _asked(example: Example) -> int:
    return int(asked(example.fields["bits"]).sum())
