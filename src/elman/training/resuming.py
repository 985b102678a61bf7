"""Going on with a run exactly where it stopped, or beyond its end."""

from dataclasses import replace
from pathlib import Path
from typing import Any, TypedDict

from elman.errors import CheckpointError, ConfigError, DataError
from elman.models import MODELS
from elman.models.base import Fitted, Network
from elman.tasks.base import Task, TaskData
from elman.training import checkpoint as checkpoints
from elman.training import pace
from elman.training.assembly import TrainedRun, build_model, drive, fit_model, read_data, set_up_torch, silent
from elman.training.durable import locked
from elman.training.environment import differences, environment
from elman.training.events import Listener, Notice
from elman.training.metrics_log import read_events
from elman.training.report import write_report
from elman.training.run_folder import RunFolder
from elman.training.settings import Plan, RunConfig
from elman.training.trainer import Trainer
from elman.version import __version__


class Lengths(TypedDict):
    """How far to go on, in one of three units."""

    steps: int | None
    epochs: float | None
    minutes: float | None


def resume(
    path: str | Path,
    steps: int | None = None,
    epochs: float | None = None,
    minutes: float | None = None,
    listener: Listener | None = None,
) -> TrainedRun:
    """Go on with a run exactly where it stopped; extend a finished one with one of the three lengths.

    Args:
        path: the run folder.
        steps: updates in all.
        epochs: passes over the data in all.
        minutes: time on top of what was trained.
        listener: is told what happens.

    Raises:
        CheckpointError: the folder is no run, or broken.
        DataError: the data is not what the run was started with.
        ConfigError: the length is not more than what is done.
    """
    run = RunFolder.open(Path(path))
    with locked(run.path):
        return _go_on(run, {"steps": steps, "epochs": epochs, "minutes": minutes}, listener or silent)


def _go_on(run: RunFolder, lengths: Lengths, tell: Listener) -> TrainedRun:
    """Go on with a run that is locked."""
    config, facts = run.load_config()
    saved = checkpoints.load(run.checkpoints_path)
    done = saved.progress.step if saved else 0
    if saved is None and run.model_path.exists() and issubclass(MODELS.get(config.model.name), Network):
        raise CheckpointError(
            f"{run.path}: has a trained model, but no checkpoint to go on from. Restore {run.checkpoints_path}, "
            "or train anew into another folder."
        )
    longer = [f"--{name}" for name, length in lengths.items() if length is not None]
    if len(longer) > 1:
        raise ConfigError("--steps, --epochs and --minutes each say how long to train: give one of them.")
    if _is_finished(run, config, done, longer):
        tell(Notice(_finished(run, config, done)))
        write_report(run)
        return TrainedRun(run.path, True)
    set_up_torch(config.training)
    task, data, config = read_data(config, run, silent)
    if data.fingerprint != facts.get("run.data"):
        raise DataError(
            f"{', '.join(config.data.train)}: not the data that {run.path} was started with. Restore the files, "
            "or start a new run."
        )
    run.save_task(task)
    model = build_model(config, task)
    if isinstance(model, Fitted):
        return fit_model(task, data, model, run, config, tell)
    if longer:
        config = _extended(config, task, data, model, run, done, lengths)
        run.save_config(config, facts.tree["run"] | {"elman": __version__})
        if config.training.schedule == "cosine":
            tell(Notice(f"the rate rises again: the cosine now spans {Plan.of(config.training).steps:,} steps"))
    trainer = Trainer(task, data, model, config.training, run, tell)  # type: ignore[arg-type]
    if saved:
        trainer.restore(saved)
        changed = differences(saved.environment, environment(trainer.device))
        if changed:
            tell(Notice(f"not bit for bit what an uninterrupted run gives, because this changed: {changed}"))
    return drive(trainer, None, tell)


def _is_finished(run: RunFolder, config: RunConfig, done: int, longer: list[str]) -> bool:
    """Say whether nothing is left to do.

    Raises:
        ConfigError: a fitted model is to be trained longer.
    """
    if issubclass(MODELS.get(config.model.name), Network):
        return done >= Plan.of(config.training).steps and not longer
    if longer:
        raise ConfigError(f"{longer[0]}: model {config.model.name!r} is fitted in one go and cannot be trained longer.")
    return run.model_path.exists() and any(event["event"] == "sample" for event in read_events(run.metrics_path))


def _finished(run: RunFolder, config: RunConfig, done: int) -> str:
    if not issubclass(MODELS.get(config.model.name), Network):
        return f"{run.path}: finished, there is nothing to go on with"
    return f"{run.path}: finished at step {done:,}; --steps, --epochs or --minutes extend it"


def _extended(
    config: RunConfig,
    task: Task,
    data: TaskData,
    model: Any,
    run: RunFolder,
    done: int,
    lengths: Lengths,
) -> RunConfig:
    """Return the configuration with more steps."""
    steps, epochs, minutes = lengths["steps"], lengths["epochs"], lengths["minutes"]
    training = config.training
    if epochs is not None:
        steps = pace.steps_of(epochs, len(task.batches(data, training.batch_size, training.seed, 0)))
    if minutes is not None:
        speed = pace.measure(task, data, model, training, run)
        steps = done + pace.steps_in(minutes, speed, Plan.of(training).validate_every)
    if steps is None or steps <= done:
        raise ConfigError(f"{run.path}: {done:,} steps are done, and {steps or 0:,} are asked for. Ask for more.")
    return replace(config, training=training.model_copy(update={"steps": steps}))
