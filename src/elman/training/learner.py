"""What a learner promises: the loop asks it for one update after the other, and knows nothing of how it learns."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

import numpy as np

from elman.errors import ConfigError
from elman.events import Event, Listener, Notice
from elman.metrics.base import Score
from elman.models.base import Model
from elman.randomness import seed_of
from elman.runs.baselines import Baseline
from elman.runs.configuration import RunConfig, TrainingConfig
from elman.runs.plan import Plan
from elman.tasks.base import Task, TaskData
from elman.training.pace import Place, Speed, steps_in, steps_of
from elman.training.room import Need, process, room
from elman.training.update import Update

Arrays = Mapping[str, np.ndarray]


class Lengths(NamedTuple):
    """How far to go on, in one of three units."""

    steps: int | None = None
    epochs: float | None = None
    minutes: float | None = None


class Lesson(NamedTuple):
    """What is learned, by whom, and from what.

    Args:
        task: makes batches, evaluates, samples.
        data: what it prepared.
        model: learns; it is changed in place.
        config: the `[training]` section.
        folder: of the run.
        tell: is told what happens.
        baselines: what is easy on the data.
        memory: what was said of the memory that it takes; empty where nobody knows.
        spent: seconds that it took to get ready, which count in the minutes of a training.
    """

    task: Task
    data: TaskData
    model: Any
    config: TrainingConfig
    folder: Path
    tell: Listener
    baselines: Sequence[Baseline] = ()
    memory: str = ""
    spent: float = 0.0

    def say(self, text: str) -> None:
        """Tell the user a sentence."""
        self.tell(Notice(text))

    @property
    def data_in_a_line(self) -> str:
        """What is trained on."""
        return ", ".join(f"{name} {text}" for name, text in self.data.card.items() if name != "level")

    @property
    def to_beat(self) -> dict[str, str]:
        """What is easy, under its name; nothing where nobody knows."""
        return {"to beat": ", ".join(one.named for one in self.baselines)} if self.baselines else {}

    @property
    def room(self) -> dict[str, str]:
        """The memory that it takes, under its name; nothing where nobody knows."""
        return {"memory": self.memory} if self.memory else {}


class Learner(ABC):
    """Makes updates, each of which depends on its place, on the weights, and on what `numbers` and `arrays` give.

    Nothing that it does depends on a clock or on a live random generator: two learners in the same state at the same
    place do the same from there on.

    Args:
        lesson: with everything decided.
    """

    goes_on: ClassVar[bool] = True
    """Whether it can stop between two updates and go on: then there are checkpoints, and signals are heeded."""

    keeps: ClassVar[str] = "best"
    """Which weights become the model of the run: those that are `best` on validation, or the `last`."""

    samples_first: ClassVar[bool] = False
    """Whether it shows what the model gives before it has learned anything."""

    averages_passes: ClassVar[bool] = False
    """Whether the mean loss of a whole pass over the data means something, and that of an update jumps."""

    has_gradients: ClassVar[bool] = False
    """Whether its updates say how large their gradient was."""

    steps_are: ClassVar[str] = "steps"
    """What updates are called, in the plural."""

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = lesson

    # Before there is a learner

    @classmethod
    def process(cls, config: TrainingConfig) -> AbstractContextManager[None]:
        """Return what the process must be while it learns; afterwards it is as it was."""
        return nullcontext()

    @classmethod
    @abstractmethod
    def built(cls, config: RunConfig, task: Task) -> Model:
        """Return the model, on its device."""

    @classmethod
    @abstractmethod
    def decided(cls, lesson: Lesson) -> tuple[TrainingConfig, Speed | None]:
        """Return the configuration with length and rhythm decided, and the speed if it was measured."""

    @classmethod
    def extended(cls, lesson: Lesson, lengths: Lengths, done: int) -> TrainingConfig:
        """Return the configuration with more steps; minutes come on top of what is done.

        Raises:
            ConfigError: they are not more than what is done.
        """
        steps, plan = lengths.steps, cls.plan(lesson.config)
        if lengths.epochs is not None:
            steps = steps_of(lengths.epochs, cls(lesson).epoch_length(0))
        if lengths.minutes is not None:
            timed = lesson._replace(config=lesson.config.model_copy(update={"minutes": lengths.minutes}))
            steps = done + steps_in(lengths.minutes, cls.measure(timed), plan.validate_every)
        if steps is None or steps <= done:
            raise ConfigError(
                f"{lesson.folder}: {done:,} {cls.steps_are} are done, and {steps or 0:,} are asked for. Ask for more."
            )
        extended = {"extended": done} if plan.patience else {}
        return lesson.config.model_copy(update={"steps": steps, **extended})

    @classmethod
    @abstractmethod
    def measure(cls, lesson: Lesson) -> Speed:
        """Return how long an update takes here, found out on weights that are thrown away or not yet drawn."""

    @classmethod
    def needs(cls, lesson: Lesson) -> Need | None:
        """Return the memory that a training takes at its peak, before it starts; None where nobody knows.

        Raises:
            ConfigError: it is more than there is.
        """
        return None

    @classmethod
    def weighed(cls, lesson: Lesson) -> Lesson:
        """Return the lesson with what is to be said of the memory that it takes.

        Raises:
            ConfigError: it is more than there is.
        """
        need = cls.needs(lesson)
        if need is None:
            return lesson
        warning = need.check(room(process()))
        if warning:
            lesson.say(warning)
        return lesson._replace(memory=need.shown)

    @classmethod
    def plan(cls, config: TrainingConfig) -> Plan:
        """Return the length and rhythm of a configuration in which everything is decided."""
        return Plan.of(config)

    # Learning

    @abstractmethod
    def begin(self) -> None:
        """Draw the weights before the first update, where `built` has not done it."""

    @abstractmethod
    def epoch_length(self, epoch: int) -> int:
        """Return how many updates a pass over the data is."""

    @abstractmethod
    def update(self, at: Place) -> Update | None:
        """Make one update; return what it was made of, None where there is no loss to tell of.

        Raises:
            DivergedError: something is not finite.
        """

    def validated(self, score: Score, gained: bool) -> Mapping[str, str]:
        """Take note of a validation; return what begins with it, by its name in the log, in a sentence for the user.

        Args:
            score: the first of the validation.
            gained: whether it brought a gain: `runs/gains.py`.
        """
        return {}

    @contextmanager
    def evaluated(self) -> Iterator[None]:
        """Within it, the model has the weights that are validated, sampled and saved."""
        yield

    def final(self) -> AbstractContextManager[int]:
        """Within it, the model has what is validated besides at the end; the mean of how many weights, 0 for none."""
        return nullcontext(0)

    def weights(self) -> Arrays:
        """Return every number that the model has learned, by name."""
        arrays: Arrays = self.lesson.model.weights()
        return arrays

    # Going on

    def numbers(self) -> dict[str, Any]:
        """Return what else the next update depends on, as JSON can hold it."""
        return {}

    def arrays(self) -> dict[str, Arrays]:
        """Return the arrays that the next update depends on, by part and name."""
        return {"model": self.lesson.model.weights()}

    @abstractmethod
    def restore(self, numbers: Mapping[str, Any], arrays: Mapping[str, Arrays]) -> None:
        """Stand where `numbers` and `arrays` were taken."""

    @abstractmethod
    def environment(self) -> dict[str, str]:
        """Return the facts under which it goes on bit for bit."""

    # What is said of it

    @property
    def lighter(self) -> str:
        """The options with which it takes less memory; empty where it has none."""
        return ""

    def introduced(self, done: int, plan: Plan, speed: Speed | None) -> Sequence[Event]:
        """Return what is told before the first update.

        Args:
            done: updates that were made before.
            plan: the length.
            speed: if it was measured.
        """
        return []

    def card(self) -> Mapping[str, str]:
        """Return the facts of the data, and what else the report shows beside them."""
        return self.lesson.data.card

    @property
    def sample_seed(self) -> int:
        """The seed of what is sampled after a validation."""
        return seed_of(self.lesson.config.seed, "sample")
