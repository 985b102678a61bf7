"""The loop, driven with a learner that needs no network."""

import dataclasses
import json
from types import SimpleNamespace

import numpy as np
import pytest

from elman.errors import TrainingError
from elman.evaluation.base import Evaluation
from elman.evaluation.details import Detail
from elman.events import Notice, Saved, Stepped, Stopped, Validated
from elman.metrics.base import Score
from elman.runs import checkpoint as checkpoints
from elman.runs.configuration import TrainingConfig
from elman.runs.folder import RunFolder
from elman.runs.plan import Plan
from elman.training.learner import Learner, Lesson
from elman.training.loop import Loop
from elman.training.pace import Place, timed
from elman.training.update import DivergedError, Update

SCORES = [5.0, 3.0, 4.0, 3.0, float("nan"), 2.0]


class Guessing:
    """A task whose scores are written down beforehand."""

    unit, target, fingerprint = "words", "", "f"

    def __init__(self, scores):
        self.scores = iter(scores)

    def validated(self, model, data):
        score = Score("loss", next(self.scores), "nats", "s", True)
        return Evaluation([score], {}, f"loss {score.value}", [Detail("Where", ["a"], [[model.weight]])])

    def sample(self, model, data, seed):
        return f"{model.weight:g} {seed}"

    def views(self, model, data):
        return [Detail("View", ["a"], [[model.weight]])]

    def show_loss(self, nats):
        return f"{nats:g}"


class Counting(Learner):
    """Adds the number of the epoch; epochs get longer."""

    def __init__(self, lesson):
        super().__init__(lesson)
        self.seen, self.carried, self.began = [], 0.0, False

    @classmethod
    def built(cls, config, task):
        raise NotImplementedError

    @classmethod
    def decided(cls, lesson):
        raise NotImplementedError

    @classmethod
    def measure(cls, lesson):
        raise NotImplementedError

    def begin(self):
        self.began = True

    def epoch_length(self, epoch):
        return 2 + epoch

    def update(self, at):
        self.seen.append(at)
        self.carried += 0.5 * at.epoch
        self.lesson.model.weight += self.carried
        return Update(2.0 * at.step, 4, 5, 0.1 * at.step, penalties={"p": 1.0})

    def validated(self, score, better):
        return {"turning": "something begins"} if score.value == 4.0 else {}

    def weights(self):
        return {"weight": np.array(self.lesson.model.weight)}

    def numbers(self):
        return {"carried": self.carried}

    def arrays(self):
        return {"model": self.weights(), "other": {"a/b": np.arange(2)}}

    def restore(self, numbers, arrays):
        assert arrays["other"]["a/b"].tolist() == [0, 1]
        self.carried, self.lesson.model.weight = numbers["carried"], float(arrays["model"]["weight"])

    def environment(self):
        return {"machine": "this"}


class Last(Counting):
    keeps, samples_first, averages_passes, has_gradients = "last", True, True, True


class AtOnce(Counting):
    goes_on = False

    def update(self, at):
        self.lesson.model.weight = 7.0


def loop(folder, learner=Counting, steps=6, saved=None, scores=SCORES, tell=None, **plan):
    """Return a loop in a folder, which is made."""
    folder.mkdir(exist_ok=True)
    (folder / "config.toml").write_text('[task]\nname = "guess"\n')
    data = SimpleNamespace(card={"training": "some"}, findings=["odd"])
    model, config = SimpleNamespace(weight=1.0, mixes=""), TrainingConfig(seed=3)
    lesson = Lesson(Guessing(scores), data, model, config, folder, tell or (lambda event: None))
    every = {"validate_every": 2, "log_every": 3, "checkpoint_every": 100} | plan
    return Loop(learner(lesson), Plan(steps, *every.values()), RunFolder(folder), saved)


def log(folder, event=None):
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text().splitlines()]
    for line in lines:
        for key in ("seconds", "tokens_per_second"):
            line.pop(key, None)
    return [line for line in lines if event in (None, line["event"])]


def test_what_happens_when(tmp_path):
    told = []
    one = loop(tmp_path / "run", tell=told.append)
    assert one.train() == "finished"
    assert one.learner.began
    happened = [f"{type(event).__name__} {event.step}" for event in told if not isinstance(event, Notice)]
    assert ", ".join(happened) == (
        "Saved 0, Stepped 1, Stepped 2, Validated 2, Sampled 2, Saved 2, "
        "Stepped 3, Stepped 4, Validated 4, Sampled 4, Saved 4, "
        "Stepped 5, Stepped 6, Validated 6, Sampled 6, Saved 6, Stopped 6"
    )
    assert ", ".join(f"{line['event']} {line.get('step')}" for line in log(tmp_path / "run")) == (
        "data None, details 2, validation 2, sample 2, train 3, details 4, validation 4, sample 4, "
        "train 6, validation 6, sample 6, turning 6, views 6"
    )
    assert [event.nats for event in told if isinstance(event, Stepped)] == [0.0, 0.5, 1.0, 1.5, 2.0, 2.5]


