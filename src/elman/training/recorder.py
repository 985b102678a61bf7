"""What every training leaves behind while it goes on: lines of the log, checkpoints, and word to who listens."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import Any

import numpy as np

from elman.errors import ElmanError
from elman.evaluation.base import Evaluation
from elman.events import Listener, Notice, Sampled, Saved, Stopped, Validated
from elman.pages.report import write_report
from elman.pages.trained_run import TrainedRun
from elman.runs import baselines
from elman.runs import checkpoint as checkpoints
from elman.runs.baselines import Baseline
from elman.runs.best import kept_sample
from elman.runs.checkpoint import Checkpoint
from elman.runs.folder import RunFolder
from elman.runs.log import MetricsLog, read_run
from elman.runs.progress import Progress
from elman.tasks.base import Task
from elman.training.interrupts import Interrupts


class Recorder:
    """Writes metrics.jsonl and checkpoints, and tells the listener of each.

    Args:
        task: whose unit, target and fingerprint are written.
        run: where everything is saved.
        listener: is told what happens.
        easy: what baselines reach.
    """

    def __init__(self, task: Task, run: RunFolder, listener: Listener, easy: Sequence[Baseline] = ()) -> None:
        self.run, self.tell, self._easy = run, listener, easy
        self._task = task
        self._log: MetricsLog | None = None
        self._keeps = self._told_kept = False

    def open(self, size: int) -> bool:
        """Go on with the log after so many bytes; return whether nothing is in it yet.

        Raises:
            CheckpointError: it is shorter than that, or cannot be written.
        """
        self._log = MetricsLog(self.run.metrics_path, size)
        return self._log.size == 0

    def write(self, event: str, **values: Any) -> None:
        """Append a line to the log, once it is open."""
        if self._log is not None:
            self._log.write(event, **values)

    def data(self, card: Mapping[str, str], findings: Sequence[str], mixes: str) -> None:
        """Write what is trained on, what is suspicious about it, and what is easy there.

        Args:
            card: facts about it, by name.
            findings: what is suspicious.
            mixes: what the loss is a mix of, which is not nats a target then.
        """
        loss = {"mixes": mixes} if mixes else {}
        facts = {"unit": self._task.unit, "target": self._task.target, "card": dict(card), "findings": list(findings)}
        self.write("data", **facts, **loss)
        for one in self._easy:
            self.write(baselines.EVENT, **one.facts())

    def evaluated(self, step: int, found: Evaluation, best_so_far: bool, **facts: Any) -> None:
        """Write and tell the scores on the validation part.

        Args:
            step: updates made.
            found: what was measured.
            best_so_far: whether no first score before was better.
            **facts: what else the line says, such as `best`, whether nothing before was better.
        """
        self.write("validation", step=step, **facts, **found.facts())
        above = baselines.unbeaten(self._easy, found.scores[0].value)
        self.tell(Validated(step, found.scores, found.shown, best_so_far, above.named if above else ""))

    def details(self, step: int, found: Evaluation) -> None:
        """Write where the scores of the weights that are kept come from."""
        if found.details:
            self.write("details", step=step, details=[asdict(one) for one in found.details])

    def sampled(self, step: int, text: str) -> None:
        """Write and tell what the model wrote: with the weights that are kept, where these were kept since the last."""
        self.write("sample", step=step, text=text)
        self.tell(Sampled(step, text, self._keeps))
        self._keeps, self._told_kept = False, self._told_kept or self._keeps

    def sync(self, progress: Progress) -> None:
        """Force the log to disk, and note how long it is."""
        if self._log is not None:
            self._log.sync()
            progress.metrics_bytes = self._log.size

    def save(self, saved: Checkpoint) -> None:
        """Write a checkpoint.

        Raises:
            CheckpointError: it cannot be written.
        """
        checkpoints.save(self.run.checkpoints_path, saved)
        if saved.progress.step:
            self._counts()
        self.tell(Saved(saved.progress.step))

    def keep(self, weights: Mapping[str, np.ndarray]) -> None:
        """Write the weights that are the model of the run from now on.

        Raises:
            CheckpointError: they cannot be written.
        """
        self.run.save_model(weights, self._task)
        self._keeps = True
        self._counts()

    def _counts(self) -> None:
        """Let the run take the place of the one that it replaces: it can be gone on with, or used."""
        self.run.take_over()
        if self._log is not None:
            self._log.path = self.run.metrics_path

    def end(self, step: int, seconds: float, reason: str) -> str:
        """Tell that it is over, and return why. What the kept weights wrote may be of before a training went on."""
        lacks = reason == "finished" and not self._told_kept
        if lacks and (found := kept_sample(read_run(self.run.metrics_path))):
            self.tell(Sampled(found["step"], found["text"]))
        self.tell(Stopped(step, reason, seconds))
        return reason


def attended(train: Callable[[Interrupts], str], run: RunFolder, listener: Listener) -> TrainedRun:
    """Train to the end or to a signal, and write the report whatever happens.

    Args:
        train: asks between two steps whether to stop; returns why it ended.
        run: the report is about.
        listener: is told if there is none.
    """
    with Interrupts() as interrupts:
        try:
            reason = train(interrupts)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                listener(Notice(_what_is_left(run)))
            with suppress(Exception):  # the reason why training stopped is told, not what became of the page
                write_report(run)
            raise
    report(run, listener)
    return TrainedRun(run.path, reason == "finished", interrupts.signal, saved=not run.is_apart)


def report(run: RunFolder, listener: Listener) -> None:
    """Write the report. Where it cannot be written, such as on a disk that is only read, that is told and no more."""
    try:
        write_report(run)
    except (ElmanError, OSError) as error:
        listener(Notice(f"no report: {error}"))


def _what_is_left(run: RunFolder) -> str:
    """Return what a training leaves that was stopped at once."""
    saved = checkpoints.steps(run.checkpoints_path)
    if run.is_apart or not saved:
        return f"stopped at once: nothing of it was saved in {run.path}"
    return f"stopped at once: step {saved[-1]:,} is saved; go on with: elman train --resume {run.path}"
