"""What is easy on the data, found out before the first update."""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from elman.data.outlines import Outline, Tokens
from elman.errors import ConfigError, DataError
from elman.evaluation.base import Evaluation
from elman.events import Planned
from elman.models import MODELS
from elman.models.base import Fitted, Fitting
from elman.runs.baselines import Baseline, in_minutes, unbeaten
from elman.runs.configuration import RunConfig, TrainingConfig
from elman.tasks.base import Baselines, Task, TaskData
from elman.training.pace import DEFAULT_MINUTES
from elman.training.room import fits

_MOST_SECONDS = 5.0
_SHARE = 0.1
_FEW_UPDATES = 20


def suited(task: Task) -> Baselines:
    """Return the baselines that are made for what a task reads and wants."""
    reads, heads = task.reads(task.config), task.heads(task.config)
    return Baselines(*([name for name in names if MODELS.get(name).suits(reads, heads)] for names in task.baselines))


def measured(config: RunConfig, task: Task, data: TaskData, folder: Path) -> list[Baseline]:
    """Return what baselines reach on the validation part; of those that take too long, nothing.

    What is trivial, such as copying, comes first. A model that is a baseline itself has none.

    Args:
        config: of the run, its length as it was asked for.
        task: with what it learned of the data.
        data: the task's.
        folder: for files that are needed meanwhile.
    """
    there = suited(task)
    if config.model.name in there.every:
        return []
    fitting, limit = Fitting(folder, config.training.seed, 1, _silent), _limit(config.training)
    found = [_trivial(name, model, task, data) for name, model in task.trivial(data).items()]
    for name in there.every:
        try:
            one = _measured(MODELS.get(name), name in there.frequencies, task, data, fitting, limit)
        except (ConfigError, DataError):  # such as data that it has no answer for: the run is about another model
            continue
        if one is not None and np.isfinite(one.score.value):
            found.append(one)
    return found


def remarks(easy: Sequence[Baseline], plan: Planned) -> list[str]:
    """Return what to know of a plan that is too short to learn much; of one that is gone on with, nothing.

    Args:
        easy: what baselines reach; the best is another way, if it knows more than how often answers are given.
        plan: the plan.
    """
    if plan.step or (plan.epochs >= 1 and plan.steps >= _FEW_UPDATES):
        return []
    short = plan.epochs < 1
    what = "less than one pass over the data" if short else f"fewer than {_FEW_UPDATES} updates"
    enough, for_ = (math.ceil(plan.steps / plan.epochs), "one") if short else (_FEW_UPDATES, "as many")
    minutes = in_minutes(plan.seconds / plan.steps * enough) if plan.seconds else ""
    longer = f"more minutes, about {minutes} for {for_}" if minutes else f"more steps, {enough:,} for {for_}"
    best = unbeaten(easy, None)
    instead = f", or --model {best.model}" if best is not None and best.is_model else ""
    return [f"{what}: {longer}{instead}"]


def _measured(
    kind: Any, frequencies: bool, task: Task, data: TaskData, fitting: Fitting, limit: float
) -> Baseline | None:
    start, (reads, answers) = time.perf_counter(), task.outlines
    model: Fitted = kind(kind.Config(), {name: _without_vectors(outline) for name, outline in reads.items()}, answers)
    if model.seconds(data.train) > limit or not fits(model.working(data.train)):
        return None
    model.fit(data.train, fitting)
    evaluation = task.validated(model, data)
    seconds = time.perf_counter() - start
    name, unknown = model.config.name, _unknown(evaluation)
    return Baseline(name, evaluation.scores[0], evaluation.shown, frequencies, unknown, seconds)


def _trivial(name: str, model: Any, task: Task, data: TaskData) -> Baseline:
    start = time.perf_counter()
    evaluation = task.validated(model, data)
    return Baseline(name, evaluation.scores[0], evaluation.shown, model.frequencies, 0.0, time.perf_counter() - start)


def _limit(training: TrainingConfig) -> float:
    """Return the most seconds that one may take: some, and of a training that is short a small share."""
    if training.steps is not None or training.epochs is not None:
        return _MOST_SECONDS
    return min(_MOST_SECONDS, _SHARE * 60 * (training.minutes or DEFAULT_MINUTES))


def _without_vectors(outline: Outline) -> Outline:
    """Return an outline without what a table of words may start with: a baseline has none."""
    return replace(outline, vectors=None) if isinstance(outline, Tokens) else outline


def _unknown(evaluation: Evaluation) -> float:
    """Return the share of words or tokens that the vocabulary lacks."""
    counts: Mapping[str, int] = evaluation.counts
    words = counts.get("words", counts.get("tokens", 0))
    return counts.get("unknown words", counts.get("unknown", 0)) / max(1, words)


def _silent(text: str) -> None:
    """Keep to itself what a baseline has to say."""