def test_the_loop_counts_steps_epochs_and_batches(tmp_path):
    one = loop(tmp_path / "run", steps=9, scores=[1.0] * 9)
    one.train()
    assert [(at.epoch, at.batch) for at in one.learner.seen] == [
        (0, 0), (0, 1), (1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (2, 2), (2, 3)
    ]  # fmt: skip
    assert [at.step for at in one.learner.seen] == list(range(9))
    assert [line["epoch"] for line in log(tmp_path / "run", "train")] == [pytest.approx(1 + 1 / 3, abs=1e-4), 2.25, 3.0]


def test_a_line_of_the_log_is_a_mean_since_the_last(tmp_path):
    loop(tmp_path / "run", steps=5).train()
    assert log(tmp_path / "run", "train") == [
        {"event": "train", "step": 3, "epoch": 1.3333, "nats": 0.5, "learning_rate": 0.2, "penalties": {"p": 1.0}},
        {"event": "train", "step": 5, "epoch": 2.0, "nats": 14 / 8, "learning_rate": 0.4, "penalties": {"p": 1.0}},
    ]


def test_the_best_weights_are_kept_and_of_equal_ones_the_first(tmp_path):
    told, kept = [], []
    one = loop(tmp_path / "run", steps=12, tell=told.append)
    save = RunFolder.save_model
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RunFolder, "save_model", lambda *given: kept.append(given[1]["weight"].item()) or save(*given))
        one.train()
    # An equal one is no gain, and what is shown, logged and kept is one.
    assert [event.best for event in told if isinstance(event, Validated)] == [True, True, False, False, False, True]
    assert [line["best"] for line in log(tmp_path / "run", "validation")] == [True, True, False, False, False, True]
    assert len(kept) == 3
    assert kept[-1] == one.learner.lesson.model.weight
    assert [line["step"] for line in log(tmp_path / "run", "details")] == [2, 4, 12]
    assert (one.progress.best, one.progress.best_step) == (2.0, 12)


def test_where_memory_is_lacking_it_says_what_is_saved_and_what_takes_less(tmp_path, monkeypatch):
    path = tmp_path / "run"
    one = loop(path, steps=12)
    update = one.learner.update

    def too_large(at):
        if at.step == 5:
            raise RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes")
        return update(at)

    monkeypatch.setattr(one.learner, "update", too_large)
    with pytest.raises(TrainingError) as caught:
        one.train()
    assert str(caught.value) == (
        f"{path}: the memory of this machine is not enough, after step 5. Step 4 is saved in {path}/checkpoints/4: "
        f"where there is more memory, go on with elman train --resume {path}. With less at once, train anew: a part "
        "of the data, or a smaller model."
    )
    assert checkpoints.load(path / "checkpoints").progress.step == 4


@pytest.mark.parametrize("learner", [Counting, AtOnce])
def test_where_memory_is_lacking_and_nothing_is_saved_that_is_said(tmp_path, monkeypatch, learner):
    one = loop(tmp_path / "run", learner)

    def too_large(at):
        raise MemoryError

    monkeypatch.setattr(one.learner, "update", too_large)
    nothing = " Nothing was saved yet." if learner is Counting else ""
    with pytest.raises(TrainingError, match=rf"not enough, after step 0\.{nothing} With less at once, train"):
        one.train()


def test_another_error_is_not_taken_for_a_lack_of_memory(tmp_path, monkeypatch):
    one = loop(tmp_path / "run")

    def broken(at):
        raise RuntimeError("shapes do not fit")

    monkeypatch.setattr(one.learner, "update", broken)
    with pytest.raises(RuntimeError, match="shapes do not fit"):
        one.train()


def test_without_a_number_the_last_weights_are_kept(tmp_path):
    one = loop(tmp_path / "run", steps=4, scores=[float("nan")] * 2)
    one.train()
    assert [line["step"] for line in log(tmp_path / "run", "details")] == [2, 4]
    assert one.progress.best is None
    assert [line["best"] for line in log(tmp_path / "run", "validation")] == [False, False]


@pytest.mark.parametrize("value", [float("inf"), float("nan"), float("-inf")])
def test_what_is_not_finite_is_never_the_best_so_far(tmp_path, value):
    told = []
    one = loop(tmp_path / "run", steps=6, scores=[value, 4.0, value], tell=told.append)
    one.train()
    assert [event.best for event in told if isinstance(event, Validated)] == [False, True, False]
    assert (one.progress.best, one.progress.best_step) == (4.0, 4)


def test_a_loss_whose_perplexity_is_infinite_is_not_told_as_the_best(tmp_path, monkeypatch):
    told = []

    def validated(self, model, data):
        scores = [Score("loss", 900.0, "nats", "s", True), Score("perplexity", float("inf"), "per word", "s", True)]
        return Evaluation(scores, {}, "perplexity infinite", [])

    monkeypatch.setattr(Guessing, "validated", validated)
    loop(tmp_path / "run", steps=2, tell=told.append).train()
    assert [event.best for event in told if isinstance(event, Validated)] == [False]


