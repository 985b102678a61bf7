"""Going on with a run exactly where it stopped, or beyond its end."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from os import PathLike
from pathlib import Path

from elman.data.sources import matches
from elman.data.stretch import parted
from elman.errors import CheckpointError, ConfigError, DataError
from elman.events import Listener, Notice, silent
from elman.files.durable import locked
from elman.given import folder_of, names_of_files, number_of
from elman.pages.progress import watched
from elman.pages.trained_run import TrainedRun
from elman.registry import only
from elman.runs import checkpoint as checkpoints
from elman.runs.baselines import logged
from elman.runs.configuration import RunConfig
from elman.runs.folder import RunFolder
from elman.runs.log import read_run
from elman.runs.plan import early_end
from elman.runs.progress import Progress
from elman.training.assembly import drive, learner_of, read_data
from elman.training.checking import checked
from elman.training.learner import Lengths
from elman.training.loop import Loop
from elman.training.preparing import lesson_of
from elman.training.recorder import report
from elman.version import __version__


def resume(
    path: str | PathLike[str],
    steps: int | None = None,
    epochs: float | None = None,
    minutes: float | None = None,
    listener: Listener | None = None,
    plugins: Sequence[str] = (),
    train: str | Path | Sequence[str | Path] | None = None,
    valid: str | Path | Sequence[str | Path] | None = None,
) -> TrainedRun:
    """Go on with a run exactly where it stopped; extend a finished one with one of the three lengths.

    Args:
        path: the run folder, or what `elman.train` returned.
        steps: updates in all.
        epochs: passes over the data in all.
        minutes: time on top of what was trained.
        listener: is told what happens; left out, that is shown as on the command line. `elman.silent` shows nothing.
        plugins: code from outside elman that the run may name, such as `mymodule:MyCell`; it is imported.
        train: where the training files are now, if they moved; their content must be the same.
        valid: where the validation files are now.

    Raises:
        CheckpointError: the folder is no run, or broken.
        DataError: the data is not what the run was started with.
        ConfigError: the length is not more than what is done, or the run names code that `plugins` does not.
    """
    run = RunFolder.open(folder_of("resume", path), plugins)
    lengths = Lengths(number_of("steps", steps, whole=True), number_of("epochs", epochs), number_of("minutes", minutes))
    moved = {name: names_of_files(name, given) for name, given in (("train", train), ("valid", valid)) if given}
    with locked(run.path), only(plugins), watched(listener) as told:
        return _go_on(run, lengths, moved, told)


def _go_on(run: RunFolder, lengths: Lengths, moved: Mapping[str, list[str]], tell: Listener) -> TrainedRun:
    """Go on with a run that is locked."""
    run.check_links()
    run.tidy()
    config, facts = run.load_config()
    if run.model_path.exists():
        run.check_configuration(facts)
    saved = checkpoints.load(run.checkpoints_path)
    checkpoints.prune(run.checkpoints_path)  # as a kill right behind the newest has not let it be done
    progress = saved.progress if saved else Progress()
    # A log that is not whole is refused before hours are spent on what follows.
    events = read_run(run.metrics_path, saved.progress.metrics_bytes) if saved else []
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
    if moved:
        config = replace(config, data=config.data.model_copy(update=moved))
    _check_there(config, run)
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
    if saved is None:  # nothing was logged yet, and what is suspicious belongs there
        data = checked(task, data, config, run, silent)
    learns = learner_of(config)
    with learns.process(config.training):
        lesson = lesson_of(config, task, data, run.path, tell, logged(events) if saved else None)
        if longer:
            lesson = lesson._replace(config=learns.extended(lesson, lengths, progress.step))
            config = replace(config, training=lesson.config)
        if longer or moved:
            run.save_config(config, facts.tree["run"] | {"elman": __version__})
        return drive(Loop(learns(lesson), learns.plan(config.training), run, saved))


def _check_there(config: RunConfig, run: RunFolder) -> None:
    """Refuse to go on without the files that the run was started with.

    Raises:
        DataError: one is not there.
    """
    names = [*config.data.train, *([] if config.data.held_out else config.data.valid)]
    parts = [part for name in names for part in ([name] if matches(name) else name.split(","))]
    lost = next((part for part in parts if not matches(parted(part)[0])), None)
    if lost is not None:
        both = "--train FILE" if config.data.held_out else "--train FILE --valid FILE"
        raise DataError(
            f"{lost}: no such file. If it moved, name it anew: elman train --resume {run.path} {both}. It is taken if "
            "its content is the same."
        )


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
