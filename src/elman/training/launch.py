"""Starting a run and going on with one: what `elman train` and `elman.train` do."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch

from elman.config import Settings
from elman.data.readers import READERS
from elman.data.sources import expand
from elman.errors import CheckpointError, ConfigError, DataError, did_you_mean
from elman.flags import FLAGS, key_of
from elman.layers.initialization import initialize
from elman.models import MODELS
from elman.models.base import Fitted, Model, Network
from elman.tasks import TASKS
from elman.tasks.base import DataFiles, Task, TaskData
from elman.training import checkpoint as checkpoints
from elman.training import pace
from elman.training.environment import choose_device, differences, environment, place
from elman.training.events import Event, Listener, Notice, Planned
from elman.training.fitting import fit
from elman.training.interrupts import Interrupts
from elman.training.metrics_log import read_events
from elman.training.report import write_report
from elman.training.run_folder import RunFolder, next_path
from elman.training.settings import Plan, RunConfig, TrainingConfig
from elman.training.trainer import Trainer
from elman.version import __version__


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


def train(
    task: str,
    train: str | Sequence[str],
    valid: str | Sequence[str] | None = None,
    out: str | Path | None = None,
    overwrite: bool = False,
    settings: Mapping[str, Any] | None = None,
    listener: Listener | None = None,
    **flags: object,
) -> TrainedRun:
    """Train a model, as `elman train` does.

        run = elman.train("lm", train="wiki.train.tokens", valid="wiki.valid.tokens", cell="gru", minutes=10)

    Args:
        task: name of the task, such as `lm`.
        train: training files or globs.
        valid: validation files, or a share of the training data; 10% if left out.
        out: the run folder; `runs/<task>-<n>` if left out.
        overwrite: whether a run that is there may be replaced.
        settings: configuration keys, such as `{"training.clip_norm": 0.25}`.
        listener: is told what happens, such as `elman.training.progress.Display()`.
        **flags: the short names of the command line, with underscores: `hidden=200, batch_size=20`.

    Raises:
        ElmanError: something is wrong with the configuration, the data, the disk, or the training went astray.
    """
    tree = Settings()
    tree.set("task.name", task)
    tree.set("data.train", [train] if isinstance(train, str) else list(train))
    if valid is not None:
        tree.set("data.valid", [valid] if isinstance(valid, str) else list(valid))
    for name, value in flags.items():
        key = key_of(name)
        if key is None:
            names = [flag.name.replace("-", "_") for flag in FLAGS]
            raise ConfigError(f"unknown keyword {name!r}. {did_you_mean(name, names)}")
        tree.set(key, value, name)
    for key, value in (settings or {}).items():
        tree.set(key, value)
    return start(tree, Path(out) if out is not None else None, overwrite, listener or _silent)


def start(settings: Settings, out: Path | None, overwrite: bool, listener: Listener) -> TrainedRun:
    """Start the run that a tree of settings describes, in a folder of its own."""
    config = RunConfig.resolve(settings)
    run = RunFolder(out if out is not None else next_path(config.task.name))
    run.check_free(overwrite)
    _set_up_torch(config.training)
    task, data, config = _read(config, run, listener)
    model = _build(config, task)
    run.check_outside([Path(name) for name in (*config.data.train, *config.data.valid)])
    speed = None
    training = config.training
    if isinstance(model, Network):
        epoch_steps = len(task.batches(data, training.batch_size, training.seed, 0))
        if training.steps is None and training.epochs is None:
            speed = pace.measure(task, data, model, training, run)
        training = pace.decide(training, epoch_steps, speed)
        if speed and (training.steps or 0) * speed.step < 30 * (config.training.minutes or pace.DEFAULT_MINUTES):
            listener(Notice("measuring and validating take most of the time; --minutes gives more of it"))
        config = replace(config, training=_with_machine(training))
    RunFolder.create(run.path, overwrite)
    run.save_config(config, {"elman": __version__, "data": data.fingerprint})
    run.save_task(task)
    if isinstance(model, Fitted):
        fit(task, data, model, run, config.training.seed, listener)
        write_report(run)
        return TrainedRun(run.path, True)
    trainer = Trainer(task, data, model, config.training, run, listener)  # type: ignore[arg-type]
    return _drive(trainer, speed, listener)


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
    tell = listener or _silent
    run = RunFolder.open(Path(path))
    config, facts = run.load_config()
    saved = checkpoints.load(run.checkpoints_path)
    done = saved.progress.step if saved else 0
    lengths = {"steps": steps, "epochs": epochs, "minutes": minutes}
    longer = [f"--{name}" for name, length in lengths.items() if length is not None]
    if len(longer) > 1:
        raise ConfigError("--steps, --epochs and --minutes each say how long to train: give one of them.")
    if _is_finished(run, config, done, longer):
        tell(Notice(_finished(run, config, done)))
        write_report(run)
        return TrainedRun(run.path, True)
    _set_up_torch(config.training)
    task, data, config = _read(config, run, lambda event: None)
    if data.fingerprint != facts.get("run.data"):
        raise DataError(
            f"{', '.join(config.data.train)}: not the data that {run.path} was started with. Restore the files, "
            "or start a new run."
        )
    run.save_task(task)
    model = _build(config, task)
    if isinstance(model, Fitted):
        fit(task, data, model, run, config.training.seed, tell)
        write_report(run)
        return TrainedRun(run.path, True)
    if longer:
        config = _extended(config, task, data, model, run, done, (steps, epochs, minutes))
        run.save_config(config, facts.tree["run"] | {"elman": __version__})
        if config.training.schedule == "cosine":
            tell(Notice(f"the rate rises again: the cosine now spans {Plan.of(config.training).steps:,} steps"))
    trainer = Trainer(task, data, model, config.training, run, tell)  # type: ignore[arg-type]
    if saved:
        trainer.restore(saved)
        changed = differences(saved.environment, environment(trainer.device))
        if changed:
            tell(Notice(f"not bit for bit what an uninterrupted run gives, because this changed: {changed}"))
    return _drive(trainer, None, tell)


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


def _read(config: RunConfig, run: RunFolder, listener: Listener) -> tuple[Task, TaskData, RunConfig]:
    """Read the data, and return the configuration with what was decided about it and its files by full path."""
    held_out = config.data.held_out
    train = expand(config.data.train)
    valid = [] if held_out else expand(config.data.valid)
    reader = READERS.get(config.reader.name)(config.reader)
    folder = next(parent for parent in (run.path, *run.path.absolute().parents) if parent.is_dir())
    task_class = TASKS.get(config.task.name)
    if held_out:
        listener(Notice(f"validation: {config.data.valid[0]} of the text, held out; --valid FILE gives another"))
    files = DataFiles(train, valid, held_out)
    task, data = task_class.prepare(config.task, reader, files, folder, lambda text: listener(Notice(text)))
    paths = {"train": [str(path.absolute()) for path in train]}
    if not held_out:
        paths["valid"] = [str(path.absolute()) for path in valid]
    return task, data, replace(config, task=task.config, data=config.data.model_copy(update=paths))


def _build(config: RunConfig, task: Task) -> Model:
    """Return the model with its starting weights, on its device."""
    model = MODELS.get(config.model.name)(config.model, task.sizes)  # type: ignore[call-arg]
    if isinstance(model, Network):
        initialize(model, config.training.seed)
    return place(model, choose_device(config.training.device))


def _drive(trainer: Trainer, speed: pace.Speed | None, listener: Listener) -> TrainedRun:
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


def _extended(
    config: RunConfig,
    task: Task,
    data: TaskData,
    model: Any,
    run: RunFolder,
    done: int,
    lengths: tuple[int | None, float | None, float | None],
) -> RunConfig:
    """Return the configuration with more steps."""
    steps, epochs, minutes = lengths
    training = config.training
    if epochs is not None:
        steps = pace.steps_of(epochs, len(task.batches(data, training.batch_size, training.seed, 0)))
    if minutes is not None:
        speed = pace.measure(task, data, model, training, run)
        steps = done + pace.steps_in(minutes, speed, Plan.of(training).validate_every)
    if steps is None or steps <= done:
        raise ConfigError(f"{run.path}: {done:,} steps are done, and {steps or 0:,} are asked for. Ask for more.")
    return replace(config, training=training.model_copy(update={"steps": steps}))


def _set_up_torch(training: TrainingConfig) -> None:
    """Make torch repeat itself: fixed threads, deterministic algorithms."""
    if training.threads:
        torch.set_num_threads(training.threads)
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)


def _with_machine(training: TrainingConfig) -> TrainingConfig:
    """Return the configuration with what the machine decided: device and threads."""
    return training.model_copy(
        update={"device": choose_device(training.device), "threads": training.threads or torch.get_num_threads()}
    )


def _silent(event: Event) -> None:
    """Listen to nothing."""
