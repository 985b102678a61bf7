"""Starting a run: what `elman train` and `elman.train` do."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from elman.config import Settings
from elman.errors import ConfigError, did_you_mean
from elman.flags import FLAGS, key_of
from elman.models.base import Fitted, Network
from elman.training import pace
from elman.training.assembly import TrainedRun, build_model, drive, fit_model, read_data, set_up_torch, silent
from elman.training.durable import locked
from elman.training.environment import choose_device
from elman.training.events import Listener, Notice
from elman.training.run_folder import RunFolder, next_path
from elman.training.settings import RunConfig, TrainingConfig
from elman.training.trainer import Trainer
from elman.version import __version__


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
    return start(tree, Path(out) if out is not None else None, overwrite, listener or silent)


def start(settings: Settings, out: Path | None, overwrite: bool, listener: Listener) -> TrainedRun:
    """Start the run that a tree of settings describes, in a folder of its own."""
    config = RunConfig.resolve(settings)
    run = RunFolder(out if out is not None else next_path(config.task.name))
    run.check_free(overwrite)
    cores = os.cpu_count() or 1
    if config.training.threads > cores:
        raise ConfigError(
            f"--threads: got {config.training.threads}, but this machine has {cores} cores. 0 takes what suits it."
        )
    set_up_torch(config.training)
    task, data, config = read_data(config, run, listener)
    model = build_model(config, task)
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
    with locked(run.path):
        run.save_config(config, {"elman": __version__, "data": data.fingerprint})
        run.save_task(task)
        if isinstance(model, Fitted):
            return fit_model(task, data, model, run, config, listener)
        trainer = Trainer(task, data, model, config.training, run, listener)  # type: ignore[arg-type]
        return drive(trainer, speed, listener)


def _with_machine(training: TrainingConfig) -> TrainingConfig:
    """Return the configuration with what the machine decided: device and threads."""
    return training.model_copy(
        update={"device": choose_device(training.device), "threads": training.threads or torch.get_num_threads()}
    )
