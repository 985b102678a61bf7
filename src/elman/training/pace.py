"""How long a training is: from minutes or epochs to a fixed number of steps, before the first."""

import copy
import math
import time
from dataclasses import dataclass

from elman.models.base import Network
from elman.runs.configuration import TrainingConfig
from elman.runs.folder import RunFolder
from elman.tasks.base import Task, TaskData
from elman.training.trainer import Trainer

DEFAULT_MINUTES = 5.0
_VALIDATIONS = 10
_MOST_VALIDATIONS = 100
_LOG_LINES = 200
_VALIDATION_SHARE = 0.1
_WARM_UP_STEPS = 3
_MEASURE_SECONDS = 4.0


@dataclass(frozen=True)
class Speed:
    """How long things take on this machine, in seconds."""

    step: float
    validation: float
    measuring: float


def measure(task: Task, data: TaskData, network: Network, config: TrainingConfig, run: RunFolder) -> Speed:
    """Time some steps and a validation on a copy of the network, which is thrown away: nothing of the run changes."""
    begin = time.perf_counter()
    throw_away = config.model_copy(update={"steps": 10**9, "validate_every": 1, "log_every": 1, "log_gradients": False})
    trainer = Trainer(task, data, copy.deepcopy(network), throw_away, run, lambda event: None)
    for _ in range(_WARM_UP_STEPS):
        trainer.step()
    start, made = time.perf_counter(), 0
    while not made or time.perf_counter() - start < _MEASURE_SECONDS:
        trainer.step()
        made += 1
    stepped = time.perf_counter()
    task.validate(trainer.network, data)
    end = time.perf_counter()
    return Speed((stepped - start) / made, end - stepped, end - begin)


def steps_of(epochs: float, epoch_steps: int) -> int:
    """Return the updates of so many passes over the data."""
    return max(1, round(epochs * epoch_steps))


def steps_in(minutes: float, speed: Speed, validate_every: int) -> int:
    """Return the updates that fit into a time, with a validation after every so many."""
    return max(1, int((60 * minutes - speed.measuring) / (speed.step + speed.validation / validate_every)))


def decide(config: TrainingConfig, epoch_steps: int, speed: Speed | None) -> TrainingConfig:
    """Return the configuration with its steps and intervals decided.

    Args:
        config: may say `minutes` or `epochs` instead of `steps`.
        epoch_steps: batches of an epoch.
        speed: needed for minutes.
    """
    if config.steps is not None:
        steps, validations = config.steps, _VALIDATIONS
    elif config.epochs is not None:
        steps = steps_of(config.epochs, epoch_steps)
        validations = min(max(_VALIDATIONS, math.ceil(config.epochs)), _MOST_VALIDATIONS)
    else:
        budget = 60 * (config.minutes or DEFAULT_MINUTES)
        cost = speed.validation if speed else 0.0
        validations = max(1, min(_VALIDATIONS, int(_VALIDATION_SHARE * budget / cost) if cost else _VALIDATIONS))
        left = budget - (speed.measuring if speed else 0.0) - validations * cost
        steps = max(1, int(left / speed.step)) if speed else 1
    return config.model_copy(
        update={
            "steps": steps,
            "learning_rate": config.rate,
            "epochs": None,
            "minutes": None,
            "validate_every": config.validate_every or math.ceil(steps / validations),
            "log_every": config.log_every or math.ceil(steps / _LOG_LINES),
        }
    )
