"""What is done between reading the data and the first update, for a new run and for one that goes on from nothing."""

import time
from collections.abc import Sequence
from pathlib import Path

from elman.events import Listener, Notice
from elman.runs.baselines import Baseline
from elman.runs.configuration import RunConfig
from elman.tasks.base import Task, TaskData
from elman.training.assembly import learner_of
from elman.training.baselines import measured
from elman.training.learner import Lesson


def lesson_of(
    config: RunConfig, task: Task, data: TaskData, folder: Path, tell: Listener, known: Sequence[Baseline] | None = None
) -> Lesson:
    """Return what is to be learned: the model is built, what it takes of memory weighed, what is easy measured.

    Args:
        config: of the run.
        task: with what it learned of the data.
        data: the task's.
        folder: of the run.
        tell: is told what happens.
        known: the baselines that the run has logged; None where they are to be measured.

    Raises:
        ConfigError: a model that cannot be, or that takes more memory than there is.
    """
    begun, learns = time.perf_counter(), learner_of(config)
    model = learns.built(config, task)
    data = task.learnable(model, data, lambda text: tell(Notice(text)))
    lesson = learns.weighed(Lesson(task, data, model, config.training, folder, tell))
    easy = measured(config, task, data, folder) if known is None else known
    return lesson._replace(baselines=easy, spent=time.perf_counter() - begun)
