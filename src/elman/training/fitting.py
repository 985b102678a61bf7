"""Drives a fitted model: the same run folder, log and events as a trained network."""

import os
import time
from dataclasses import asdict

from elman.models.base import Fitted, Fitting
from elman.tasks.base import Task, TaskData
from elman.training.events import Listener, Notice, Sampled, Stopped, Validated
from elman.training.metrics_log import MetricsLog
from elman.training.run_folder import RunFolder
from elman.training.settings import TrainingConfig


def fit(
    task: Task, data: TaskData, model: Fitted, run: RunFolder, training: TrainingConfig, listener: Listener
) -> None:
    """Fit a model, evaluate it, and save it. A fit that was interrupted is simply done again.

    Args:
        task: evaluates and samples.
        data: what it prepared.
        model: fitted in place.
        run: where everything is saved.
        training: its seed and threads.
        listener: is told what happens.
    """
    start = time.perf_counter()
    log = MetricsLog(run.metrics_path, 0)
    log.write("data", unit=task.unit, card=dict(data.card))
    listener(Notice(f"data    {', '.join(f'{name} {text}' for name, text in data.card.items() if name != 'level')}"))
    threads = training.threads or os.cpu_count() or 1
    model.fit(data.train, Fitting(run.path, training.seed, threads, lambda text: listener(Notice(text))))
    run.save_model(model.weights(), task)
    log.write("fit", seconds=round(time.perf_counter() - start, 3))
    evaluation = task.validate(model, data)
    seconds = time.perf_counter() - start
    best = evaluation.scores[0].beats(None)
    if evaluation.details:
        log.write("details", step=1, details=[asdict(one) for one in evaluation.details])
    log.write("validation", step=1, best=best, **evaluation.facts())
    listener(Validated(1, evaluation.scores, evaluation.shown, best))
    text = task.sample(model, data, training.seed)
    log.write("sample", step=1, text=text)
    listener(Sampled(1, text))
    listener(Stopped(1, "finished", seconds))