def test_a_learner_may_keep_the_last_sample_first_and_average_passes(tmp_path):
    told = []
    loop(tmp_path / "run", Last, steps=6, tell=told.append).train()
    lines = log(tmp_path / "run")
    assert [line["event"] for line in lines[:2]] == ["data", "sample"]
    assert all((line["best"], line["kept"]) == (True, "last") for line in log(tmp_path / "run", "validation"))
    assert [line["step"] for line in log(tmp_path / "run", "details")] == [2, 4, 6]
    assert [event.best for event in told if isinstance(event, Validated)] == [True, True, False]
    passes = [(line["step"], line["epoch"], line["nats"]) for line in log(tmp_path / "run", "pass")]
    assert passes == [(2, 1.0, 2 / 8), (5, 2.0, 18 / 12), (6, 2.25, 10 / 4)]
    assert [event.nats for event in told if isinstance(event, Stepped)] == [0.0, 0.25, 1.0, 10 / 8, 18 / 12, 2.5]
    assert all("gradient_norm" in line for line in log(tmp_path / "run", "train"))


def test_what_is_fitted_in_one_go_leaves_no_checkpoint(tmp_path):
    told = []
    one = loop(tmp_path / "run", AtOnce, steps=1, tell=told.append)
    assert one.train() == "finished"
    assert [line["event"] for line in log(tmp_path / "run")] == [
        "data", "fit", "details", "validation", "sample", "views"
    ]  # fmt: skip
    assert not (tmp_path / "run" / "checkpoints").exists()
    assert not any(isinstance(event, Stepped | Saved) for event in told)
    assert isinstance(told[-1], Stopped)


@pytest.mark.parametrize("moment", range(6))
@pytest.mark.parametrize("learner", [Counting, Last])
def test_stopped_anywhere_it_goes_on_exactly(tmp_path, moment, learner):
    loop(tmp_path / "whole", learner).train()
    first = loop(tmp_path / "parts", learner)
    assert first.train(lambda: first.progress.step == moment) == "interrupted"
    saved = checkpoints.load(tmp_path / "parts" / "checkpoints")
    assert saved.progress.step == moment
    second = loop(tmp_path / "parts", learner, saved=saved, scores=SCORES[moment // 2 :])
    assert not second.learner.began
    assert second.train() == "finished"
    assert log(tmp_path / "parts") == log(tmp_path / "whole")
    ends = [checkpoints.load(tmp_path / name / "checkpoints") for name in ("whole", "parts")]
    counters = [dataclasses.asdict(end.progress) for end in ends]
    for one in counters:
        for sums in (one, one["interval"], one["whole_pass"]):
            del sums["seconds"]
        del one["metrics_bytes"]
    assert counters[0] == counters[1]
    assert ends[0].arrays["model/weight"] == ends[1].arrays["model/weight"]


def test_another_environment_is_said(tmp_path):
    told = []
    first = loop(tmp_path / "run")
    first.train(lambda: True)
    saved = dataclasses.replace(checkpoints.load(tmp_path / "run" / "checkpoints"), environment={"machine": "that"})
    loop(tmp_path / "run", saved=saved, tell=told.append)
    assert told == [
        Notice("warning: not bit for bit what an uninterrupted run gives, because this changed: machine that -> this")
    ]


@pytest.mark.parametrize(("step", "kept"), [(1, "Nothing was saved yet"), (4, "The last good state, step 2, is kept")])
def test_a_training_that_diverged_names_what_is_left(tmp_path, step, kept, monkeypatch):
    update = Counting.update

    def diverge(self, at):
        if at.step + 1 == step:
            raise DivergedError(f"loss of step {step}", "Do less.")
        return update(self, at)

    monkeypatch.setattr(Counting, "update", diverge)
    with pytest.raises(TrainingError) as refused:
        loop(tmp_path / "run").train()
    assert str(refused.value) == f"{tmp_path}/run: the loss of step {step} is not a finite number. {kept}. Do less."


def test_what_a_validation_starts_is_logged_and_said(tmp_path):
    told = []
    loop(tmp_path / "run", tell=told.append).train()
    assert Notice("something begins") in told
    assert log(tmp_path / "run", "turning") == [{"event": "turning", "step": 6}]


def test_a_measured_learner_walks_through_its_epochs(tmp_path, monkeypatch):
    clock = iter(np.arange(100) / 32)  # every look at it takes 1/32 s
    monkeypatch.setattr("elman.training.pace.time.perf_counter", lambda: float(next(clock)))
    learner = loop(tmp_path / "run").learner
    assert timed(learner, 4, 1 / 32) == 1 / 32
    assert learner.seen == [Place(0, 0, 0), Place(1, 0, 1)], "one update of each kind, however long it takes"
    learner.seen.clear()
    assert timed(learner, 4, 5 / 32) == 1 / 32
    assert learner.seen[:5] == [Place(0, 0, 0), Place(1, 0, 1), Place(2, 1, 0), Place(3, 1, 1), Place(4, 1, 2)]
    assert len(learner.seen) == 4 + 5
    assert str(DivergedError("loss of step 1", "Do less.")) == "the loss of step 1 is not a finite number. Do less."
