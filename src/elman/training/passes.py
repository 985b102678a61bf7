"""Drives a model that reads its text in passes: the same run folder, log, events and checkpoints as a network."""

import math
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from elman.errors import ConfigError, TrainingError
from elman.events import Listener, Notice, Planned, Stepped
from elman.models.base import Fitting, Streamed
from elman.runs.checkpoint import Checkpoint, Interval, Progress
from elman.runs.configuration import Plan, RunConfig, TrainingConfig
from elman.runs.environment import differences, environment
from elman.runs.folder import RunFolder
from elman.runs.trained_run import TrainedRun
from elman.tasks.base import Task, TaskData
from elman.training.recorder import Recorder, attended
from elman.version import __version__

_LOG_LINES = 200
_VALIDATIONS = 20
_MEASURED = 2.0


class Passes:
    """Reads a text stretch by stretch to the configured end; after each pass it validates and saves.

    With one thread, two trainings that are at the same stretch of the same run do the same from there on.

    Args:
        task: evaluates and samples.
        data: what it prepared.
        model: trained in place.
        config: the `[training]` section, everything decided.
        run: where everything is saved.
        listener: is told what happens.
    """

    def __init__(
        self, task: Task, data: TaskData, model: Streamed, config: TrainingConfig, run: RunFolder, listener: Listener
    ) -> None:
        self.task, self.data, self.model = task, data, model
        self.config, self.run, self._recorder = config, run, Recorder(task, run, listener)
        self.plan = Plan.of(config)
        self.progress = Progress()
        self.rate = config.learning_rate or model.default_rate
        self.a_pass = model.stretches(data.train)
        self._fitting = Fitting(run.path, config.seed, config.threads, lambda text: listener(Notice(text)))

    def train(self, stop: Callable[[], bool] = lambda: False) -> str:
        """Go on from where the progress stands. Returns `finished`, or `interrupted` when `stop` said so.

        Raises:
            TrainingError: a loss is not finite. The last checkpoint is from before.
            CheckpointError: something cannot be saved.
        """
        recorder = self._recorder
        if recorder.open(self.progress.metrics_bytes):
            recorder.data(dict(self.data.card) | {"threads": _repeats(self.config.threads)})
            self._save()  # a model that is saved after the first pass must find something to go on from
        while self.progress.step < self.plan.steps:
            if stop():
                self._save()
                return recorder.end(self.progress.step, self.progress.seconds, "interrupted")
            self._stretch()
            last = self.progress.step == self.plan.steps
            if last or self.progress.step % self.plan.log_every == 0:
                self._write_log()
            if last or self.progress.step % self.a_pass == 0:
                self._end_of_pass()
            if last or self.progress.step % self.plan.validate_every == 0:
                self._validate()
                self._save()
            elif self.progress.step % self.plan.checkpoint_every == 0:
                self._save()
        self._view()
        return recorder.end(self.progress.step, self.progress.seconds, "finished")

    def restore(self, saved: Checkpoint) -> None:
        """Stand where a checkpoint was made."""
        self.progress = saved.progress
        self.model.load_weights({name: array.copy() for name, array in saved.part("model").items()})

    def _stretch(self) -> None:
        progress, start = self.progress, time.perf_counter()
        found = self.model.read(self.data.train, progress.step, self.plan.steps, self.rate, self._fitting)
        seconds = time.perf_counter() - start
        if not math.isfinite(found.nats):
            raise TrainingError(
                f"{self.run.path}: the loss of stretch {progress.step + 1} is not a finite number. Train anew with a "
                f"lower rate (--learning-rate {self.rate / 3:.2g})."
            )
        progress.step += 1
        progress.epoch, progress.batch = divmod(progress.step, self.a_pass)
        progress.seconds += seconds
        for one in (progress.interval, progress.whole_pass):
            one.updates, one.nats, one.count = one.updates + 1, one.nats + found.nats, one.count + found.targets
            one.tokens, one.seconds, one.rate = one.tokens + found.tokens, one.seconds + seconds, found.rate
        mean = progress.whole_pass.mean
        # A bar with the mean of the pass so far: that of one stretch jumps.
        self._recorder.tell(Stepped(progress.step, mean, self.task.show_loss(mean), found.tokens, seconds))

    def _write_log(self) -> None:
        interval = self.progress.interval
        self._recorder.write(
            "train",
            step=self.progress.step,
            epoch=round(self.progress.step / self.a_pass, 4),
            nats=interval.mean,
            learning_rate=interval.rate,
            tokens_per_second=round(interval.tokens / max(interval.seconds, 1e-9)),
            seconds=round(self.progress.seconds, 3),
        )
        self.progress.interval = Interval()

    def _end_of_pass(self) -> None:
        progress, whole = self.progress, self.progress.whole_pass
        epoch = round(progress.step / self.a_pass, 4)
        self._recorder.write("pass", step=progress.step, epoch=epoch, nats=whole.mean, seconds=round(whole.seconds, 3))
        progress.whole_pass = Interval()

    def _validate(self) -> None:
        progress = self.progress
        evaluation = self.task.validate(self.model, self.data)
        score = evaluation.scores[0]
        better = score.beats(progress.best)
        if better:
            progress.best, progress.best_step = score.value, progress.step
        # The last vectors are kept, as everyone expects of word2vec: the rate has fallen to nothing by then, and a loss
        # on held-out text that rises says little about what vectors are used for.
        self.run.save_model(self.model.weights(), self.task)
        self._recorder.details(progress.step, evaluation)
        self._recorder.evaluated(progress.step, evaluation, better, best=True, kept="last")
        self._recorder.sampled(progress.step, self.task.sample(self.model, self.data, self.config.seed))

    def _view(self) -> None:
        """Log what the report shows of the model besides its scores."""
        views = [asdict(one) for one in self.task.views(self.model)]
        if views:
            self._recorder.write("views", step=self.progress.step, views=views)

    def _save(self) -> None:
        self._recorder.sync(self.progress)
        arrays = {f"model/{name}": array for name, array in self.model.weights().items()}
        self._recorder.save(Checkpoint(self.progress, arrays, environment(self.config.threads)))


