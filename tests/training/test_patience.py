"""Early stopping: validations in a row without a gain end a training, also across an interruption."""

import dataclasses
import io

import pytest

import elman
from elman.cli.main import main
from elman.config import Settings
from elman.errors import ConfigError
from elman.evaluation.base import Evaluation
from elman.events import Notice
from elman.metrics.base import Score
from elman.pages.progress import Display
from elman.pages.report import _samples
from elman.runs import checkpoint as checkpoints
from elman.runs.best import kept_sample
from elman.runs.configuration import TrainingConfig
from elman.runs.folder import RunFolder
from elman.runs.formats import translate
from elman.runs.log import read_run
from elman.runs.progress import Interval
from elman.tasks import TASKS
from elman.training import pace
from tests.training.test_loop import Counting, log, loop

NAN = float("nan")


def go(folder, scores, saved=None, patience=2, tell=None, steps=8, extended=0):
    plan = {"validate_every": 1, "validate_first": 0, "patience": patience, "extended": extended}
    every = {"validate_every": 1, "log_every": 3, "checkpoint_every": 100}
    return loop(folder, steps=steps, scores=scores, saved=saved, tell=tell, **(every | plan))


@pytest.mark.parametrize(
    ("scores", "patience", "end"),
    [
        ([5, 4, 4.5, 3, 3.5, 3.5, 2, 1], 2, 6),  # two in a row, not two in all
        ([5, 5, 5, 1, 1, 1, 1, 1], 2, 3),  # a tie is no gain
        ([NAN, NAN, 1, 1, 1, 1, 1, 1], 2, 2),  # what is no number is none either
        ([5, NAN, 4, float("inf"), NAN, 1, 1, 1], 2, 5),
        ([5, 6, 7, 8, 9, 10, 11, 12], 0, 8),  # 0 never ends it
        ([5, 6, 7, 8, 9, 10, 11, 12], 7, 8),  # the last step is its end anyway
    ],
)
def test_a_training_ends_after_so_many_validations_without_a_gain(tmp_path, scores, patience, end):
    told = []
    one = go(tmp_path / "run", scores, patience=patience, tell=told.append)
    assert one.train() == "finished"
    assert one.progress.step == end
    stopped = log(tmp_path / "run", "stopped")
    if end == 8:
        assert stopped == []
        return
    assert stopped == [{"event": "stopped", "step": end, "steps": 8, "waited": 2}]
    said = f"stopped at step {end} of 8: 2 validations without a gain (training.patience)"
    assert Notice(said) in told
    assert log(tmp_path / "run")[-1]["event"] in ("stopped", "views")
    assert checkpoints.load(tmp_path / "run" / "checkpoints").progress.step == end


@pytest.mark.parametrize("moment", range(6))
def test_stopped_anywhere_it_waits_as_long_as_if_it_had_not_been(tmp_path, moment):
    scores = [5, 4.5, 4.6, 3, 3.5, 3.5, 2, 1]
    go(tmp_path / "whole", scores).train()
    first = go(tmp_path / "parts", scores)
    assert first.train(lambda: first.progress.step == moment) == "interrupted"
    second = go(tmp_path / "parts", scores[moment:], checkpoints.load(tmp_path / "parts" / "checkpoints"))
    assert second.train() == "finished"
    assert log(tmp_path / "parts") == log(tmp_path / "whole")
    ends = [checkpoints.load(tmp_path / name / "checkpoints").progress for name in ("whole", "parts")]
    assert [(end.step, end.waited, end.best, end.best_step) for end in ends] == [(6, 2, 3, 4)] * 2


class Falling(Counting):
    """Its loss falls until an update."""

    least = 6

    def update(self, at):
        return super().update(at)._replace(nats=float(abs(self.least - at.step)))


def at_the_floor(folder, scores, saved=None):
    """Return a loop whose scores are shares; its patience is 2."""
    given = iter(scores)
    one = loop(folder, Falling, steps=20, saved=saved, scores=[], validate_every=1, log_every=3, checkpoint_every=100,
               validate_first=0, patience=2)  # fmt: skip
    one._task.validated = lambda model, data: Evaluation([Score("f1", next(given), "of spans", "s", False)], {}, "")
    return one


