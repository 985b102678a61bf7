"""The one training loop: it counts, logs, validates, keeps what is best, saves, and stops."""

import math
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from elman.errors import CheckpointError, TrainingError, is_lack_of_memory, quoted
from elman.events import Notice, Stepped
from elman.metrics.base import Score
from elman.runs import checkpoint as checkpoints
from elman.runs.checkpoint import Checkpoint
from elman.runs.environment import differences
from elman.runs.folder import RunFolder
from elman.runs.gains import gain_of
from elman.runs.plan import Plan, stopped_early
from elman.runs.progress import Interval, Progress
from elman.runs.weights import check_numbers
from elman.training.learner import Learner
from elman.training.pace import Place
from elman.training.recorder import Recorder
from elman.training.update import DivergedError, Update


class Loop:
    """Asks a learner for updates until the planned step. It has the counters, and the learner has everything else.

    Nothing that it decides depends on a clock or on a live random generator: two loops that are at the same step of the
    same run do the same from there on.

    Args:
        learner: makes the updates.
        plan: how many, and how often the rest is done.
        run: where everything is saved.
        saved: where to go on; None begins.
    """

    def __init__(self, learner: Learner, plan: Plan, run: RunFolder, saved: Checkpoint | None = None) -> None:
        self.learner, self.plan, self.run = learner, plan, run
        self.progress = Progress()
        lesson = learner.lesson
        self._task, self._data, self._model = lesson.task, lesson.data, lesson.model
        self._recorder = Recorder(lesson.task, run, lesson.tell, lesson.baselines)
        if saved is None:
            learner.begin()
        else:
            self._restore(saved)

    def train(self, stop: Callable[[], bool] = lambda: False) -> str:
        """Go on from where the progress stands. Returns `finished`, or `interrupted` when `stop` said so.

        Raises:
            TrainingError: something is not finite, or memory is lacking. The last checkpoint is from before.
            CheckpointError: something cannot be saved.
        """
        try:
            return self._train(stop)
        except (MemoryError, RuntimeError) as error:
            if not is_lack_of_memory(error):
                raise
            raise self._out_of_memory() from error

    def _train(self, stop: Callable[[], bool]) -> str:
        if self._recorder.open(self.progress.metrics_bytes):
            self._begin()
        if self.plan.extended and self.progress.step == self.plan.extended:
            self._recorder.write("extended", step=self.progress.step, steps=self.plan.steps)
        while not self.plan.is_over(self.progress):
            if stop():
                self._save()
                return self._end("interrupted")
            self._update()
            self._after_update()
        return self._end("finished")

    def _begin(self) -> None:
        """Log what is there before the first update, and save: a model that is saved needs something to go on from."""
        self._recorder.data(self.learner.card(), self._data.findings, self._model.mixes)
        if self.learner.samples_first:
            self._sample()
        self._save()

    def _update(self) -> None:
        """Make one update, and count it."""
        self._begin_pass()
        progress = self.progress
        at = Place(progress.step, progress.epoch, progress.batch)
        start = time.perf_counter()
        try:
            update = self.learner.update(at)
        except DivergedError as error:
            raise self._given_up(error) from error
        seconds = time.perf_counter() - start
        progress.step, progress.batch, progress.seconds = at.step + 1, at.batch + 1, progress.seconds + seconds
        if update is None:
            self._recorder.write("fit", seconds=round(seconds, 3))
        else:
            self._count(update, seconds)

    def _after_update(self) -> None:
        """Do what is due at this step."""
        progress, plan = self.progress, self.plan
        last = progress.step == plan.steps
        if last or progress.step % plan.log_every == 0:
            self._write_log()
        if last or progress.batch == self.learner.epoch_length(progress.epoch):
            self._end_of_pass()
        validates = plan.validates(progress.step)
        if validates:
            self._validate()
        if plan.gave_up(progress):
            self._give_up()
        if plan.is_over(progress):
            self._validate_mean()
            self._view()
        if validates or progress.step % plan.checkpoint_every == 0:
            self._save()

    def _begin_pass(self) -> None:
        """Go on to the next pass, where one is over."""
        progress = self.progress
        if progress.batch == self.learner.epoch_length(progress.epoch):
            progress.epoch, progress.batch = progress.epoch + 1, 0

    # What was measured

    def _count(self, update: Update, seconds: float) -> None:
        progress = self.progress
        for sums in (progress.interval, progress.whole_pass, progress.since_validation):
            sums.updates, sums.nats, sums.count = sums.updates + 1, sums.nats + update.nats, sums.count + update.targets
            sums.tokens, sums.seconds, sums.rate = sums.tokens + update.tokens, sums.seconds + seconds, update.rate
            sums.norm += update.norm or 0.0
            for name, value in update.penalties.items():
                sums.penalties[name] = sums.penalties.get(name, 0.0) + value
        if update.gradients:
            self._recorder.write("gradients", step=progress.step, **update.gradients)
        mean = progress.whole_pass.mean if self.learner.averages_passes else update.nats / max(1, update.targets)
        mixes, task = self._model.mixes, self._task
        each = task.target or task.unit.removesuffix("s")
        loss = f"loss {mean:.3f} a {each} ({mixes})" if mixes else task.show_loss(mean)
        shown = update.beside(loss)
        self._recorder.tell(Stepped(progress.step, mean, shown, update.tokens, seconds))

    def _write_log(self) -> None:
        progress, interval = self.progress, self.progress.interval
        if not interval.updates:
            return
        norm = {"gradient_norm": interval.norm / interval.updates} if self.learner.has_gradients else {}
        penalties = {name: total / interval.updates for name, total in interval.penalties.items()}
        self._recorder.write(
            "train",
            step=progress.step,
            epoch=self._epochs,
            nats=interval.mean,
            learning_rate=interval.rate,
            **norm,
            tokens_per_second=round(interval.tokens / max(interval.seconds, 1e-9)),
            seconds=round(progress.seconds, 3),
            **({"penalties": penalties} if penalties else {}),
        )
        progress.interval = Interval()

    def _end_of_pass(self) -> None:
        progress, whole = self.progress, self.progress.whole_pass
        if self.learner.averages_passes:
            seconds = round(whole.seconds, 3)
            self._recorder.write("pass", step=progress.step, epoch=self._epochs, nats=whole.mean, seconds=seconds)
        progress.whole_pass = Interval()

    @property
    def _epochs(self) -> float:
        """Passes over the data that are done."""
        progress = self.progress
        return round(progress.epoch + progress.batch / self.learner.epoch_length(progress.epoch), 4)

    # Validation

    def _validate(self) -> None:
        progress, learner = self.progress, self.learner
        with learner.evaluated():
            score, gained = self._judge()
            progress.waited = self.plan.waited(progress, gained)
            self._sample()
        for event, sentence in learner.validated(score, gained).items():
            progress.waited = 0  # what begins here was not there while nothing was gained
            self._recorder.write(event, step=progress.step)
            self._recorder.tell(Notice(sentence))

    def _validate_mean(self) -> None:
        """Validate once more at the end, the mean of the weights at the last validations."""
        with self.learner.final() as count:
            if count:
                self._recorder.tell(Notice(f"the mean of the weights at the last {count} validations:"))
                self._judge(averaged=count)
                self._sample()

    def _judge(self, **facts: Any) -> tuple[Score, bool]:
        """Validate what the model has now, and keep it if nothing before was better.

        Args:
            **facts: what its line of the log says besides.

        Returns:
            The first score, and whether something was gained.
        """
        progress, learner = self.progress, self.learner
        start = time.perf_counter()
        evaluation = self._task.validated(self._model, self._data)
        progress.seconds += time.perf_counter() - start
        score = evaluation.scores[0]
        best, gained = gain_of(progress, score)
        # As long as no score was a number, such as a correlation with a constant, the last weights are kept.
        if best or progress.best is None or learner.keeps == "last":
            self._recorder.keep(learner.weights())
            self._recorder.details(progress.step, evaluation)
        facts |= {"best": best} if learner.keeps == "best" else {"best": True, "kept": "last"}
        told = best and not any(math.isinf(score.value) for score in evaluation.scores)
        self._recorder.evaluated(progress.step, evaluation, told, **facts)
        return score, gained

    def _give_up(self) -> None:
        """Log and say that patience is over: what is summed since the last line of the log, and why it ends here."""
        progress, plan = self.progress, self.plan
        self._write_log()
        facts = {"step": progress.step, "steps": plan.steps, "waited": progress.waited}
        self._recorder.write("stopped", **facts)
        self._recorder.tell(Notice(stopped_early(facts)))

    def _sample(self) -> None:
        text = self._task.sample(self._model, self._data, self.learner.sample_seed)
        self._recorder.sampled(self.progress.step, text)

    def _view(self) -> None:
        """Log what the report shows of the model besides its scores."""
        views = [asdict(one) for one in self._task.views(self._model, self._data)]
        if views:
            self._recorder.write("views", step=self.progress.step, views=views)

    # Going on, and not

    def _restore(self, saved: Checkpoint) -> None:
        self.progress = saved.progress
        parts = {"model", *(key.partition("/")[0] for key in saved.arrays)}
        path = self.run.checkpoints_path / str(saved.progress.step)
        try:
            check_numbers(path, saved.part("model"))
            for part in sorted(parts - self.learner.arrays().keys()):
                raise CheckpointError(f"the arrays of {quoted(part)} belong to nothing in the model.")
            self.learner.restore(saved.progress.learner, {part: saved.part(part) for part in parts})
            length = self.learner.epoch_length(saved.progress.epoch)
            if saved.progress.batch > length:
                raise CheckpointError(f"batch {saved.progress.batch:,} of a pass of {length:,}.")
        except CheckpointError as error:
            raise CheckpointError(f"{path}: cannot be gone on from: {error}") from error
        changed = differences(saved.environment, self.learner.environment())
        if changed:
            self._recorder.tell(
                Notice(f"warning: not bit for bit what an uninterrupted run gives, because this changed: {changed}")
            )

    def _save(self) -> None:
        """Write a checkpoint: everything that the next update reads."""
        if not self.learner.goes_on:
            return
        self.progress.learner = self.learner.numbers()
        self._recorder.sync(self.progress)
        arrays = {
            f"{part}/{name}": array for part, named in self.learner.arrays().items() for name, array in named.items()
        }
        self._recorder.save(Checkpoint(self.progress, arrays, self.learner.environment()))

    def _end(self, reason: str) -> str:
        return self._recorder.end(self.progress.step, self.progress.seconds, reason)

    def _given_up(self, error: DivergedError) -> TrainingError:
        saved = self._saved_step
        kept = f"The last good state, step {saved}, is kept" if saved else self._nothing_kept
        return TrainingError(f"{self.run.path}: the {error.what} is not a finite number. {kept}. {error.mend}")

    def _out_of_memory(self) -> TrainingError:
        """Return what to say where memory is lacking: what is saved, how to go on, and what takes less."""
        saved, path = self._saved_step, self.run.path
        kept = f"{self._nothing_kept}." if self.learner.goes_on else ""
        if saved:
            kept = f"Step {saved:,} is saved in {self.run.checkpoints_path / str(saved)}: where there is more memory, "
            kept += f"go on with elman train --resume {path}."
        less = self.learner.lighter or "a part of the data, or a smaller model"
        what = f"{path}: the memory of this machine is not enough, after step {self.progress.step:,}."
        return TrainingError(" ".join(filter(None, [what, kept, f"With less at once, train anew: {less}."])))

    @property
    def _saved_step(self) -> int:
        """The step of the newest checkpoint of this run; 0 where nothing is saved that is worth going on with."""
        return 0 if self.run.is_apart else max(checkpoints.steps(self.run.checkpoints_path), default=0)

    @property
    def _nothing_kept(self) -> str:
        return "The run that was there before is still there" if self.run.is_apart else "Nothing was saved yet"
