"""The parts of a run put together, for a new run and for one that goes on; those of networks are in `networks`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from elman.data.fields import names_of
from elman.data.readers import READERS
from elman.events import Event, Listener, Notice
from elman.models import MODELS
from elman.models.base import Fitted, Streamed
from elman.pages.report import write_report
from elman.runs.configuration import RunConfig
from elman.runs.folder import RunFolder
from elman.runs.trained_run import TrainedRun
from elman.tasks import TASKS
from elman.tasks.base import DataFiles, Task, TaskData
from elman.training import passes
from elman.training.fitting import fit
from elman.version import __version__


def read_data(config: RunConfig, run: RunFolder, listener: Listener) -> tuple[Task, TaskData, RunConfig]:
    """Read the data, and return the configuration with what was decided about it and its files by full path."""
    held_out = config.data.held_out
    task_class = TASKS.get(config.task.name)
    reader = READERS.get(config.reader.name)(config.reader, names_of(task_class.fields(config.task)))
    train = reader.find(config.data.train)
    valid = [] if held_out else reader.find(config.data.valid)
    folder = next(parent for parent in (run.path, *run.path.absolute().parents) if parent.is_dir())
    if held_out:
        listener(Notice(f"validation: {config.data.valid[0]} of the data, held out; --valid FILE gives another"))
    leaked = {path.absolute() for path in train} & {path.absolute() for path in valid}
    if leaked:
        listener(Notice(f"{min(leaked).name} is trained and validated on: its scores say nothing about other text"))
    files = DataFiles(train, valid, held_out)
    task, data = task_class.prepare(config.task, reader, files, folder, lambda text: listener(Notice(text)))
    for remark in reader.remarks:
        listener(Notice(remark))
    for what, count in reader.skipped.items():
        listener(Notice(f"passed over: {count:,} {what}"))
    paths = {"train": reader.joined(train)} | ({} if held_out else {"valid": reader.joined(valid)})
    return (
        task,
        data,
        replace(config, task=task.config, reader=reader.settled, data=config.data.model_copy(update=paths)),
    )


def is_fitted(config: RunConfig) -> bool:
    """Say whether the model of a run is fitted in one go, without gradients and without torch."""
    return issubclass(MODELS.get(config.model.name), Fitted)


def is_streamed(config: RunConfig) -> bool:
    """Say whether the model of a run reads its data in passes, so that it can stop and go on."""
    return issubclass(MODELS.get(config.model.name), Streamed)


@contextmanager
def new_run(config: RunConfig, task: Task, data: TaskData, run: RunFolder, overwrite: bool) -> Iterator[None]:
    """Make the folder of a run, keep it to this process, and write down what is known before training."""
    with run.created(overwrite):
        run.save_config(config, {"elman": __version__, "data": data.fingerprint})
        run.save_task(task)
        yield


def fitted_model(task: Task, config: RunConfig) -> Fitted:
    """Return a model that is to be fitted."""
    model: Fitted = MODELS.get(config.model.name)(config.model, *task.outlines)  # type: ignore[assignment]
    return model


def fit_model(
    model: Fitted, task: Task, data: TaskData, run: RunFolder, config: RunConfig, listener: Listener
) -> TrainedRun:
    """Fit a model and write its report."""
    if isinstance(model, Streamed):
        return passes.start(task, data, model, config, run, listener)
    fit(task, data, model, run, config.training, listener)
    write_report(run)
    return TrainedRun(run.path, True)


def silent(event: Event) -> None:
    """Listen to nothing."""