def test_validations_at_the_worst_score_do_not_count_as_long_as_the_loss_falls(tmp_path):
    one = at_the_floor(tmp_path / "run", [0.0] * 20)
    assert one.train() == "finished"
    # Updates 1 to 7 have losses 6 to 0; what comes then is 1 and 2.
    assert log(tmp_path / "run", "stopped") == [{"event": "stopped", "step": 9, "steps": 20, "waited": 2}]
    assert [line["best"] for line in log(tmp_path / "run", "validation")] == [True] * 7 + [False] * 2
    assert (one.progress.best, one.progress.best_step) == (0.0, 7)


@pytest.mark.parametrize("moment", range(9))
def test_stopped_anywhere_at_the_worst_score_it_waits_as_long(tmp_path, moment):
    at_the_floor(tmp_path / "whole", [0.0] * 20).train()
    first = at_the_floor(tmp_path / "parts", [0.0] * 20)
    assert first.train(lambda: first.progress.step == moment) == "interrupted"
    assert at_the_floor(tmp_path / "parts", [0.0] * 20, checkpoints.load(tmp_path / "parts/checkpoints")).train()
    assert log(tmp_path / "parts") == log(tmp_path / "whole")
    ends = [checkpoints.load(tmp_path / name / "checkpoints").progress for name in ("whole", "parts")]
    assert [(end.step, end.waited, end.lowest, end.best_step) for end in ends] == [(9, 2, 0.0, 7)] * 2


def test_a_checkpoint_between_validations_has_the_losses_since_the_last(tmp_path):
    one = loop(tmp_path / "run", steps=12, validate_every=4)
    assert one.train(lambda: one.progress.step == 3) == "interrupted"
    saved = checkpoints.load(tmp_path / "run/checkpoints").progress
    assert (saved.since_validation.updates, saved.since_validation.mean) == (3, 0.5)


def test_a_run_that_is_made_longer_waits_anew(tmp_path):
    go(tmp_path / "run", [5, 6, 7]).train()
    saved = checkpoints.load(tmp_path / "run" / "checkpoints")
    assert saved.progress.waited == 2
    longer = go(tmp_path / "run", [6, 4, 5, 6, 7], saved, steps=9, extended=3)
    assert longer.train() == "finished"
    assert longer.progress.step == 7


def test_a_checkpoint_of_before_there_was_patience_has_waited_for_nothing(tmp_path):
    go(tmp_path / "run", [5, 6, 7]).train()
    facts = dataclasses.asdict(checkpoints.load(tmp_path / "run" / "checkpoints").progress)
    for later in ("waited", "lowest", "since_validation"):
        del facts[later]
    found = type(go(tmp_path / "other", []).progress).of(facts)
    assert (found.waited, found.lowest, found.since_validation) == (0, None, Interval())


@pytest.mark.parametrize(
    ("given", "suits", "expected"),
    [
        ({}, 0, 0),
        ({}, 5, 5),
        ({"patience": 0}, 5, 0),
        ({"patience": 3}, 5, 3),
        ({"validate_every": 1}, 5, 50),  # under a cosine half of the validations must bring nothing
        ({"validate_every": 1, "schedule": "constant"}, 5, 5),
        ({"schedule": "plateau", "decay_patience": 2}, 5, 7),
        ({"averaging": "ntasgd"}, 5, 0),
    ],
)
def test_what_suits_a_task_is_decided_beforehand(given, suits, expected):
    assert pace.decide(TrainingConfig(steps=100, **given), 10, None, suits).patience == expected


def test_tasks_that_learn_by_heart_quickly_wait_and_others_do_not():
    assert {name: TASKS.get(name).patience > 0 for name in TASKS.names()} == {
        "caption": False,
        "classify": True,
        "ctc": False,
        "embed": False,
        "forecast": False,
        "handwriting": False,
        "lm": False,
        "memory": False,
        "pair": True,
        "qa": True,
        "seq2seq": False,
        "strokes": False,
        "tag": True,
        "transduce": False,
    }


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ({"schedule": "plateau", "decay_patience": 2}, "schedule plateau and decay_patience 2"),
        ({"averaging": "ntasgd", "averaging_patience": 4}, "averaging ntasgd and averaging_patience 4"),
    ],
)
def test_patience_that_ends_before_what_it_waits_for_is_refused(given, what):
    with pytest.raises(ValueError, match=f"patience: got 2 with {what}, expected more: the training would end before"):
        TrainingConfig(patience=2, **given)


def test_runs_of_before_say_what_they_said():
    old = Settings({"run": {"format": 1}, "training": {"patience": 3}})
    translate(old)
    assert (old.get("training.decay_patience"), old.get("training.patience"), old.get("run.format")) == (3, 0, 3)
    recipe = Settings({"training": {"patience": 3}, "task": {"name": "lm"}})
    translate(recipe)
    assert recipe.get("training") == {"patience": 3}
    assert recipe.get("task") == {"name": "lm"}


