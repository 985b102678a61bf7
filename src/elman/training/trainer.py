"""The training loop. It knows a task and a network, and nothing of text, cells or files of data."""

import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any, NamedTuple

import numpy as np
import torch

from elman.data.records import Batch
from elman.errors import TrainingError
from elman.events import Listener, Notice, Stepped
from elman.models.base import Network
from elman.moment import Moment, Noise
from elman.randomness import seed_of
from elman.runs import checkpoint as checkpoints
from elman.runs.checkpoint import Checkpoint, Interval, Progress
from elman.runs.configuration import Plan, TrainingConfig
from elman.runs.folder import RunFolder
from elman.tasks.base import Task, TaskData
from elman.training.averaging import NonMonotonicAverage
from elman.training.devices import network_environment
from elman.training.gradients import GradientWatch
from elman.training.optimizers import Optimizer, clip_by_global_norm
from elman.training.recorder import Recorder
from elman.training.schedules import make_schedule


class Update(NamedTuple):
    """What one update was made of.

    Args:
        nats: summed losses.
        targets: how many.
        norm: gradient norm before clipping.
        penalties: by name.
        gradients: norms by layer and time step, where they are logged.
    """

    nats: float
    targets: int
    norm: float
    penalties: dict[str, float]
    gradients: dict[str, Any] | None


