"""How long a training is: from minutes or epochs to a fixed number of steps, before the first."""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from statistics import fmean, median
from typing import TYPE_CHECKING, NamedTuple

from elman.pages.progress import duration
from elman.runs.configuration import TrainingConfig
from elman.runs.plan import Plan
from elman.text.printed import counted

if TYPE_CHECKING:
    from elman.training.learner import Learner

DEFAULT_MINUTES = 5.0
_VALIDATIONS = 10
_MOST_VALIDATIONS = 100
_LOG_LINES = 200
_VALIDATION_SHARE = 0.1
_TWO_VALIDATIONS_SHARE = 0.5
_WARM_UP_STEPS = 3
_MEASURE_SECONDS = 4.0
_MEASURE_SHARE = 0.1
_CHUNKS = 5
_LEAST_STEPS = 10
_FEWEST_TO_WAIT = 100
_LATE = 1.3


class Speed(NamedTuple):
    """How long things take on this machine, in seconds.

    Args:
        step: an update.
        validation: a validation with its sample, where its time counts.
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


def budget(config: TrainingConfig) -> float:
    """Return the seconds that a training may take."""
    return 60 * (config.minutes or DEFAULT_MINUTES)


def measure(learner: "Learner") -> Speed:
    """Time some updates and a validation of a learner that is thrown away."""
    lesson = learner.lesson
    begin = time.perf_counter()
    step = timed(learner, _WARM_UP_STEPS, _MEASURE_SECONDS)
    stepped = time.perf_counter()
    lesson.task.rehearse(lesson.model, lesson.data)
    lesson.task.sample(lesson.model, lesson.data, learner.sample_seed)
    end = time.perf_counter()
    return Speed(step, end - stepped, end - begin)


def timed(learner: "Learner", warm_up: int, seconds: float) -> float:
    """Return the seconds of an update of a learner, found out in a share of the time that its training may take.

    The slowest moments of a busy machine say little of the rest: it is the median of some means.

    Args:
        learner: is thrown away.
        warm_up: updates that do not count, at most.
        seconds: how long to measure, at most; but one update of each is made however long it takes.
    """
    places, seconds = _places(learner.epoch_length), min(seconds, _MEASURE_SHARE * budget(learner.lesson.config))
    begin = time.perf_counter()
    for _ in range(warm_up):
        learner.update(next(places))
        if time.perf_counter() - begin >= seconds:
            break
    looks = [time.perf_counter()]
    while len(looks) == 1 or looks[-1] - looks[0] < seconds:
        learner.update(next(places))
        looks.append(time.perf_counter())
    return typical([after - before for before, after in pairwise(looks)])


def typical(times: Sequence[float]) -> float:
    """Return the median of the means of some stretches of times, which follow each other."""
    count = min(_CHUNKS, len(times))
    bounds = [len(times) * chunk // count for chunk in range(count + 1)]
    return median(fmean(times[first:last]) for first, last in pairwise(bounds))


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


def decide(config: TrainingConfig, epoch_steps: int, speed: Speed | None, patience: int = 0) -> TrainingConfig:
    """Return the configuration with its steps, intervals and patience decided.

    So few updates as a crowded machine may leave of a short time go to their end: no gain says nothing there.

    Args:
        config: may say `minutes` or `epochs` instead of `steps`.
        epoch_steps: batches of an epoch.
        speed: needed for minutes.
        patience: validations without a gain that suit the task; 0 for none.
    """
    first = None
    if config.steps is not None:
        steps, validations = config.steps, _VALIDATIONS
    elif config.epochs is not None:
        steps = steps_of(config.epochs, epoch_steps)
        validations = min(max(_VALIDATIONS, math.ceil(config.epochs)), _MOST_VALIDATIONS)
    else:
        steps, validations, first = _within(config, speed or Speed(math.inf))
    every = config.validate_every or math.ceil(steps / validations)
    return config.model_copy(
        update={
            "steps": steps,
            "learning_rate": config.rate,
            "epochs": None,
            "minutes": None,
            "validate_every": every,
            "validate_first": config.validate_first or first,
            "patience": _patience(config, math.ceil(steps / every), patience if steps >= _FEWEST_TO_WAIT else 0),
            "log_every": config.log_every or math.ceil(steps / _LOG_LINES),
        }
    )


def _within(config: TrainingConfig, speed: Speed) -> tuple[int, int, int | None]:
    """Return steps and validations that fit into the minutes of a configuration, and where one more comes first.

    Validations take a tenth of the time. If that is enough for less than ten of them, one is early all the same: a
    training that is stopped leaves a model. It is left out where two would take half of the time.
    """
    whole, cost = budget(config), speed.validation
    if config.validate_every:
        return max(_LEAST_STEPS, steps_in(whole / 60, speed, config.validate_every)), _VALIDATIONS, None
    allowed = min(_VALIDATIONS, int(_VALIDATION_SHARE * whole / cost)) if cost else _VALIDATIONS
    if allowed < _VALIDATIONS:
        allowed = max(allowed, 2 if 2 * cost <= _TWO_VALIDATIONS_SHARE * whole else 1)
    steps = max(_LEAST_STEPS, int((whole - speed.measuring - allowed * cost) / speed.step))
    if 1 < allowed < _VALIDATIONS:
        return steps, allowed - 1, math.ceil(steps / _VALIDATIONS)
    return steps, allowed, None


def _patience(config: TrainingConfig, validations: int, suits: int) -> int:
    """Return the validations without a gain that end a training.

    Under a cosine much of the gain comes late, when the rate is low: half of the validations must bring none. Where
    weights are averaged once nothing is gained any more, that is the end of nothing.
    """
    if config.patience is not None or not suits:
        return config.patience or 0
    if config.averaging == "ntasgd":
        return 0
    if config.schedule == "plateau":
        return suits + config.decay_patience
    return max(suits, math.ceil(validations / 2)) if config.schedule == "cosine" else suits


def remarks(decided: TrainingConfig, speed: Speed, seconds: float) -> Iterator[str]:
    """Yield what to know of a plan that was made for a time, where it is not as one may think.

    Args:
        decided: the plan.
        speed: what it was made of.
        seconds: the time.
    """
    plan = Plan.of(decided)
    updates, validations = plan.steps * speed.step, plan.validations
    whole = speed.measuring + updates + validations * speed.validation
    if plan.steps == _LEAST_STEPS and whole > _LATE * seconds:
        yield (
            f"{duration(seconds)} are too few here: an update takes {duration(speed.step)}. The least is planned, "
            f"{counted(plan.steps, 'updates')} in about {duration(whole)}; a smaller model or batch takes less"
        )
    elif updates < seconds / 2:
        yield "measuring and validating take most of the time; --minutes gives more of it"
    if validations < _VALIDATIONS and speed.validation > _VALIDATION_SHARE * seconds / _VALIDATIONS:
        when = "at the end" if validations == 1 else f"the first after {counted(plan.first_validation, 'updates')}"
        yield (
            f"a validation takes {duration(speed.validation)}: there "
            f"{'is' if validations == 1 else 'are'} {validations}, {when}; fewer validation data would allow more"
        )
