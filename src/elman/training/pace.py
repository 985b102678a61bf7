"""How long a training is: from minutes or epochs to a fixed number of steps, before the first."""

import math
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from elman.runs.configuration import TrainingConfig

if TYPE_CHECKING:
    from elman.training.learner import Learner

DEFAULT_MINUTES = 5.0
_VALIDATIONS = 10
_MOST_VALIDATIONS = 100
_LOG_LINES = 200
_VALIDATION_SHARE = 0.1
_WARM_UP_STEPS = 3
_MEASURE_SECONDS = 4.0


class Speed(NamedTuple):
    """How long things take on this machine, in seconds.

    Args:
        step: an update.
        validation: a validation, where its time counts.
        measuring: finding this out, where its time counts.
    """

    step: float
    validation: float = 0.0
    measuring: float = 0.0


class Place(NamedTuple):
    """Where a training stands.

    Args:
        step: updates made.
        epoch: the pass over the data that the next update belongs to, from 0.
        batch: the number of the next update in its epoch.
    """

    step: int
    epoch: int
    batch: int


def measure(learner: "Learner") -> Speed:
    """Time some updates and a validation of a learner that is thrown away."""
    begin = time.perf_counter()
    step = timed(learner, _WARM_UP_STEPS, _MEASURE_SECONDS)
    stepped = time.perf_counter()
    learner.lesson.task.validate(learner.lesson.model, learner.lesson.data)
    end = time.perf_counter()
    return Speed(step, end - stepped, end - begin)


def timed(learner: "Learner", warm_up: int, seconds: float) -> float:
    """Return the seconds of an update of a learner, the mean over some time, after a warm-up of so many updates."""
    places = _places(learner.epoch_length)
    for _ in range(warm_up):
        learner.update(next(places))
    start, made = time.perf_counter(), 0
    while not made or time.perf_counter() - start < seconds:
        learner.update(next(places))
        made += 1
    return (time.perf_counter() - start) / made


def _places(epoch_length: Callable[[int], int]) -> Iterator[Place]:
    step = epoch = 0
    while True:
        for batch in range(epoch_length(epoch)):
            yield Place(step, epoch, batch)
            step += 1
        epoch += 1


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