class Trainer:
    """Makes updates until the configured step, validates, logs, and saves what is needed to go on.

    Nothing that it decides depends on a clock or on a live random generator: two trainers that are at the same step
    of the same run do the same from there on.

    Args:
        task: makes batches, evaluates, samples.
        data: what it prepared.
        network: trained in place.
        config: the `[training]` section, with steps and intervals decided.
        run: where everything is saved.
        listener: is told what happens.
    """

    def __init__(
        self, task: Task, data: TaskData, network: Network, config: TrainingConfig, run: RunFolder, listener: Listener
    ) -> None:
        self.task, self.data, self.network = task, data, network
        self.config, self.run, self._recorder = config, run, Recorder(task, run, listener)
        self.plan = Plan.of(config)
        self.progress = Progress()
        self.optimizer = Optimizer(config, network)
        self.average = NonMonotonicAverage(network, config.averaging_patience)
        self.schedule = make_schedule(config, self.plan.steps)
        self.rate = config.rate
        self.device = str(next(iter(network.parameters())).device.type)
        self._epoch = self._batches_of(0)
        self._state: Any = None

    # The loop

    def train(self, stop: Callable[[], bool] = lambda: False) -> str:
        """Go on from where the progress stands. Returns `finished`, or `interrupted` when `stop` said so.

        Raises:
            TrainingError: a loss or gradient is not finite. The last checkpoint is from before.
            CheckpointError: something cannot be saved.
        """
        recorder = self._recorder
        if recorder.open(self.progress.metrics_bytes):
            recorder.data(self.data.card)
            self._sample()
        plan = self.plan
        while self.progress.step < plan.steps:
            if stop():
                recorder.save(self.checkpoint())
                return recorder.end(self.progress.step, self.progress.seconds, "interrupted")
            self._timed_step()
            step = self.progress.step
            if step % plan.log_every == 0 or step == plan.steps:
                self._write_log()
            if step % plan.validate_every == 0 or step == plan.steps:
                self._validate()
                recorder.save(self.checkpoint())
            elif step % plan.checkpoint_every == 0:
                recorder.save(self.checkpoint())
        return recorder.end(self.progress.step, self.progress.seconds, "finished")

    def step(self) -> "Update":
        """Make one update.

        Raises:
            TrainingError: the loss or the gradient is not finite; the weights are as they were before.
        """
        progress = self.progress
        batch = self._next_batch()
        if self._state is None or not batch.continues:
            self._state = self.network.initial_state(batch.size)
        watch = GradientWatch(self.network) if self._logs_gradients(progress.step + 1) else None
        with watch.watching() if watch else nullcontext():
            found = self.network.loss(batch, self._state, self._moment())
        nats = torch.stack([loss.nats for loss in found.heads.values()]).sum()
        count = max(1, max(loss.targets for loss in found.heads.values()))
        loss = torch.stack([nats / count, *found.penalties.values()]).sum()
        if self.config.reduction == "sum":
            loss = loss * (count / batch.size)
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        norms = watch.norms() if watch else None
        norm = clip_by_global_norm(self.network.parameters(), self.config.clip_norm)
        if not np.isfinite(float(loss.detach())):
            raise self._given_up("loss")
        if not np.isfinite(norm):
            raise self._given_up("gradient")
        self.optimizer.step(self.current_rate() * batch.rate_scale)
        self.average.updated()
        self._state = found.state.detach()
        progress.step += 1
        progress.batch += 1
        penalties = {name: float(value.detach()) for name, value in found.penalties.items()}
        return Update(float(nats.detach()), count, norm, penalties, norms)

    def current_rate(self) -> float:
        """Return the learning rate of the next update."""
        return self.rate * self.schedule.factor(self.progress.step, self.progress.epoch)

    # Going on

    def restore(self, saved: Checkpoint) -> None:
        """Stand where a checkpoint was made."""
        self.progress = saved.progress
        self.network.load_weights(saved.part("model"))
        self.optimizer.load(saved.part("optimizer"))
        self.schedule.restore(saved.progress.schedule)
        self.average.restore(saved.progress.averaging, saved.part("average"))
        self._epoch = self._batches_of(self.progress.epoch)
        carried = saved.part("state")
        if carried:
            rows = len(carried["0"])
            arrays = iter([carried[str(i)] for i in range(len(carried))])
            self._state = self.network.initial_state(rows).map(lambda zero: zero.new_tensor(next(arrays)))

    def checkpoint(self) -> Checkpoint:
        """Return everything that the next step reads."""
        self.progress.schedule = self.schedule.state()
        self.progress.averaging = self.average.state()
        self._recorder.sync(self.progress)
        state = list(self._state.tensors()) if self._state is not None else []
        arrays = {f"model/{name}": array for name, array in self.network.weights().items()}
        arrays |= {f"optimizer/{key}": array for key, array in self.optimizer.arrays().items()}
        arrays |= {f"average/{name}": array for name, array in self.average.arrays().items()}
        arrays |= {f"state/{i}": tensor.detach().cpu().numpy() for i, tensor in enumerate(state)}
        return Checkpoint(self.progress, arrays, network_environment(self.device))

    # Parts of the loop

    def _next_batch(self) -> Batch:
        if self.progress.batch == len(self._epoch):
            self.progress.epoch += 1
            self.progress.batch = 0
            self._epoch = self._batches_of(self.progress.epoch)
        return self._epoch[self.progress.batch]

    def _batches_of(self, epoch: int) -> Sequence[Batch]:
        return self.task.batches(self.data, self.config.batch_size, self.config.seed, epoch)

    def _moment(self) -> Moment:
        step = self.progress.step
        return Moment(Noise(self.config.seed, step), step / self.plan.steps)

    def _logs_gradients(self, step: int) -> bool:
        return self.config.log_gradients and (step % self.plan.log_every == 0 or step == self.plan.steps)

    def _timed_step(self) -> None:
        start = time.perf_counter()
        update = self.step()
        seconds = time.perf_counter() - start
        interval = self.progress.interval
        interval.updates += 1
        interval.nats += update.nats
        interval.count += update.targets
        interval.norm += update.norm
        interval.seconds += seconds
        for name, value in update.penalties.items():
            interval.penalties[name] = interval.penalties.get(name, 0.0) + value
        self.progress.seconds += seconds
        if update.gradients:
            self._recorder.write("gradients", step=self.progress.step, **update.gradients)
        mean = update.nats / update.targets
        self._recorder.tell(Stepped(self.progress.step, mean, self.task.show_loss(mean), update.targets, seconds))

    def _write_log(self) -> None:
        progress, interval = self.progress, self.progress.interval
        penalties = {name: total / interval.updates for name, total in interval.penalties.items()}
        self._recorder.write(
            "train",
            step=progress.step,
            epoch=round(progress.epoch + progress.batch / len(self._epoch), 4),
            nats=interval.nats / interval.count,
            learning_rate=self.rate * self.schedule.factor(progress.step - 1, progress.epoch),
            gradient_norm=interval.norm / interval.updates,
            tokens_per_second=round(interval.count / interval.seconds),
            seconds=round(progress.seconds, 3),
            **({"penalties": penalties} if penalties else {}),
        )
        progress.interval = Interval()

    def _validate(self) -> None:
        progress = self.progress
        start = time.perf_counter()
        with self.average.applied():
            evaluation = self.task.validate(self.network, self.data)
            progress.seconds += time.perf_counter() - start
            first = evaluation.scores[0]
            better = first.beats(progress.best)
            # Of equal ones the last is kept: it has learned longer, which an accuracy of 100 % does not show.
            best = better or first.value == progress.best
            # As long as no score was a number, such as a correlation with a constant, the last weights are kept.
            kept = best or progress.best is None
            if best:
                progress.best, progress.best_step = first.value, progress.step
            if kept:
                self.run.save_model(self.network.weights(), self.task)
                self._recorder.details(progress.step, evaluation)
            self._recorder.evaluated(progress.step, evaluation, best, best=best)
            self._sample()
        self.schedule.validated(better)
        loss = first.value if first.lower_is_better else -first.value
        if self.config.averaging == "ntasgd" and self.average.validated(loss):
            self._recorder.write("averaging", step=progress.step)
            self._recorder.tell(Notice("validation has stopped getting better: the weights are averaged from here on"))

    def _sample(self) -> None:
        text = self.task.sample(self.network, self.data, seed_of(self.config.seed, "sample"))
        self._recorder.sampled(self.progress.step, text)

    def _given_up(self, what: str) -> TrainingError:
        saved = checkpoints.steps(self.run.checkpoints_path)
        kept = f"The last good state, step {saved[-1]}, is kept" if saved else "Nothing was saved yet"
        return TrainingError(
            f"{self.run.path}: the {what} of step {self.progress.step + 1} is not a finite number. {kept}. Train anew "
            f"with a lower rate (--learning-rate {self.rate / 3:.2g}) or tighter clipping "
            f"(--set training.clip_norm={(self.config.clip_norm or 1.0) / 4:g})."
        )
