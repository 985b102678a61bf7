"""What tasks share whose examples are each for itself: sentences, texts, pairs, series."""

from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from pydantic import Field

from elman.answers.base import Answer
from elman.coders.base import Coder
from elman.config import Settings
from elman.data.bucketing import BucketedEpoch
from elman.data.encoded import Encoded
from elman.data.epochs import Epoch
from elman.data.fields import names_of
from elman.data.labels import answered
from elman.data.outlines import Outlines
from elman.data.parts import Parts
from elman.data.readers.base import Reader
from elman.data.records import Batch, Example
from elman.evaluation.base import ByPiece, Evaluation, Verdict
from elman.tasks.base.card import card
from elman.tasks.base.data import DataFiles, Say, TaskData
from elman.tasks.base.encoding import EncodingTask
from elman.tasks.base.framing import frames_from, frames_of, read_inputs, settled_by
from elman.tasks.base.held_out import divided
from elman.tasks.base.protocols import Labeler
from elman.tasks.base.reading import fingerprint, tell_cut
from elman.tasks.base.task import Task

_SAMPLES = 4


class ExampleTask(EncodingTask):
    """A task whose examples are each for itself: what labels, classifies or compares them shares.

    Args:
        config: the `[task]` section, everything decided.
        inputs: the coder of what an example gives.
        answers: for each head, the coder of its answers; the first head comes first.
    """

    class Config(Task.Config):
        """Options of tasks that read separate examples."""

        batch_places: int = Field(
            0, ge=0, description="At most so many places a batch, padding included; 0 leaves it to batch_size."
        )

    verbs: ClassVar[Sequence[str]] = ("examples",)
    bounds = {"batch_places": "places"}

    @property
    def unit(self) -> str:
        """What examples are."""
        return self.plural

    @property
    @abstractmethod
    def plural(self) -> str:
        """What examples are, such as `sentences`."""

    left_out: ClassVar[str] = "longer than {room:,}, not read to their end"
    """What is said of examples of which more is there than is read."""

    apart_by: ClassVar[Sequence[str]] = ()
    """Fields whose equal values stay in one part, where some examples are held out."""

    @classmethod
    def learned_from(cls, examples: Sequence[Example]) -> list[Example]:
        """Return what training reads of examples: more, where one has several answers and learns each."""
        return list(examples)

    @classmethod
    def divided(cls, config: Any, reader: Reader, files: DataFiles, say: Say) -> tuple[list[Example], list[Example]]:
        """Return the examples that are learned from, and those of validation, which may be held out."""
        return divided(cls, config, reader, files, say)

    @classmethod
    @abstractmethod
    def learn(cls, config: Any, train: Sequence[Example], say: Say) -> tuple[Any, Coder, dict[str, Coder]]:
        """Return the options with what the training part decides, the coder of inputs, and that of each head."""

    def right(self, example: Example) -> Mapping[str, Any]:
        """Return all that would be right, by head."""
        return self.gold(example)

    @abstractmethod
    def present(self, example: Example, said: Any, k: Any, facts: bool, looked: np.ndarray | None) -> Answer:
        """Return what was said to an example as people and programs read it.

        Args:
            example: an input.
            said: of `said`.
            k: how many alternatives, where there are some; None where `few` is.
            facts: whether those for JSON are wanted.
            looked: how much each place of the first text was looked at, (T,), or that from each place of the second,
                (U, T); None if the model does not look.
        """

    def kept(self, example: Example, said: Any) -> Any:
        """Return what a verdict asks of what was said to an example; that of all examples is there at once."""
        return said

    @abstractmethod
    def verdict(self, data: Encoded, said: Sequence[Any]) -> Verdict:
        """Return what is worth what was said to examples, in their order."""

    @classmethod
    def prepare(cls, config: Any, reader: Reader, files: DataFiles, folder: Path, say: Say) -> tuple[Self, TaskData]:
        """Read the examples, hold some out if there is no other validation, and learn inputs and labels."""
        source = frames_from(cls, config, reader, folder)
        train, valid = cls.divided(config, source, files, say)
        config, inputs, answers = cls.learn(settled_by(source, config), train, say)
        inputs = inputs.named(source.channels).kept_in(folder)
        task = cls(config, inputs, answers)
        task.check(valid, bool(files.held_out))
        learned, checked = task.encode(train, learns=True), task.encode(valid)
        task.tell_cut((learned, checked), say)
        hashed = f"{fingerprint(train, valid, inputs.outline)}-{task.fingerprint}"
        answer_fields = [field for field in cls.fields(config) if field not in cls.inputs(config)]
        facts = card(task.plural, learned, checked, inputs, answers, answer_fields)
        return task, TaskData(learned, checked, hashed, facts, inputs.unknown_share(checked.inputs))

    def tell_cut(self, parts: Sequence[Encoded], say: Say) -> None:
        """Tell how many examples are longer than what is read of one."""
        tell_cut(parts, self.room(self.config), self.plural, say)

    def parts(self, data: TaskData) -> Parts:
        """Return the examples of both parts, to be checked."""
        fields, inputs = self.fields(self.config), names_of(self.inputs(self.config))
        return Parts(fields, inputs, data.train.examples, data.valid.examples, data.unknown)

    def save(self, folder: Path) -> None:
        """Write what was learned of inputs and labels."""
        self.coder.save(folder, self.reads(self.config)[0])
        for name, coder in self.answers.items():
            coder.save(folder, name)

    @property
    def fingerprint(self) -> str:
        """A hash of inputs and labels."""
        return "-".join([self.coder.fingerprint, *(coder.fingerprint for coder in self.answers.values())])

    @property
    def outlines(self) -> Outlines:
        """What a model is told of inputs and answers."""
        reads = dict.fromkeys(self.reads(self.config), self.coder.outline)  # of all, whoever makes them
        return Outlines(reads, {name: coder.outline for name, coder in self.answers.items()})

    # Training

    def show_loss(self, nats: float) -> str:
        """Return nats a target."""
        return f"{nats:.3f} nats/{self.target}"

    def batches(self, data: TaskData, batch_size: int, seed: int, epoch: int) -> Epoch:
        """Return the batches of one epoch, similar lengths together."""
        train: Encoded = data.train

        def make(rows: np.ndarray, draw: np.random.Generator) -> Batch:
            return self.batch(train, rows, draw)

        return BucketedEpoch(self.widths(train), batch_size, self.config.batch_places, make, seed, epoch)

    # Use

    def at(self, threshold: float) -> Self:
        """Return the task with another threshold of several labels."""
        if not self.config.several:
            return super().at(threshold)
        return type(self)(self.config.model_copy(update={"threshold": threshold}), self.coder, self.answers)

    def asked(self, options: Mapping[str, Any]) -> Self:
        """Return the task with other values of options in `answering`."""
        if not set(options) <= set(self.answering):
            return super().asked(options)
        settings = Settings({"task": {**self.config.model_dump(), **options}})
        return type(self)(settings.build("task", type(self.config)), self.coder, self.answers)

    def answer(self, model: Labeler, examples: Sequence[Example], k: Any, facts: bool = True) -> list[Answer]:
        """Return what a model says to inputs, in their order; in JSON also where it looked, if it looks."""
        return self._answer(model, frames_of(self, examples), k, facts)

    def _answer(self, model: Labeler, examples: Sequence[Example], k: Any, facts: bool) -> list[Answer]:
        each = self.each(model, self.encode(examples), facts)
        found = {row: self.present(examples[row], said, k, facts, looked) for row, said, looked in each}
        return [found[row] for row in range(len(examples))]

    def sample(self, model: Labeler, data: TaskData, seed: int) -> str:
        """Return some inputs of the validation part with their answers."""
        k = None if self.config.several else 1
        return "\n".join(one.shown for one in self._answer(model, data.valid.examples[:_SAMPLES], k, False))

    def told(self, model: Labeler, data: Encoded) -> list[Any]:
        """Return what a verdict asks of what a model says to examples, in their order."""
        found = {row: self.kept(data.examples[row], said) for row, said, _ in self.each(model, data, True)}
        return [found[row] for row in range(len(data.examples))]

    @abstractmethod
    def each(self, model: Any, data: Encoded, weighed: bool) -> Iterator[tuple[int, Any, np.ndarray | None]]:
        """Yield the row of each example, what a model says to it as a plain value, and how much it looked at what.

        Args:
            model: answers, or writes.
            data: the examples, in any order.
            weighed: whether probabilities are wanted that take long.
        """

    # Scores

    def evaluation(self, model: Labeler, data: Encoded) -> Evaluation:
        """Return what a model is worth on examples."""
        found, counts = self.verdict(data, self.told(model, data)), self.coder.counts(data.inputs)
        unit, (words, unknown, *_) = next(iter(counts)), (*counts.values(), 0)
        if data.cut:
            counts[f"{self.plural} {self.left_out.format(room=self.room(self.config))}"] = data.cut
        return Evaluation(
            found.scores,
            {self.plural: len(data.examples), **counts, **found.counts},
            found.shown,
            found.details,
            ByPiece(self.plural, found.gold, words, unknown, found.observed, unit, found.beside),
            majority=found.majority,
        )

    def validate(self, model: Any, data: TaskData) -> Evaluation:
        """Evaluate on the validation part."""
        return self.evaluation(model, data.valid)

    def examples(self, reader: Reader, paths: Sequence[Path]) -> list[Example]:
        """Return the examples of files that have an answer.

        Raises:
            DataError: a file cannot be used, or none of its answers was learned.
        """
        reader.skipped.clear()
        found = answered(list(read_inputs(self, reader, paths)), self.config.several, reader.skipped)
        self.check(found, held_out=False)
        return found

    def evaluate(self, model: Any, reader: Reader, paths: Sequence[Path], folder: Path) -> Evaluation:
        """Evaluate on files."""
        source = frames_from(self, self.config, reader, folder)
        found = self.evaluation(model, self.encode(self.examples(source, paths)))
        return replace(found, counts={**found.counts, **reader.skipped})