@pytest.mark.parametrize(
    ("made", "task", "starts"), [(1, "lm", 0.0), (2, "lm", 0.0), (3, "lm", None), ("2", "lm", None), (2, "tag", None)]
)
def test_streams_of_runs_of_before_start_anew_no_more_than_they_did(made, task, starts):
    settings = Settings({"run": {"format": made}, "task": {"name": task}})
    translate(settings)
    assert settings.get("task.fresh_starts") == starts


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """Return a run that ended early: what it learns says nothing of what it is validated on."""
    folder = tmp_path_factory.mktemp("stopped")
    for name, labels in (("train", "ab"), ("valid", "ba")):
        rows = [f"word{number % 7} thing{number % 5}\t{labels[number % 7 % 2]}" for number in range(60)]
        (folder / f"{name}.tsv").write_text("\n".join(["text\tlabel", *rows]) + "\n")
    settings = {"training.validate_every": 2, "training.patience": 3}
    run = elman.train("classify", folder / "train.tsv", folder / "valid.tsv", out=folder / "run", steps=60, hidden=4,
                      threads=1, settings=settings, listener=elman.silent)  # fmt: skip
    return run, folder


def test_a_run_that_ended_early_is_finished_and_says_how_it_ended(stopped, capsys):
    run, _ = stopped
    [end] = log(run.path, "stopped")
    assert run.finished
    assert end["step"] < 60
    said = f"stopped at step {end['step']} of 60: 3 validations without a gain (training.patience)"
    assert said[1:] in (run.path / "report.html").read_text()
    assert main(["train", "--resume", str(run.path)]) == 0
    assert f"{said}; --steps, --epochs or --minutes extend it" in capsys.readouterr().err
    assert main(["describe", str(run.path)]) == 0
    assert said in capsys.readouterr().out
    assert main(["train", "--resume", str(run.path), "--steps", "62"]) == 0
    assert checkpoints.steps(run.path / "checkpoints")[-1] > end["step"]
    assert RunFolder.open(run.path).load_config()[0].training.extended == end["step"]


def test_a_model_without_gradients_has_no_patience(stopped, tmp_path):
    _, folder = stopped
    with pytest.raises(ConfigError, match=r"patience.*means nothing to model linear"):
        elman.train("classify", folder / "train.tsv", out=tmp_path / "r", model="linear",
                    settings={"training.patience": 2}, listener=elman.silent)  # fmt: skip


def test_patience_of_a_recipe_of_before_is_refused_with_the_new_key():
    with pytest.raises(ValueError, match=r"patience: got 3 with schedule plateau: it ends the training now"):
        TrainingConfig(schedule="plateau", patience=3)


@pytest.mark.parametrize(("steps", "patience"), [(10, 0), (99, 0), (100, 5)])
def test_so_few_updates_go_to_their_end(steps, patience):
    assert pace.decide(TrainingConfig(steps=steps), 50, None, 5).patience == patience
    assert pace.decide(TrainingConfig(steps=steps, patience=3), 50, None, 5).patience == 3


@pytest.mark.parametrize("moment", [None, 3, 5])
def test_the_sample_at_the_end_is_of_the_weights_that_are_kept_also_of_before_a_training_went_on(tmp_path, moment):
    scores, told = [5, 4.5, 4.6, 3, 3.5, 3.5, 2, 1], []
    folder, stream = tmp_path / "run", io.StringIO()
    first = go(folder, scores, tell=told.append)
    if moment is None:
        first.train()
    else:
        assert first.train(lambda: first.progress.step == moment) == "interrupted"
        told.clear()
        go(folder, scores[moment:], checkpoints.load(folder / "checkpoints"), tell=told.append).train()
    display = Display(stream)
    for event in told:
        display(event)
    written = {line["step"]: line["text"] for line in log(folder, "sample")}
    shown = stream.getvalue().splitlines()
    at = shown.index("what it gives with the weights of step 4, which are kept")
    assert shown[at + 1] == f"    {written[4]}"
    assert "what it gives now" not in shown
    events = list(read_run(folder / "metrics.jsonl"))
    page = _samples([event for event in events if event["event"] == "sample"], kept_sample(events))
    assert f"<h3>step 4, whose weights are kept</h3><pre>{written[4]}</pre>" in page
