"""Going on with a run exactly where it stopped, or beyond its end."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from elman.errors import CheckpointError, ConfigError, DataError
from elman.events import Listener, Notice
from elman.files.durable import locked
from elman.registry import only
from elman.runs import checkpoint as checkpoints
from elman.runs.configuration import RunConfig
from elman.runs.folder import RunFolder
from elman.runs.log import read_run
from elman.runs.plan import early_end
from elman.runs.progress import Progress
from elman.runs.trained_run import TrainedRun
from elman.training.assembly import drive, learner_of, read_data, silent
from elman.training.learner import Lengths, Lesson
from elman.training.loop import Loop
from elman.training.recorder import report
from elman.version import __version__


def resume(
    path: str | Path,
    steps: int | None = None,
    epochs: float | None = None,
    minutes: float | None = None,
    listener: Listener | None = None,
    plugins: Sequence[str] = (),
) -> TrainedRun:
    """Go on with a run exactly where it stopped; extend a finished one with one of the three lengths.

    Args:
        path: the run folder.
        steps: updates in all.
        epochs: passes over the data in all.
        minutes: time on top of what was trained.
        listener: is told what happens.
        plugins: code from outside elman that the run may name, such as `mymodule:MyCell`; it is imported.

    Raises:
        CheckpointError: the folder is no run, or broken.
        DataError: the data is not what the run was started with.
        ConfigError: the length is not more than what is done, or the run names code that `plugins` does not.
    """
    run = RunFolder.open(Path(path), plugins)
    with locked(run.path), only(plugins):
        return _go_on(run, Lengths(steps, epochs, minutes), listener or silent)


def _go_on(run: RunFolder, lengths: Lengths, tell: Listener) -> TrainedRun:
    """Go on with a run that is locked."""
    run.tidy()
    config, facts = run.load_config()
    saved = checkpoints.load(run.checkpoints_path)
    progress = saved.progress if saved else Progress()
    if saved:
        read_run(run.metrics_path, saved.progress.metrics_bytes)  # refused before hours are spent on what follows
    if saved is None and run.model_path.exists() and learner_of(config).goes_on:
        raise CheckpointError(
            f"{run.path}: has a trained model, but no checkpoint to go on from. Restore {run.checkpoints_path}, "
            "or train anew into another folder."
        )
    longer = [f"--{name}" for name, length in lengths._asdict().items() if length is not None]
    if len(longer) > 1:
        raise ConfigError("--steps, --epochs and --minutes each say how long to train: give one of them.")
    if _is_finished(run, config, progress, longer):
        tell(Notice(_finished(run, config, progress)))
        report(run, tell)
        return TrainedRun(run.path, True)
    task, data, config = read_data(config, run, silent)
    if data.fingerprint != facts.get("run.data"):
        raise DataError(
            f"{', '.join(config.data.train)}: not the data that {run.path} was started with. Restore the files, "
            "or start a new run."
        )
    if saved or run.model_path.exists():
        run.check_task(task)
    else:
        run.save_task(task)
    learns = learner_of(config)
    with learns.process(config.training):
        lesson = Lesson(task, data, learns.built(config, task), config.training, run.path, tell)
        if longer:
            lesson = lesson._replace(config=learns.extended(lesson, lengths, progress.step))
            config = replace(config, training=lesson.config)
            run.save_config(config, facts.tree["run"] | {"elman": __version__})
        loop = Loop(learns(lesson), learns.plan(config.training), run, saved)
        if longer:
            loop.go_beyond()
        return drive(loop)


def _is_finished(run: RunFolder, config: RunConfig, progress: Progress, longer: list[str]) -> bool:
    """Say whether nothing is left to do.

    Raises:
        ConfigError: a fitted model is to be trained longer.
    """
    if learner_of(config).goes_on:
        return learner_of(config).plan(config.training).is_over(progress) and not longer
    if longer:
        raise ConfigError(f"{longer[0]}: model {config.model.name!r} is fitted in one go and cannot be trained longer.")
    imported = getattr(config.model, "imported", False)
    return imported or (
        run.model_path.exists() and any(event["event"] == "sample" for event in read_run(run.metrics_path))
    )


def _finished(run: RunFolder, config: RunConfig, progress: Progress) -> str:
    if not learner_of(config).goes_on:
        return f"{run.path}: finished, there is nothing to go on with"
    end = early_end(read_run(run.metrics_path)) or f"finished at step {progress.step:,}"
    return f"{run.path}: {end}; --steps, --epochs or --minutes extend it"
