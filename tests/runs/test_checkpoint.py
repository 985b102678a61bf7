"""Checkpoints: what was written comes back, and anything else is refused."""

import dataclasses
import json

import numpy as np
import pytest

from elman.errors import CheckpointError
from elman.runs import checkpoint as checkpoints
from elman.runs import weights
from elman.runs.checkpoint import Checkpoint
from elman.runs.progress import Interval, Progress

PROGRESS = Progress(
    step=7,
    epoch=1,
    batch=2,
    best=float("inf"),
    best_step=5,
    interval=Interval(updates=2, nats=3.5, count=4, penalties={"p": 0.5}),
    seconds=1.5,
    metrics_bytes=90,
    learner={"schedule": {"current": 0.5}},
)
ARRAYS = {"model/w": np.arange(3.0), "optimizer/w/step": np.array(2)}


@pytest.fixture
def saved(tmp_path):
    checkpoints.save(tmp_path, Checkpoint(PROGRESS, ARRAYS, {"machine": "this"}))
    return tmp_path


def rewrite(folder, change, sign=True):
    """Change what progress.json holds; with a checksum that fits, as who means harm would."""
    path = folder / "7" / "progress.json"
    facts = json.loads(path.read_text())
    change(facts)
    if sign:
        facts.pop("checksum", None)
        facts["checksum"] = checkpoints._checksum(facts)
    path.write_text(json.dumps(facts))


def test_what_was_saved_comes_back(saved):
    found = checkpoints.load(saved)
    assert found.progress == PROGRESS
    assert found.environment == {"machine": "this"}
    assert found.part("model")["w"].tolist() == [0.0, 1.0, 2.0]


def test_every_counter_is_under_the_checksum(saved):
    whole = (saved / "7" / "progress.json").read_text()
    for key, value in {"step": 6, "epoch": 0, "batch": 1, "best": 2.0, "seconds": 0.0, "learner": {}}.items():
        rewrite(saved, lambda facts, key=key, value=value: facts["progress"].update({key: value}), sign=False)
        with pytest.raises(CheckpointError, match=r"progress\.json: does not match its checksum: the file was altered"):
            checkpoints.load(saved)
        (saved / "7" / "progress.json").write_text(whole)
    rewrite(saved, lambda facts: facts.pop("environment"))
    with pytest.raises(CheckpointError, match="does not match its checksum"):
        checkpoints.load(saved)


def test_the_arrays_of_another_moment_are_refused(saved):
    for arrays in ({**ARRAYS, "model/w": np.arange(3.0) + 1}, {"model/w": ARRAYS["model/w"]}):
        (saved / "7" / "training.safetensors").write_bytes(weights.to_bytes(arrays, {}))
        with pytest.raises(CheckpointError, match=r"7: its two files are not of one moment\. Restore both\."):
            checkpoints.load(saved)


@pytest.mark.parametrize(
    ("counters", "said"),
    [
        ({"step": "7"}, "progress.step: got '7', expected a valid integer"),
        ({"step": True}, "progress.step: got True, expected a valid integer"),
        ({"step": 7.0}, "progress.step: got 7.0, expected a valid integer"),
        ({"step": -5}, "progress.step: got -5, expected greater than or equal to 0"),
        ({"step": 8}, "progress.step: got 8, in a folder of step 7"),
        ({"epoch": 10**12}, "progress.epoch: got 1,000,000,000,000, expected at most 7 at step 7"),
        ({"batch": 7}, "progress.batch: got 7, expected at most 6 at step 7"),
        ({"batch": -3}, "progress.batch: got -3, expected greater than or equal to 0"),
        ({"batch": 10**30}, "progress.batch: got "),
        ({"best": "x"}, "progress.best: got 'x', expected a valid number"),
        ({"best": float("nan")}, "progress.best: got no number, expected a score"),
        ({"best_step": 9}, "progress.best_step: got 9, expected at most 7"),
        ({"best": None}, "progress.best_step: got 5, expected at most 0"),
        ({"seconds": "x"}, "progress.seconds: got 'x', expected a valid number"),
        ({"seconds": float("nan")}, "progress.seconds: got nan, expected a finite number"),
        ({"metrics_bytes": 1.5}, "progress.metrics_bytes: got 1.5, expected a valid integer"),
        ({"learner": [1]}, r"progress.learner: got \[1\], expected a valid dictionary"),
        ({"interval": {"updates": "many"}}, "progress.interval.updates: got 'many', expected a valid integer"),
        ({"interval": {"unknown": 1}}, "progress.interval.unknown: "),
        ({"more": 1}, "progress.more: "),
    ],
)
def test_counters_that_cannot_be_are_refused(saved, counters, said):
    rewrite(saved, lambda facts: facts["progress"].update(counters))
    with pytest.raises(CheckpointError, match=said) as caught:
        checkpoints.load(saved)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("progress", [[], None, 7, {}])
