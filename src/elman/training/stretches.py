"""A model that reads its text stretch by stretch, in passes."""

import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

from elman.events import Event, Notice, Planned
from elman.models.base import Fitting, Model
from elman.runs.configuration import RunConfig, TrainingConfig
from elman.runs.environment import environment
from elman.runs.plan import Plan
from elman.tasks.base import Task
from elman.training.agreement import check_names
from elman.training.fits import fitted_model
from elman.training.learner import Arrays, Learner, Lengths, Lesson
from elman.training.pace import Place, Speed, steps_in, timed
from elman.training.room import REPORT, Need, Way, process
from elman.training.update import DivergedError, Update

_LOG_LINES = 200
_VALIDATIONS = 20
_MEASURED = 2.0
_NEVER = 10**9
_VECTORS = "vectors"


class Stretches(Learner):
    """Reads one stretch an update.

    The last vectors are kept, as everyone expects of word2vec: the rate has fallen to nothing by then, and a loss on
    held-out text that rises says little about what vectors are used for. With one thread, two trainings that are at the
    same stretch of the same run do the same from there on.
    """

    keeps = "last"
    averages_passes = True
    steps_are = "stretches"

    def __init__(self, lesson: Lesson) -> None:
        super().__init__(lesson)
        config = lesson.config
        self.rate = config.learning_rate or lesson.model.default_rate
        self._fitting = Fitting(lesson.folder, config.seed, config.threads, lesson.say)

    @classmethod
    def built(cls, config: RunConfig, task: Task) -> Model:
        """Return a model whose weights are not drawn yet."""
        return fitted_model(config, task)

    @classmethod
    def decided(cls, lesson: Lesson) -> tuple[TrainingConfig, Speed | None]:
        """Return the configuration with length, rate and threads decided."""
        training, model, source = lesson.config, lesson.model, lesson.data.train
        training = training.model_copy(update={"threads": training.threads or os.cpu_count() or 1})
        steps, a_pass = training.steps, model.stretches(source)
        if steps is None and training.minutes is None:
            steps = model.stretches_of(source, training.epochs)
        elif steps is None:
            steps = steps_in(training.minutes or 0.0, cls.measure(lesson._replace(config=training)), _NEVER)
        update = {
            "steps": steps,
            "epochs": None,
            "minutes": None,
            "learning_rate": training.learning_rate or model.default_rate,
            "validate_every": training.validate_every or a_pass * max(1, math.ceil(steps / a_pass / _VALIDATIONS)),
            "log_every": training.log_every or math.ceil(steps / _LOG_LINES),
        }
        return training.model_copy(update=update), None

    @classmethod
    def needs(cls, lesson: Lesson) -> Need | None:
        """Return what vectors take, and reading and validation beside them."""
        model, own = lesson.model, process()
        working = model.working(lesson.data.train)
        parts = {_VECTORS: model.keeps(), "reading and validation": working, "data and program": own.resident + REPORT}
        return Need(parts, [Way(_VECTORS, model.config.narrower)], own.peak)

    @classmethod
    def extended(cls, lesson: Lesson, lengths: Lengths, done: int) -> TrainingConfig:
        """Return the configuration with more stretches, and say what becomes of the rate."""
        training = super().extended(lesson, lengths, done)
        lesson.say(f"the rate rises again: it now falls over {training.steps:,} {cls.steps_are}")
        return training

    @classmethod
    def measure(cls, lesson: Lesson) -> Speed:
        """Return how long a stretch takes; validations are few and short beside a pass."""
        learner = cls(lesson._replace(config=lesson.config.model_copy(update={"steps": _NEVER})))
        learner.begin()
        return Speed(timed(learner, 1, _MEASURED))  # the first makes what is made once

    def begin(self) -> None:
        """Draw the weights."""
        self.lesson.model.begin(self.lesson.config.seed)

    def epoch_length(self, epoch: int) -> int:
        """Return how many stretches a pass is."""
        length: int = self.lesson.model.stretches(self.lesson.data.train)
        return length

    def update(self, at: Place) -> Update:
        """Read a stretch."""
        lesson = self.lesson
        found = lesson.model.read(lesson.data.train, at.step, lesson.config.steps, self.rate, self._fitting)
        if not math.isfinite(found.nats):
            lower = f"Train anew with a lower rate (--learning-rate {self.rate / 3:.2g})."
            raise DivergedError(f"loss of stretch {at.step + 1}", lower)
        return Update(found.nats, found.targets, found.tokens, found.rate)

    def restore(self, numbers: Mapping[str, Any], arrays: Mapping[str, Arrays]) -> None:
        """Take the weights.

        Raises:
            CheckpointError: they are not those of such a model.
        """
        check_names("the counters of", numbers, self.numbers())
        self.lesson.model.load_weights({name: array.copy() for name, array in arrays["model"].items()})

    def environment(self) -> dict[str, str]:
        """Return the facts of the machine, and the threads."""
        return environment(self.lesson.config.threads)

    def introduced(self, done: int, plan: Plan, speed: Speed | None) -> Sequence[Event]:
        """Return how exactly it repeats itself, and how much there is to read."""
        lesson, a_pass = self.lesson, self.epoch_length(0)
        tokens = round(lesson.model.tokens(lesson.data.train) / a_pass)
        facts = {
            "model": f"{lesson.model.title}, {lesson.model.num_weights():,} weights",
            "data": lesson.data_in_a_line,
            **lesson.room,
        }
        planned = Planned(done, plan.steps, plan.steps / a_pass, tokens, lesson.task.unit, None, facts, self.steps_are)
        return [Notice(f"threads: {self._repeats}"), planned]

    def card(self) -> Mapping[str, str]:
        """Return the facts of the data, and how exactly the training repeats itself."""
        return {**super().card(), "threads": self._repeats}

    @property
    def sample_seed(self) -> int:
        """The seed of the run."""
        return self.lesson.config.seed

    @property
    def _repeats(self) -> str:
        """Whether a training gives the same numbers each time."""
        threads = self.lesson.config.threads
        if threads == 1:
            return "1: the same numbers each time"
        return f"{threads} without locks: numbers differ a little each time; --threads 1 repeats them"
