"""Going on with a run exactly where it stopped, or beyond its end."""

from pathlib import Path
from typing import TYPE_CHECKING, cast

from elman.errors import CheckpointError, ConfigError, DataError
from elman.events import Listener, Notice
from elman.files.durable import locked
from elman.models.base import Streamed
from elman.pages.report import write_report
from elman.runs import checkpoint as checkpoints
from elman.runs.configuration import Plan, RunConfig
from elman.runs.folder import RunFolder
from elman.runs.log import read_events
from elman.runs.trained_run import TrainedRun
from elman.tasks.base import Task, TaskData
from elman.training import passes
from elman.training.assembly import fit_model, fitted_model, is_fitted, is_streamed, read_data, silent

if TYPE_CHECKING:
    from elman.training.networks import Lengths


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


def _go_on(run: RunFolder, lengths: "Lengths", tell: Listener) -> TrainedRun:
    """Go on with a run that is locked."""
    config, facts = run.load_config()
    saved = checkpoints.load(run.checkpoints_path)
    done = saved.progress.step if saved else 0
    if saved is None and run.model_path.exists() and _goes_on(config):
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
    task, data, config = read_data(config, run, silent)
    if data.fingerprint != facts.get("run.data"):
        raise DataError(
            f"{', '.join(config.data.train)}: not the data that {run.path} was started with. Restore the files, "
            "or start a new run."
        )
    run.save_task(task)
    if is_streamed(config):
        return _pass_on(run, config, task, data, saved, lengths, tell)
    if is_fitted(config):
        return fit_model(fitted_model(task, config), task, data, run, config, tell)
    from elman.training import networks  # with torch, which what is fitted in one go does without

    networks.set_up_torch(config.training)
    return networks.go_on(run, config, task, data, saved, lengths, tell)


def _goes_on(config: RunConfig) -> bool:
    """Say whether a training of this model can stop between its beginning and its end."""
    return is_streamed(config) or not is_fitted(config)


def _pass_on(
    run: RunFolder,
    config: RunConfig,
    task: Task,
    data: TaskData,
    saved: checkpoints.Checkpoint | None,
    lengths: "Lengths",
    tell: Listener,
) -> TrainedRun:
    """Go on with a model that reads its text in passes."""
    model = cast(Streamed, fitted_model(task, config))
    if any(length is not None for length in lengths.values()):
        config = passes.extended(config, data, model, saved.progress.step if saved else 0, lengths, run)
    if saved is None:
        return fit_model(model, task, data, run, config, tell)
    return passes.go_on(task, data, model, config, run, saved, tell)


def _is_finished(run: RunFolder, config: RunConfig, done: int, longer: list[str]) -> bool:
    """Say whether nothing is left to do.

    Raises:
        ConfigError: a fitted model is to be trained longer.
    """
    if _goes_on(config):
        return done >= Plan.of(config.training).steps and not longer
    if longer:
        raise ConfigError(f"{longer[0]}: model {config.model.name!r} is fitted in one go and cannot be trained longer.")
    imported = getattr(config.model, "imported", False)
    return imported or (
        run.model_path.exists() and any(event["event"] == "sample" for event in read_events(run.metrics_path))
    )


def _finished(run: RunFolder, config: RunConfig, done: int) -> str:
    if not _goes_on(config):
        return f"{run.path}: finished, there is nothing to go on with"
    return f"{run.path}: finished at step {done:,}; --steps, --epochs or --minutes extend it"
