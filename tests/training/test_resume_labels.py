"""Runs of tags, labels and pairs that were stopped and resumed are, bit for bit, those that were not."""

import json
import os
import random
import signal
from itertools import pairwise
from pathlib import Path

import pytest

import elman
from elman.events import Stepped, Validated
from elman.runs import checkpoint as checkpoints

NAMES = ["anna", "ben", "carla", "dora", "emil"]
VERBS = ["sees", "likes", "avoids", "follows"]
SETTINGS = {"training.validate_every": 5, "training.checkpoint_every": 3, "training.log_every": 2}


def write(path: Path, task: str) -> str:
    """Write a small file for a task."""
    draw = random.Random(1)
    facts = [(draw.choice(NAMES), draw.choice(VERBS), draw.choice(NAMES)) for _ in range(41)]
    lines = {
        "frames": lambda one, other: f"{NAMES.index(one[0])},{VERBS.index(one[1])},{'ab'[one[2] < 'c']}\n",
        "tag": lambda one, other: f"{one[0]} B-PER\nkohl I-PER\n{one[1]} O\n{one[2]} B-PER\n\n",
        "classify": lambda one, other: f"{' '.join(one)}\t{one[1]}\n",
        "pair": lambda one, other: f"{' '.join(one)}\t{' '.join(other)}\t{one[1] == other[1]}\n",
        "memory": lambda one, other: f"1 {' '.join(one)}.\n2 {' '.join(other)}.\n3 Who {other[1]}? \t{other[0]}\t2\n",
    }
    header = "x,y,label\n" if task == "frames" else ""
    path.write_text(header + "".join(lines[task](*both) for both in pairwise(facts)))
    return str(path)


def content(run: Path) -> dict[str, object]:
    """Return what must not differ: weights, configuration, vocabularies, and every measurement but times."""
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    for line in lines:
        for key in ("seconds", "tokens_per_second"):
            line.pop(key, None)
    last = checkpoints.load(run / "checkpoints")
    files = ["model.safetensors", "config.toml", *(f"vocabulary/{path.name}" for path in run.glob("vocabulary/*"))]
    return {
        **{name: (run / name).read_bytes() for name in files},
        "metrics": lines,
        "checkpoint": {name: array.tobytes() for name, array in last.arrays.items()},
        "progress": [last.progress.step, last.progress.epoch, last.progress.batch, last.progress.best],
    }


def stop_at(step):
    """Return a listener that sends the process a signal, as kill does."""

    def listener(event):
        if isinstance(event, Stepped) and event.step == step:
            os.kill(os.getpid(), signal.SIGTERM)

    return listener


READERS = {"tag": "conll", "memory": "babi", "frames": "labeled_rows"}
VARIANTS = [
    ("tag", {}),
    ("tag", {"dropout": 0.5, "settings": {"training.optimizer": "adagrad", "model.head": "softmax"}}),
    ("tag", {"model": "window_tagger"}),
    ("frames", {"dropout": 0.5, "settings": {"task.window": 5, "model.stack": 2, "model.masking.times": 1}}),
    ("classify", {}),
    ("classify", {"settings": {"training.optimizer": "adam", "training.lazy_rows": True, "task.batch_places": 20}}),
    ("classify", {"settings": {"task.class_weights": "balanced", "model.pooling": "attention"}}),
    ("pair", {"dropout": 0.5}),
    ("pair", {"settings": {"training.optimizer": "adagrad"}}),
    ("pair", {"model": "independent_pair"}),
    ("memory", {"settings": {"model.linear_start": 0.7, "model.time_noise": 0.5}}),
    ("memory", {"settings": {"model.tying": "layer_wise", "training.optimizer": "sgd", "training.schedule": "step"}}),
]


@pytest.mark.parametrize(("task", "options"), VARIANTS, ids=str)
def test_an_interrupted_run_goes_on_exactly(tmp_path, monkeypatch, task, options):
    write(tmp_path / "data.txt", task)
    monkeypatch.chdir(tmp_path)
    path = "data.txt"  # the log says the same of a file that config.toml names from the root
    settings = {**SETTINGS, **options.get("settings", {}), "reader.name": READERS.get(task, "table")}
    size = {"settings": settings | {"model.embedding_size": 6}} if task == "memory" else {"hidden": 6}
    options = {"steps": 14, "threads": 1, "batch_size": 6, **options, "settings": settings, **size}
    task = "tag" if task == "frames" else task
    elman.train(task, path, out=tmp_path / "whole", **options)
    stopped = elman.train(task, path, out=tmp_path / "parts", listener=stop_at(8), **options)
    assert (stopped.finished, stopped.signal) == (False, signal.SIGTERM)
    assert elman.resume(tmp_path / "parts").finished
    whole = content(tmp_path / "whole")
    assert content(tmp_path / "parts") == whole
    assert whole["progress"][1] >= 1, "an epoch ends inside"
    assert ("Worst mistakes" in str(whole["metrics"])) == ("data.txt:" in str(whole["metrics"]))
    assert str(tmp_path) not in str(whole["metrics"])


class CrashedError(Exception):
    """What a training is killed by."""


@pytest.fixture(scope="module")
def out_of_patience(tmp_path_factory):
    """Return the folder, the options and the end of a classifier that soon gains nothing any more."""
    folder = tmp_path_factory.mktemp("patience")
    write(folder / "data.txt", "classify")
    settings = {**SETTINGS, "training.validate_every": 2, "training.patience": 4, "reader.name": "table"}
    options = {"steps": 200, "hidden": 6, "threads": 1, "batch_size": 6, "learning_rate": 0.02, "settings": settings}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert elman.train("classify", "data.txt", out=folder / "whole", **options).finished
    whole = content(folder / "whole")
    return folder, options, whole


@pytest.mark.parametrize("how", ["signal", "crash"])
@pytest.mark.parametrize("before", [0, 1, 2, 3, 5, 7, 9])
def test_patience_ends_at_the_same_step_after_an_interruption(out_of_patience, tmp_path, monkeypatch, how, before):
    folder, options, whole = out_of_patience
    end = next(line for line in whole["metrics"] if line["event"] == "stopped")
    assert (end["waited"], end["step"] < 200, end["step"] % 2) == (4, True, 0)
    monkeypatch.chdir(folder)

    def listener(event):
        # A crash comes behind the validation of its step, if there is one, and before that is saved.
        kind = Validated if how == "crash" and before % 2 == 0 else Stepped
        if isinstance(event, kind) and event.step == end["step"] - before:
            if how == "crash":
                raise CrashedError
            os.kill(os.getpid(), signal.SIGTERM)

    if how == "crash":
        with pytest.raises(CrashedError):
            elman.train("classify", "data.txt", out=tmp_path / "parts", listener=listener, **options)
    else:
        elman.train("classify", "data.txt", out=tmp_path / "parts", listener=listener, **options)
    assert elman.resume(tmp_path / "parts", listener=elman.silent).finished
    assert content(tmp_path / "parts") == whole
