"""The parts of a run put together: data, model, trainer; for a new run and for one that goes on."""

import os
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from elman.data.readers import READERS
from elman.data.sources import expand
from elman.errors import CheckpointError
from elman.layers.initialization import initialize
from elman.models import MODELS
from elman.models.base import Fitted, Model, Network
from elman.tasks import TASKS
from elman.tasks.base import DataFiles, Task, TaskData
from elman.training import pace
from elman.training.environment import choose_device, place
from elman.training.events import Event, Listener, Notice, Planned
from elman.training.fitting import fit
from elman.training.interrupts import Interrupts
from elman.training.report import write_report
from elman.training.run_folder import RunFolder
from elman.training.settings import RunConfig, TrainingConfig
from elman.training.trainer import Trainer


@dataclass(frozen=True)
class TrainedRun:
    """What is left when training returns.

    Args:
        path: the run folder.
        finished: whether it came to its end; if not, `elman.resume` goes on.
        signal: the signal that stopped it, if one did.
    """

    path: Path
    finished: bool
    signal: int | None = None


def read_data(config: RunConfig, run: RunFolder, listener: Listener) -> tuple[Task, TaskData, RunConfig]:
    """Read the data, and return the configuration with what was decided about it and its files by full path."""
    held_out = config.data.held_out
    train = expand(config.data.train)
    valid = [] if held_out else expand(config.data.valid)
    reader = READERS.get(config.reader.name)(config.reader)
    folder = next(parent for parent in (run.path, *run.path.absolute().parents) if parent.is_dir())
    task_class = TASKS.get(config.task.name)
    if held_out:
        listener(Notice(f"validation: {config.data.valid[0]} of the text, held out; --valid FILE gives another"))
    leaked = {path.absolute() for path in train} & {path.absolute() for path in valid}
    if leaked:
        listener(Notice(f"{min(leaked).name} is trained and validated on: its scores say nothing about other text"))
    files = DataFiles(train, valid, held_out)
    task, data = task_class.prepare(config.task, reader, files, folder, lambda text: listener(Notice(text)))
    paths = {"train": [str(path.absolute()) for path in train]}
    if not held_out:
        paths["valid"] = [str(path.absolute()) for path in valid]
    return task, data, replace(config, task=task.config, data=config.data.model_copy(update=paths))


def build_model(config: RunConfig, task: Task) -> Model:
    """Return the model with its starting weights, on its device."""
    model = MODELS.get(config.model.name)(config.model, task.sizes)  # type: ignore[call-arg]
    if isinstance(model, Network):
        initialize(model, config.training.seed, config.model.init_range)
    return place(model, choose_device(config.training.device))


def drive(trainer: Trainer, speed: pace.Speed | None, listener: Listener) -> TrainedRun:
    """Run a trainer to its end or to a signal, and write the report whatever happens."""
    steps, done = trainer.plan.steps, trainer.progress.step
    batches = trainer.task.batches(trainer.data, trainer.config.batch_size, trainer.config.seed, 0)
    seconds = speed.step * steps + speed.validation * steps / trainer.plan.validate_every if speed else None
    facts = {
        "model": f"{trainer.network.num_weights():,} weights",
        "data": ", ".join(f"{name} {text}" for name, text in trainer.data.card.items() if name != "level"),
    }
    batch_tokens = batches[0].count("targets")
    listener(Planned(done, steps, steps / len(batches), batch_tokens, trainer.task.unit, seconds, facts))
    with Interrupts() as interrupts:
        try:
            reason = trainer.train(interrupts)
        finally:
            # A full disk may be why training stopped; the page must not hide the error that says so.
            try:
                write_report(trainer.run)
            except CheckpointError as error:
                listener(Notice(f"no report: {error}"))
    return TrainedRun(trainer.run.path, reason == "finished", interrupts.signal)


def fit_model(
    task: Task, data: TaskData, model: Fitted, run: RunFolder, config: RunConfig, tell: Listener
) -> TrainedRun:
    """Fit a model and write its report."""
    fit(task, data, model, run, config.training.seed, tell)
    write_report(run)
    return TrainedRun(run.path, True)


def set_up_torch(training: TrainingConfig) -> None:
    """Make torch repeat itself: fixed threads, deterministic algorithms."""
    if training.threads:
        torch.set_num_threads(training.threads)
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    # Nothing here reads memory that it has not written, and writing it all twice costs an eighth of a training step.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]


def silent(event: Event) -> None:
    """Listen to nothing."""