def test_progress_is_all_counters_by_name(saved, progress):
    rewrite(saved, lambda facts: facts.update(progress=progress))
    with pytest.raises(CheckpointError, match=r"progress: got|progress\.step: is missing"):
        checkpoints.load(saved)


@pytest.mark.parametrize("environment", [[], None, {"torch": 1}])
def test_the_environment_is_strings_by_name(saved, environment):
    rewrite(saved, lambda facts: facts.update(environment=environment))
    with pytest.raises(CheckpointError, match=r"environment: got .*, expected strings by name"):
        checkpoints.load(saved)


@pytest.mark.parametrize(("made", "age"), [(None, "an older"), (3, "a newer")])
def test_a_checkpoint_of_another_version_is_refused_in_one_line(saved, made, age):
    def change(facts):
        del facts["format"]
        if made:
            facts["format"] = made

    checkpoints.save(saved, Checkpoint(dataclasses.replace(PROGRESS, step=6), ARRAYS, {}))
    rewrite(saved, change)
    with pytest.raises(
        CheckpointError, match=rf"7: a checkpoint of {age} elman.* can be used as it is; .* train anew"
    ) as caught:
        checkpoints.load(saved)
    assert "Or remove" not in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"[" * 100_000, b"\xff", b"[1]", b'{"a": 1, "a": 2}', b"", b'{"n": ' + b"1" * 5000 + b"}"]
)
def test_what_is_no_json_object_is_refused_with_a_way_out(saved, content):
    checkpoints.save(saved, Checkpoint(dataclasses.replace(PROGRESS, step=6), ARRAYS, {}))
    (saved / "7" / "progress.json").write_bytes(content)
    with pytest.raises(
        CheckpointError, match=r"progress\.json: cannot be read: .*Or remove .*7: then .* from step 6\."
    ):
        checkpoints.load(saved)


def test_only_plain_numbers_are_steps(tmp_path):
    for name in ("²", "٣", "007", "1_0", "-1", "12", ".3.partial", "9" * 40):
        (tmp_path / name).mkdir()
    assert checkpoints.steps(tmp_path) == [12]


def test_an_old_checkpoint_goes_whole_whenever_a_kill_comes(tmp_path, monkeypatch):
    for step in (5, 6):
        checkpoints.save(tmp_path, Checkpoint(dataclasses.replace(PROGRESS, step=step), ARRAYS, {}))

    def killed(path, ignore_errors):
        (path / "progress.json").unlink()
        raise KeyboardInterrupt

    monkeypatch.setattr("shutil.rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        checkpoints.save(tmp_path, Checkpoint(PROGRESS, ARRAYS, {}))
    monkeypatch.undo()
    assert checkpoints.steps(tmp_path) == [6, 7]
    assert checkpoints.load(tmp_path).progress.step == 7
    (tmp_path / "2").mkdir()
    checkpoints.prune(tmp_path)
    assert checkpoints.steps(tmp_path) == [6, 7]


def test_an_old_checkpoint_that_cannot_be_removed_stays_whole(saved, monkeypatch):
    for step in (5, 6):
        checkpoints.save(saved, Checkpoint(dataclasses.replace(PROGRESS, step=step), ARRAYS, {}))

    def refused(self, to):
        raise OSError(30, "Read-only file system")

    (saved / "8").mkdir()
    monkeypatch.setattr("pathlib.Path.rename", refused)
    checkpoints.prune(saved)
    assert checkpoints.steps(saved) == [6, 7, 8]