def decided(config: RunConfig, data: TaskData, model: Streamed) -> RunConfig:
    """Return a configuration with length, rate and threads decided."""
    training = config.training
    threads = training.threads or os.cpu_count() or 1
    steps, a_pass = _steps(training, data, model, threads), model.stretches(data.train)
    update = {
        "steps": steps,
        "epochs": None,
        "minutes": None,
        "learning_rate": training.learning_rate or model.default_rate,
        "threads": threads,
        "validate_every": training.validate_every or a_pass * max(1, math.ceil(steps / a_pass / _VALIDATIONS)),
        "log_every": training.log_every or math.ceil(steps / _LOG_LINES),
    }
    return replace(config, training=training.model_copy(update=update))


def extended(
    config: RunConfig, data: TaskData, model: Streamed, done: int, lengths: Mapping[str, Any], run: RunFolder
) -> RunConfig:
    """Return a configuration with more stretches, and save it; minutes come on top of what is done.

    Raises:
        ConfigError: it is not more than what is done.
    """
    training = config.training.model_copy(update={**lengths, "steps": lengths["steps"]})
    steps = _steps(training, data, model, training.threads) + (done if lengths["minutes"] is not None else 0)
    if steps <= done:
        raise ConfigError(f"{run.path}: {done:,} stretches are done, and {steps:,} are asked for. Ask for more.")
    config = replace(config, training=config.training.model_copy(update={"steps": steps}))
    run.save_config(config, run.load_config()[1].tree["run"] | {"elman": __version__})
    return config


def _steps(training: TrainingConfig, data: TaskData, model: Streamed, threads: int) -> int:
    """Return how many stretches a training is; minutes are measured on weights that are thrown away."""
    if training.steps is not None:
        return training.steps
    if training.minutes is None:
        return model.stretches_of(data.train, training.epochs)
    fitting = Fitting(Path(), training.seed, threads, lambda text: None)
    rate = training.learning_rate or model.default_rate
    model.begin(training.seed)
    model.read(data.train, 0, 10**9, rate, fitting)  # makes what is made once
    start, read = time.perf_counter(), 0
    while not read or time.perf_counter() - start < _MEASURED:
        read += 1
        model.read(data.train, read, 10**9, rate, fitting)
    return max(1, int(60 * training.minutes * read / (time.perf_counter() - start)))


def drive(passes: Passes, tell: Listener) -> TrainedRun:
    """Run to the end or to a signal, and write the report whatever happens."""
    plan, progress = passes.plan, passes.progress
    tell(Notice(f"threads: {_repeats(passes.config.threads)}"))
    facts = {
        "model": f"{passes.model.title}, {passes.model.num_weights():,} weights",
        "data": ", ".join(f"{name} {text}" for name, text in passes.data.card.items()),
    }
    tokens = round(passes.model.tokens(passes.data.train) / passes.a_pass)
    epochs = plan.steps / passes.a_pass
    tell(Planned(progress.step, plan.steps, epochs, tokens, passes.task.unit, None, facts, "stretches"))
    return attended(passes.train, passes.run, tell)


def start(task: Task, data: TaskData, model: Streamed, config: RunConfig, run: RunFolder, tell: Listener) -> TrainedRun:
    """Train a model from its beginning."""
    passes = Passes(task, data, model, config.training, run, tell)
    model.begin(config.training.seed)
    return drive(passes, tell)


def go_on(
    task: Task, data: TaskData, model: Streamed, config: RunConfig, run: RunFolder, saved: Checkpoint, tell: Listener
) -> TrainedRun:
    """Train a model from a checkpoint on."""
    passes = Passes(task, data, model, config.training, run, tell)
    passes.restore(saved)
    changed = differences(saved.environment, environment(config.training.threads))
    if changed:
        tell(Notice(f"warning: not bit for bit what an uninterrupted run gives, because this changed: {changed}"))
    return drive(passes, tell)


def _repeats(threads: int) -> str:
    """Say whether a training gives the same numbers each time."""
    if threads == 1:
        return "1: the same numbers each time"
    return f"{threads} without locks: numbers differ a little each time; --threads 1 repeats them"
