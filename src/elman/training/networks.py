"""Starting and going on with the training of a network; everything that needs torch is behind this door."""

import os
from dataclasses import replace
from statistics import mean
from typing import TypedDict

import torch

from elman.errors import ConfigError
from elman.events import Listener, Notice, Planned
from elman.layers.initialization import initialize
from elman.models import MODELS
from elman.models.base import Network
from elman.runs.checkpoint import Checkpoint
from elman.runs.configuration import Plan, RunConfig, TrainingConfig
from elman.runs.environment import differences
from elman.runs.folder import RunFolder
from elman.runs.trained_run import TrainedRun
from elman.tasks.base import Task, TaskData
from elman.training import pace
from elman.training.assembly import new_run
from elman.training.devices import choose_device, network_environment, place
from elman.training.recorder import attended
from elman.training.trainer import Trainer
from elman.version import __version__

_COUNTED = 8


class Lengths(TypedDict):
    """How far to go on, in one of three units."""

    steps: int | None
    epochs: float | None
    minutes: float | None


def start(
    config: RunConfig, task: Task, data: TaskData, run: RunFolder, overwrite: bool, listener: Listener
) -> TrainedRun:
    """Start the training of a network: the length becomes a number of steps before anything is written."""
    set_up_torch(config.training)
    model, training, speed = build(config, task), config.training, None
    epoch_steps = len(task.batches(data, training.batch_size, training.seed, 0))
    if training.steps is None and training.epochs is None:
        speed = pace.measure(task, data, model, training, run)
    training = pace.decide(training, epoch_steps, speed)
    if speed and (training.steps or 0) * speed.step < 30 * (config.training.minutes or pace.DEFAULT_MINUTES):
        listener(Notice("measuring and validating take most of the time; --minutes gives more of it"))
    decided = {"device": choose_device(training.device), "threads": training.threads or torch.get_num_threads()}
    config = replace(config, training=training.model_copy(update=decided))
    with new_run(config, task, data, run, overwrite):
        return drive(Trainer(task, data, model, config.training, run, listener), speed, listener)


def go_on(
    run: RunFolder,
    config: RunConfig,
    task: Task,
    data: TaskData,
    saved: Checkpoint | None,
    lengths: Lengths,
    tell: Listener,
) -> TrainedRun:
    """Go on with the training of a network from a checkpoint, or from its start."""
    model = build(config, task)
    if any(length is not None for length in lengths.values()):
        config = _extended(config, task, data, model, run, saved.progress.step if saved else 0, lengths)
        run.save_config(config, run.load_config()[1].tree["run"] | {"elman": __version__})
        if config.training.schedule == "cosine":
            tell(Notice(f"the rate rises again: the cosine now spans {Plan.of(config.training).steps:,} steps"))
    trainer = Trainer(task, data, model, config.training, run, tell)
    if saved:
        trainer.restore(saved)
        changed = differences(saved.environment, network_environment(trainer.device))
        if changed:
            tell(Notice(f"warning: not bit for bit what an uninterrupted run gives, because this changed: {changed}"))
    return drive(trainer, None, tell)


def build(config: RunConfig, task: Task) -> Network:
    """Return the network with its starting weights, on its device."""
    model: Network = MODELS.get(config.model.name)(config.model, *task.outlines)  # type: ignore[assignment]
    initialize(model, config.training.seed, config.model.init_range)
    place(model, choose_device(config.training.device))
    return model


def drive(trainer: Trainer, speed: pace.Speed | None, listener: Listener) -> TrainedRun:
    """Run a trainer to its end or to a signal, and write the report whatever happens."""
    steps, done = trainer.plan.steps, trainer.progress.step
    batches = trainer.task.batches(trainer.data, trainer.config.batch_size, trainer.config.seed, 0)
    seconds = speed.step * steps + speed.validation * steps / trainer.plan.validate_every if speed else None
    facts = {
        "model": f"{trainer.network.num_weights():,} weights",
        "data": ", ".join(f"{name} {text}" for name, text in trainer.data.card.items() if name != "level"),
    }
    first = trainer.task.heads(trainer.task.config)[0]
    some = range(0, len(batches), max(1, len(batches) // _COUNTED))
    batch_tokens = round(mean(batches[index].count(first) for index in some))
    listener(Planned(done, steps, steps / len(batches), batch_tokens, trainer.task.unit, seconds, facts))
    return attended(trainer.train, trainer.run, listener)


def set_up_torch(training: TrainingConfig) -> None:
    """Make torch repeat itself: fixed threads, deterministic algorithms."""
    if training.threads:
        torch.set_num_threads(training.threads)
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)
    # Nothing here reads memory that it has not written, and writing it all twice costs an eighth of a training step.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]


def _extended(
    config: RunConfig,
    task: Task,
    data: TaskData,
    model: Network,
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
