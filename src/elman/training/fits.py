"""What is fitted in one go: counts, closed forms. One update is all of it."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from elman.events import Event, Notice
from elman.models import MODELS
from elman.models.base import Fitted, Fitting, Model
from elman.runs.configuration import RunConfig, TrainingConfig
from elman.runs.environment import environment
from elman.runs.plan import Plan
from elman.tasks.base import Task
from elman.training.learner import Arrays, Learner, Lesson
from elman.training.pace import Place, Speed
from elman.training.room import Need, process


class Fits(Learner):
    """Fits a model. A fit that was interrupted is simply done again."""

    goes_on = False

    @classmethod
    def built(cls, config: RunConfig, task: Task) -> Model:
        """Return a model that knows nothing yet."""
        return fitted_model(config, task)

    @classmethod
    def decided(cls, lesson: Lesson) -> tuple[TrainingConfig, Speed | None]:
        """Return the configuration as it is."""
        return lesson.config, None

    @classmethod
    def needs(cls, lesson: Lesson) -> Need | None:
        """Return what the fit takes beside the data, where the model says so."""
        working, own = lesson.model.working(lesson.data.train), process()
        return Need({"the fit": working, "data and program": own.resident}, already=own.peak) if working else None

    @classmethod
    def plan(cls, config: TrainingConfig) -> Plan:
        """Return one update, which is the whole of it."""
        return Plan(1, 1, 1, 1)

    @classmethod
    def measure(cls, lesson: Lesson) -> Speed:
        """Return nothing: a fit takes what it takes."""
        return Speed(0.0)

    def begin(self) -> None:
        """Do nothing: there is nothing before the fit."""

    def epoch_length(self, epoch: int) -> int:
        """Return 1."""
        return 1

    def update(self, at: Place) -> None:
        """Fit the model."""
        lesson = self.lesson
        threads = lesson.config.threads or os.cpu_count() or 1
        lesson.model.fit(lesson.data.train, Fitting(lesson.folder, lesson.config.seed, threads, lesson.say))

    def restore(self, numbers: Mapping[str, Any], arrays: Mapping[str, Arrays]) -> None:
        """Do nothing: there is no state between beginning and end."""

    def environment(self) -> dict[str, str]:
        """Return the facts of the machine."""
        return environment(self.lesson.config.threads)

    def introduced(self, done: int, plan: Plan, speed: Speed | None) -> Sequence[Event]:
        """Return what it is fitted to."""
        lesson = self.lesson
        facts = {"data": lesson.data_in_a_line, **lesson.to_beat, **lesson.room}
        return [Notice(f"{name:<7} {text}") for name, text in facts.items()]

    @property
    def sample_seed(self) -> int:
        """The seed of the run."""
        return self.lesson.config.seed


def fitted_model(config: RunConfig, task: Task) -> Fitted:
    """Return a model without gradients that knows nothing yet."""
    model: Fitted = MODELS.get(config.model.name)(config.model, *task.outlines)  # type: ignore[assignment]
    return model
