"""Drives a fitted model: the same run folder, log and events as a trained network."""

import os
import time

from elman.events import Listener, Notice
from elman.models.base import Fitted, Fitting
from elman.runs.configuration import TrainingConfig
from elman.runs.folder import RunFolder
from elman.tasks.base import Task, TaskData
from elman.training.recorder import Recorder


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
    recorder = Recorder(task, run, listener)
    recorder.open(0)
    recorder.data(data.card)
    listener(Notice(f"data    {', '.join(f'{name} {text}' for name, text in data.card.items() if name != 'level')}"))
    threads = training.threads or os.cpu_count() or 1
    model.fit(data.train, Fitting(run.path, training.seed, threads, lambda text: listener(Notice(text))))
    run.save_model(model.weights(), task)
    recorder.write("fit", seconds=round(time.perf_counter() - start, 3))
    evaluation = task.validate(model, data)
    seconds = time.perf_counter() - start
    best = evaluation.scores[0].beats(None)
    recorder.details(1, evaluation)
    recorder.evaluated(1, evaluation, best, best=best)
    recorder.sampled(1, task.sample(model, data, training.seed))
    recorder.end(1, seconds, "finished")
