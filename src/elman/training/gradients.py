"""A network that learns by gradients."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from statistics import mean
from typing import Any

import numpy as np
import torch

from elman.cells.base import State
from elman.data.records import Batch
from elman.errors import ConfigError
from elman.events import Event, Notice, Planned
from elman.layers.devices import choose_device, place
from elman.layers.initialization import initialize
from elman.metrics.base import Score
from elman.models import MODELS
from elman.models.base import Model
from elman.moment import Moment, Noise
from elman.runs.configuration import RunConfig, TrainingConfig
from elman.runs.environment import environment
from elman.runs.plan import Plan
from elman.tasks.base import Task
from elman.tasks.base.protocols import Rewarding
from elman.training import pace
from elman.training.agreement import check_array, check_counters, check_names
from elman.training.averaging import average_of
from elman.training.baselines import remarks
from elman.training.gradient_norms import GradientWatch
from elman.training.learner import Arrays, Learner, Lengths, Lesson
from elman.training.memory import need_of
from elman.training.optimizers import Optimizer, clip_by_global_norm, not_finite
from elman.training.pace import Place, Speed
from elman.training.parts import add_gradients, split
from elman.training.process import repeatable
from elman.training.room import Need
from elman.training.schedules import make_schedule
from elman.training.update import DivergedError, Update

_COUNTED = 8
_ENDLESS = {"steps": 10**9, "validate_every": 1, "log_every": 1, "log_gradients": False}


class Gradients(Learner):
    """Updates a network with the gradient of a batch; the state is carried to the next batch where that goes on."""

    samples_first = True
    has_gradients = True

    def __init__(self, lesson: Lesson) -> None:
        super().__init__(lesson)
        config, self.network = lesson.config, lesson.model
        self._plan = Plan.of(config)
        self.reward = lesson.task.reward(lesson.data) if isinstance(lesson.task, Rewarding) else None
        self.optimizer = Optimizer(config, self.network)
        self.average = average_of(config, self.network)
        self.schedule = make_schedule(config, self._plan.steps)
        self._epoch: tuple[int, Sequence[Batch]] = (-1, ())
        self._state: State | None = None

    # Before there is a learner

    @classmethod
    def process(cls, config: TrainingConfig) -> AbstractContextManager[None]:
        """Return a process in which torch repeats itself."""
        return repeatable(config.threads)

    @classmethod
    def built(cls, config: RunConfig, task: Task) -> Model:
        """Return the network with its starting weights, on its device."""
        network: Any = MODELS.get(config.model.name)(config.model, *task.outlines)
        initialize(network, config.training.seed, config.model.init_range)
        place(network, choose_device(config.training.device))
        return network

    @classmethod
    def decided(cls, lesson: Lesson) -> tuple[TrainingConfig, Speed | None]:
        """Return the configuration with length, rhythm, device and threads decided; minutes are measured.

        Raises:
            ConfigError: there are too few validations for what is averaged over them.
        """
        training, speed = lesson.config, None
        if training.steps is None and training.epochs is None:
            speed = cls.measure(lesson)
            speed = speed._replace(measuring=speed.measuring + lesson.spent)
        epoch_steps = len(lesson.task.batches(lesson.data, training.batch_size, training.seed, 0))
        decided = pace.decide(training, epoch_steps, speed, lesson.task.patience)
        if training.averaging == "checkpoints" and Plan.of(decided).validations < 2:
            raise ConfigError(
                "training.averaging: got checkpoints with one validation, expected two or more to average. Set "
                "training.validate_every, or train longer."
            )
        for remark in pace.remarks(decided, speed, pace.budget(training)) if speed else ():
            lesson.say(remark)
        threads = training.threads or torch.get_num_threads()
        return decided.model_copy(update={"device": choose_device(training.device), "threads": threads}), speed

    @classmethod
    def extended(cls, lesson: Lesson, lengths: Lengths, done: int) -> TrainingConfig:
        """Return the configuration with other steps, and say what becomes of the rate."""
        training, before = super().extended(lesson, lengths, done), lesson.config.steps or 0
        if training.schedule == "cosine" and training.steps != before:
            turn = "rises again" if (training.steps or 0) > before else "falls sooner"
            lesson.say(f"the rate {turn}: the cosine now spans {training.steps:,} steps")
        return training

    @classmethod
    def needs(cls, lesson: Lesson) -> Need | None:
        """Return the memory that a training on this machine takes; that of another device nobody knows here."""
        if choose_device(lesson.config.device) != "cpu":
            return None
        learner = cls(lesson._replace(config=lesson.config.model_copy(update=_ENDLESS)))
        return need_of(learner, lesson.config, learner._batches(0))

    @classmethod
    def measure(cls, lesson: Lesson) -> Speed:
        """Return how long an update and a validation take, found out on a copy of the network."""
        config, network = lesson.config.model_copy(update=_ENDLESS), copy.deepcopy(lesson.model)
        return pace.measure(cls(lesson._replace(config=config, model=network)))

    # Learning

    def begin(self) -> None:
        """Do nothing: `built` has drawn them."""

    def epoch_length(self, epoch: int) -> int:
        """Return how many batches an epoch has."""
        return len(self._batches(epoch))

    def update(self, at: Place) -> Update:
        """Make one update.

        Raises:
            DivergedError: the loss or the gradient is not finite; the weights are as they were before.
        """
        config, batch = self.lesson.config, self._batches(at.epoch)[at.batch]
        if self._state is None or not batch.continues:
            self._state = self.network.initial_state(batch.size)
        watch = GradientWatch(self.network) if self._logs_gradients(at.step + 1) else None
        terms, initial = self.network.penalty_terms, self.network.initial_state
        parts = split(batch, self._state, config.parts, terms, lambda part: self._moment(at.step, part), initial)
        self.optimizer.zero_grad()
        task = self.lesson.task
        weights = {head: self.network.head_weights.get(head, 1.0) for head in task.heads(task.config)}
        found = add_gradients(watch.loss if watch else self.network.loss, parts, weights, config.reduction == "sum")
        norms = watch.norms() if watch else None
        norm = clip_by_global_norm(self.network.parameters(), config.clip_norm)
        for what, value in (("loss", found.loss), ("gradient", norm)):
            if not np.isfinite(value):
                where = not_finite(self.network.named_parameters(), gradients=what == "gradient")
                raise DivergedError(f"{what} of step {at.step + 1}", f"{_told(where)}{self._mend}")
        rate = config.rate * self.schedule.factor(at.step, at.epoch)
        self.optimizer.step(rate * batch.rate_scale)
        self.average.updated()
        self._state = found.state.detach()
        return Update(found.nats, found.targets, found.targets, rate, norm, found.penalties, norms, found.shares)

    def validated(self, score: Score, gained: bool) -> Mapping[str, str]:
        """Let the schedule and the average know."""
        self.schedule.validated(gained)
        loss = score.value if score.lower_is_better else -score.value
        if self.lesson.config.averaging != "none" and self.average.validated(loss):
            return {"averaging": "validation has stopped getting better: the weights are averaged from here on"}
        return {}

    @contextmanager
    def evaluated(self) -> Iterator[None]:
        """Within it, the network has the averaged weights, if there are any."""
        with self.average.applied():
            yield

    def final(self) -> AbstractContextManager[int]:
        """Within it, the network has the mean of its weights at the last validations, if that is asked for."""
        return self.average.final()

    # Going on

    def numbers(self) -> dict[str, Any]:
        """Return the counters of schedule and average."""
        return {"schedule": self.schedule.state(), "averaging": self.average.state()}

    def arrays(self) -> dict[str, Arrays]:
        """Return weights, what the optimizer remembers, averaged weights, and the carried state."""
        state = self._state.tensors() if self._state is not None else ()
        return {
            "model": self.network.weights(),
            "optimizer": self.optimizer.arrays(),
            "average": self.average.arrays(),
            "state": {str(number): tensor.detach().cpu().numpy() for number, tensor in enumerate(state)},
        }

    def restore(self, numbers: Mapping[str, Any], arrays: Mapping[str, Arrays]) -> None:
        """Stand where `numbers` and `arrays` were taken.

        Raises:
            CheckpointError: they are not those of such a network.
        """
        check_names("the counters of", numbers, self.numbers())
        check_counters("the schedule's", numbers["schedule"], self.schedule.state())
        self.network.load_weights(arrays["model"])
        self.optimizer.load(arrays.get("optimizer", {}))
        self.schedule.restore(numbers["schedule"])
        self.average.restore(numbers["averaging"], arrays.get("average", {}))
        carried = arrays.get("state", {})
        if carried:
            rows = next(iter(carried.values())).shape[:1]
            zero = self.network.initial_state(rows[0] if rows else 0)
            expected = {str(number): tensor for number, tensor in enumerate(zero.tensors())}
            check_names("the carried state", carried, expected)
            for name, tensor in expected.items():
                check_array(f"the carried state {name!r}", carried[name], tensor)
            inorder = iter([carried[name] for name in expected])
            self._state = zero.map(lambda tensor: tensor.new_tensor(next(inorder)))

    def environment(self) -> dict[str, str]:
        """Return the facts of machine, torch and device."""
        device = self._device.type
        return environment(torch.get_num_threads()) | {
            "torch": torch.__version__,
            "device": torch.cuda.get_device_name() if device == "cuda" else "cpu",
            "instructions": torch.backends.cpu.get_cpu_capability(),
        }

    # What is said of it

    def introduced(self, done: int, plan: Plan, speed: Speed | None) -> Sequence[Event]:
        """Return how large network and batches are, and how long it will take."""
        task, batches = self.lesson.task, self._batches(0)
        seconds = speed.step * plan.steps + speed.validation * plan.validations if speed else None
        facts = {"model": f"{self.network.num_weights():,} weights", "data": self.lesson.data_in_a_line}
        facts |= {**self.network.ways, **self.network.foreseen(batches), **self.lesson.to_beat, **self.lesson.room}
        first = task.heads(task.config)[0]
        some = range(0, len(batches), max(1, len(batches) // _COUNTED))
        tokens = round(mean(batches[index].count(first) for index in some))
        planned = Planned(
            done,
            plan.steps,
            plan.steps / len(batches),
            tokens,
            task.unit,
            seconds,
            facts,
            validations=plan.validations_after(done),
        )
        return [planned, *(Notice(text) for text in remarks(self.lesson.baselines, planned))]

    @property
    def lighter(self) -> str:
        """A smaller batch, or the same one in more parts."""
        size, parts = self.lesson.config.batch_size, self.lesson.config.parts
        smaller = [f"--batch-size {size // 2}"] if size > 1 else []
        same = [f"--set training.parts={2 * parts} (the same update in parts)"] if 2 * parts <= size else []
        return ", or ".join([*smaller, *same])

    # Parts of an update

    def _batches(self, epoch: int) -> Sequence[Batch]:
        if self._epoch[0] != epoch:
            task, data, config = self.lesson.task, self.lesson.data, self.lesson.config
            self._epoch = epoch, task.batches(data, config.batch_size, config.seed, epoch)
        return self._epoch[1]

    def _moment(self, step: int, part: int) -> Moment:
        return Moment(Noise(self.lesson.config.seed, step, part), step, self._plan.steps, self.reward)

    def _logs_gradients(self, step: int) -> bool:
        return self.lesson.config.log_gradients and (step % self._plan.log_every == 0 or step == self._plan.steps)

    @property
    def _device(self) -> torch.device:
        return next(iter(self.network.parameters())).device

    @property
    def _mend(self) -> str:
        config = self.lesson.config
        return (
            f"Train anew with a lower rate (--learning-rate {config.rate / 3:.2g}) or tighter clipping "
            f"(--set training.clip_norm={(config.clip_norm or 1.0) / 4:g})."
        )


def _told(names: Sequence[str]) -> str:
    """Return in which weights something is not finite, as a sentence; nothing where that is not known."""
    if not names:
        return ""
    others = f" and {len(names) - 2:,} more" if len(names) > 2 else ""
    return f"Not finite: {', '.join(names[:2])}{others}. "
