"""What a task promises: training and the command line know nothing else."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence, Sized
from pathlib import Path
from typing import Any, ClassVar, Self

from elman.answers.base import Answer
from elman.data.epochs import Epoch, NoEpoch
from elman.data.fields import Field
from elman.data.outlines import Outlines
from elman.data.parts import Parts
from elman.data.readers.base import Reader
from elman.data.records import Example
from elman.errors import ConfigError, did_you_mean
from elman.evaluation.base import Evaluation
from elman.evaluation.details import Detail
from elman.evaluation.further import further
from elman.tasks.base.baselines import Baselines
from elman.tasks.base.data import DataFiles, Say, TaskData
from elman.tasks.base.options import TaskOptions


class Task(ABC):
    """One thing that can be trained: reads its data, makes batches, evaluates, samples.

    Args:
        config: the `[task]` section.
    """

    class Config(TaskOptions):
        """Options that every task has."""

    default_model: ClassVar[str]
    """The model where nobody says it and options decide nothing about it."""

    held_out: ClassVar[str] = "10%"
    """The share of the training data that is kept for validation, where no file is given."""

    baselines: ClassVar[Baselines] = Baselines(("most_frequent", "unigram"), ("linear", "pair_features"))
    """Models without gradients that say what is easy: those that suit the task stand beside scores."""

    patience: ClassVar[int] = 0
    """Validations in a row without a gain after which it trains no longer, where nothing is said; 0 for none."""

    answering: ClassVar[Sequence[str]] = ()
    """Options that say how it answers and nothing of what was learned: a run can be asked with others."""

    bounds: ClassVar[Mapping[str, str]] = {}
    """Its options that make a batch smaller, each with what it bounds: the `places` of a batch, or its `width`."""

    verbs: ClassVar[Sequence[str]] = ()
    """What a run can be asked for besides `predict`, `answer`, `read` and `evaluate`."""

    config: Any

    @classmethod
    def settle(cls, config: Any, names: Sequence[str], reader: Mapping[str, Any] | None = None) -> Any:
        """Return the options with what the training files and the options of their reader say about them."""
        return config

    @classmethod
    def usual_model(cls, config: Any) -> str:
        """Return the model where nobody says it, of a task with these options."""
        return cls.default_model

    @classmethod
    @abstractmethod
    def fields(cls, config: Any) -> tuple[Field, ...]:
        """Return what the task needs of each example; formats that cannot hold it are not its own."""

    @classmethod
    @abstractmethod
    def reads(cls, config: Any) -> tuple[str, ...]:
        """Return the fields of a batch that a model reads."""

    @classmethod
    @abstractmethod
    def heads(cls, config: Any) -> tuple[str, ...]:
        """Return the names of what is predicted, the first first."""

    @classmethod
    def inputs(cls, config: Any) -> tuple[Field, ...]:
        """Return those of `fields` that are there without an answer."""
        return cls.fields(config)

    @classmethod
    def tells_held_out(cls, config: Any) -> bool:
        """Say whether `prepare` tells which part of the data validates, where no files do."""
        return False

    @classmethod
    def strata(cls, config: Any) -> tuple[str, ...]:
        """Return those of `fields` whose values are classes, of which a part that is held out has its share."""
        return ()

    @classmethod
    @abstractmethod
    def prepare(cls, config: Any, reader: Reader, files: DataFiles, folder: Path, say: Say) -> tuple[Self, TaskData]:
        """Read the data and return a task that knows its vocabularies, and the data ready for training.

        Args:
            config: the `[task]` section; the returned task has it with every `auto` decided.
            reader: reads the files.
            files: which files.
            folder: a folder for temporary files on the disk of the run.
            say: called with each decision that the user did not make.
        """

    def parts(self, data: TaskData) -> Parts | None:
        """Return the examples of both parts, to be checked; None where the data is running text."""
        return None

    @classmethod
    @abstractmethod
    def load(cls, config: Any, folder: Path) -> Self:
        """Return a task from what `save` wrote.

        Raises:
            CheckpointError: files are missing or broken.
        """

    @abstractmethod
    def save(self, folder: Path) -> None:
        """Write the vocabularies as text files into a folder."""

    @property
    @abstractmethod
    def fingerprint(self) -> str:
        """A hash of the vocabularies: weights go with exactly one."""

    @property
    @abstractmethod
    def outlines(self) -> Outlines:
        """What a model is told of what it reads and answers."""

    @property
    def target(self) -> str:
        """What a loss is averaged over, in the singular, if not the tokens of the data."""
        return ""

    @classmethod
    def suggestions(cls, config: Any) -> Sequence[str]:
        """Commands to try on a run; what comes after the first two gives way where training can go on."""
        return ("elman predict {run} FILE", "elman evaluate {run} FILE")

    @property
    def bounded(self) -> Mapping[str, str]:
        """Those of `bounds` that mean something with its options."""
        return self.bounds

    @property
    @abstractmethod
    def unit(self) -> str:
        """What tokens are, in the plural: `characters`."""

    def batches(self, data: TaskData, batch_size: int, seed: int, epoch: int) -> Epoch:
        """Return the batches of one epoch, where models read some. Batch i depends on the arguments and i alone."""
        return NoEpoch()

    def learnable(self, model: Any, data: TaskData, say: Say) -> TaskData:
        """Return the data without what a model cannot learn from, before its first update.

        Args:
            model: that was built, without having learned anything.
            data: the task's.
            say: is told what is left out.

        Raises:
            DataError: too much is.
        """
        return data

    @abstractmethod
    def validate(self, model: Any, data: TaskData) -> Evaluation:
        """Evaluate a model on the validation part."""

    @abstractmethod
    def evaluate(self, model: Any, reader: Reader, paths: Sequence[Path], folder: Path) -> Evaluation:
        """Evaluate a model on files."""

    def trivial(self, data: TaskData) -> Mapping[str, Any]:
        """Return models that nobody has to learn, by their names; each says `frequencies`, as a `Rote` does."""
        return {}

    def rehearse(self, model: Any, data: TaskData) -> None:
        """Do what a validation will do, before the training, so that it can be timed."""
        self.validate(model, data)

    def validated(self, model: Any, data: TaskData) -> Evaluation:
        """Evaluate on the validation part, with the further metrics that are wanted; the first score selects models."""
        return further(self.validate(model, data), self.config.further, self.config.selected, validates=True)

    def evaluated(self, model: Any, reader: Reader, paths: Sequence[Path], folder: Path) -> Evaluation:
        """Evaluate on files, with the further metrics that their data has."""
        found = self.evaluate(model, reader, paths, folder)
        return further(found, self.config.further, self.config.selected, validates=False)

    def __repr__(self) -> str:
        """Say what its data is made of, and how many of each thing it knows."""
        every = {**self.outlines.reads, **self.outlines.answers}
        sizes = [f"{name} {len(known):,}" for name, known in every.items() if isinstance(known, Sized)]
        return f"<task {self.config.name} of {', '.join([self.unit, *sizes])}>"

    def ready(self, model: Any) -> Any:
        """Return what answers many questions: the model, or what reads and writes with it."""
        return model

    @property
    def hints(self) -> Sequence[str]:
        """What to know before raw text is given."""
        return ()

    @property
    def few(self) -> int | None:
        """How many alternatives an answer has where nobody says it; None: of several labels all that fit."""
        return None if self.config.several else 5

    def at(self, threshold: float) -> Self:
        """Return the task with another threshold of what is given in an answer.

        Raises:
            ConfigError: its answers have none.
        """
        raise ConfigError(
            f"threshold: got {threshold:g}, but only a run whose texts may have several labels has one; this run of "
            f"task {self.config.name} has not. Leave it out."
        )

    def asked(self, options: Mapping[str, Any]) -> Self:
        """Return the task with other values of options in `answering`.

        Raises:
            ConfigError: one is not among them, or a value means nothing.
        """
        others = f" Of {', '.join(self.answering)} others can be given." if self.answering else ""
        decided = f"was decided when it was trained.{others}"
        unknown = [f"no such option. {did_you_mean(name, self.answering)}" for name in options]
        known = type(self.config).model_fields
        wrong = [f"task.{a}: {decided if a in known else b}" for a, b in zip(options, unknown, strict=True)]
        raise ConfigError(*(line for line, name in zip(wrong, options, strict=True) if name not in self.answering))

    def unknown(self, examples: Sequence[Example]) -> tuple[int, int, str]:
        """Return how many words of inputs a vocabulary lacks, of how many, and what words are here, in the plural."""
        return 0, 0, self.unit

    def remarks(self, examples: Sequence[Example]) -> list[str]:
        """Say what is odd about inputs beside those of training, as it is told before they are answered."""
        return []

    def check(self, examples: Sequence[Example], held_out: bool) -> None:  # noqa: B027
        """Refuse examples that cannot be those of this task: not one of their answers was learned.

        Args:
            examples: to validate or evaluate on.
            held_out: whether they come from the training files.

        Raises:
            DataError: so it is.
        """

    @abstractmethod
    def parse(self, line: str, split: bool) -> Example:
        """Return the example that a line of raw text is.

        Args:
            line: one input, without its end.
            split: whether its tokens stand between blanks already.
        """

    @abstractmethod
    def answer(self, model: Any, examples: Sequence[Example], k: Any, facts: bool = True) -> list[Answer]:
        """Return what a model says to inputs, in their order.

        Args:
            model: predicts; what `ready` gave.
            examples: of `parse`, or of the reader.
            k: how many alternatives, where there are some; where `few` is None, None gives those that fit.
            facts: whether the facts for JSON are wanted, some of which take long.
        """

    @abstractmethod
    def sample(self, model: Any, data: TaskData, seed: int) -> str:
        """Return a short text that shows what the model does now."""

    def views(self, model: Any, data: TaskData) -> Sequence[Detail]:
        """Return what the report shows of a trained model beside its scores."""
        return ()

    @abstractmethod
    def show_loss(self, nats: float) -> str:
        """Return a mean loss in the unit that people of this task think in."""
