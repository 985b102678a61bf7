"""The parts of a run put together, for a new run and for one that goes on."""

from dataclasses import replace

from elman.data.fields import names_of
from elman.data.holding_out import Groups
from elman.data.mixed import MixedReader
from elman.data.readers import READERS
from elman.data.sources import refuse_pipes
from elman.events import Listener, Notice
from elman.models import MODELS
from elman.models.base import Fitted, Streamed
from elman.pages.trained_run import TrainedRun
from elman.runs.configuration import RunConfig
from elman.runs.folder import RunFolder
from elman.tasks import TASKS
from elman.tasks.base import DataFiles, Task, TaskData
from elman.training.fits import Fits
from elman.training.learner import Learner
from elman.training.loop import Loop
from elman.training.pace import Speed
from elman.training.recorder import attended, report
from elman.training.stretches import Stretches


def read_data(config: RunConfig, run: RunFolder, listener: Listener) -> tuple[Task, TaskData, RunConfig]:
    """Read the data, and return the configuration with what was decided about it and its files by full path."""
    held_out = config.data.held_out
    groups = Groups(config.data.group, config.data.held) if config.data.group else None
    task_class = TASKS.get(config.task.name)
    fields = task_class.fields(config.task)
    own = READERS.get(config.reader.name)(config.reader, names_of(fields))
    reader = MixedReader(own, fields, named=config.data.named)
    train = reader.own.find(config.data.train)
    valid = [] if held_out else reader.find(config.data.valid)
    refuse_pipes([*train, *valid])  # who goes on reads them again
    folder = next(parent for parent in (run.path, *run.path.absolute().parents) if parent.is_dir())
    if held_out and not task_class.tells_held_out(config.task):
        by = {"stratified": f" by {'tag' if 'tags' in task_class.strata(config.task) else 'class'}"}
        how = by.get(config.data.hold_out or "", " by group" if groups else "")
        share = f"{config.data.valid[0]} of the data" if not config.data.held else "groups that were named"
        listener(Notice(f"validation: {share}, held out{how}; --valid FILE gives another"))
    leaked = {path.absolute() for path in train} & {path.absolute() for path in valid}
    if leaked:
        listener(Notice(f"{min(leaked).name} is trained and validated on: its scores say nothing about other text"))
    files = DataFiles(train, valid, held_out, config.data.hold_out == "stratified", groups)
    task, data = task_class.prepare(config.task, reader, files, folder, lambda text: listener(Notice(text)))
    for remark in (*reader.remarks, *reader.passed_over):
        listener(Notice(remark))
    paths = {"train": reader.joined(train)} | ({} if held_out else {"valid": reader.joined(valid)})
    return (
        task,
        data,
        replace(config, task=task.config, reader=reader.settled, data=config.data.model_copy(update=paths)),
    )


def learner_of(config: RunConfig) -> type[Learner]:
    """Return what makes the model of a run learn. Torch is loaded with it only where it is needed."""
    model = MODELS.get(config.model.name)
    if issubclass(model, Streamed):
        return Stretches
    if issubclass(model, Fitted):
        return Fits
    from elman.training.gradients import Gradients

    return Gradients


def drive(loop: Loop, speed: Speed | None = None) -> TrainedRun:
    """Run a loop to its end or to a signal, and write the report."""
    learner, run = loop.learner, loop.run
    for event in learner.introduced(loop.progress.step, loop.plan, speed):
        learner.lesson.tell(event)
    if learner.goes_on:
        return attended(loop.train, run, learner.lesson.tell)
    loop.train()
    report(run, learner.lesson.tell)
    return TrainedRun(run.path, True)
