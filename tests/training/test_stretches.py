"""Passes over a text: stopped and resumed bit for bit, logged truly, and told what means nothing to them."""

import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from dataclasses import replace

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.errors import CheckpointError, ConfigError, DataError, TrainingError
from elman.events import Notice, Planned, Sampled, Saved, Stepped, Stopped, Validated
from elman.models import word2vec
from elman.models.base import Streamed, Stretch
from elman.models.word2vec import Word2Vec
from elman.runs import checkpoint as checkpoints
from elman.training import pace, stretches
from elman.training.interrupts import Interrupts

KNOWN = f"Leave it out: of [training] it takes {', '.join(Streamed.training_keys)}."


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """Four stretches of up to 400 tokens a pass."""
    monkeypatch.setattr(word2vec, "_STRETCH", 400)
    monkeypatch.setattr(word2vec, "_CHUNK", 100)


@pytest.fixture
def read(monkeypatch):
    """What every stretch gave."""
    seen, original = [], Word2Vec.read

    def watched(self, source, number, of, rate, fitting):
        seen.append(original(self, source, number, of, rate, fitting))
        return seen[-1]

    monkeypatch.setattr(Word2Vec, "read", watched)
    return seen


def go(out, text, listener=None, **more):
    settings = {
        "model.embedding_size": 8,
        "model.subwords": [3, 4],
        "training.log_every": 3,
        **more.pop("settings", {}),
    }
    length = {} if more.keys() & {"steps", "minutes"} else {"epochs": 3}
    return elman.train(
        "embed", str(text), out=out, settings=settings, listener=listener, **{"threads": 1, **length, **more}
    )


def log(run, event=None):
    """Return the lines of the log without times."""
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    for line in lines:
        for key in ("seconds", "tokens_per_second"):
            line.pop(key, None)
    return [line for line in lines if event in (None, line["event"])]


def content(run):
    """Return what must not differ: weights, configuration, words, and every measurement but times."""
    last = checkpoints.load(run / "checkpoints")
    one = last.progress.whole_pass
    return {
        "model": (run / "model.safetensors").read_bytes(),
        "config": (run / "config.toml").read_bytes(),
        "vocabulary": (run / "vocabulary" / "words.txt").read_bytes(),
        "metrics": log(run),
        "checkpoint": {name: array.tobytes() for name, array in last.arrays.items()},
        "progress": [last.progress.step, last.progress.epoch, last.progress.batch, last.progress.best, one.nats],
    }


def stop_at(*steps):
    """Return a listener that sends the process a signal, as kill does."""

    def listener(event):
        if isinstance(event, Stepped) and event.step in steps:
            os.kill(os.getpid(), signal.SIGTERM)

    return listener


def done(run):
    return checkpoints.steps(run / "checkpoints")[-1]


def test_a_run_is_made_of_passes(tmp_path, text_file, read):
    told = []
    run = go(tmp_path / "run", text_file, told.append)
    assert run.finished
    steps = [event for event in told if isinstance(event, Stepped)]
    assert [event.step for event in steps] == list(range(1, 13))
    for kind in (Validated, Sampled):
        assert [event.step for event in told if isinstance(event, kind)] == [4, 8, 12]
    assert [event.step for event in told if isinstance(event, Saved)] == [0, 4, 8, 12]
    assert told[-1] == Stopped(12, "finished", told[-1].seconds)
    planned = next(event for event in told if isinstance(event, Planned))
    assert (planned.step, planned.steps, planned.epochs, planned.unit) == (0, 12, 3, "words")
    assert [line["step"] for line in log(run.path, "train")] == [3, 6, 9, 12]
    # A bar with the mean of the pass so far.
    assert steps[1].nats == pytest.approx((read[0].nats + read[1].nats) / (read[0].targets + read[1].targets))


def test_the_loss_of_a_pass_is_the_mean_over_its_pairs(tmp_path, text_file, read):
    go(tmp_path / "run", text_file)
    logged = log(tmp_path / "run", "pass")
    assert [(line["step"], line["epoch"]) for line in logged] == [(4, 1), (8, 2), (12, 3)]
    for line, first in zip(logged, (0, 4, 8), strict=True):
        of_pass = read[first : first + 4]
        assert line["nats"] == pytest.approx(sum(s.nats for s in of_pass) / sum(s.targets for s in of_pass), rel=1e-12)
    for line, first in zip(log(tmp_path / "run", "train"), (0, 3, 6, 9), strict=True):
        interval = read[first : first + 3]
        assert line["nats"] == pytest.approx(sum(s.nats for s in interval) / sum(s.targets for s in interval))
        assert line["learning_rate"] == interval[-1].rate


@pytest.mark.parametrize("moments", [[1], [4], [2, 7, 11]])
def test_a_stopped_run_goes_on_exactly(tmp_path, text_file, moments):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    go(whole, text_file)
    run = go(parts, text_file, stop_at(*moments))
    for moment, after in zip(moments, [*moments[1:], None], strict=True):
        assert (run.finished, run.signal) == (False, signal.SIGTERM)
        assert done(parts) == moment
        assert (parts / "report.html").exists()
        run = elman.resume(parts, listener=stop_at(after))
    assert run.finished
    assert content(parts) == content(whole)


def test_a_run_that_was_stopped_before_its_first_stretch_goes_on(tmp_path, text_file, monkeypatch):
    go(tmp_path / "whole", text_file)
    out = tmp_path / "run"
    with monkeypatch.context() as patched:
        patched.setattr(Interrupts, "__call__", lambda self: True)
        go(out, text_file)
    assert done(out) == 0
    assert elman.resume(out).finished
    assert content(out) == content(tmp_path / "whole")


def test_a_run_that_was_killed_in_its_first_pass_begins_anew(tmp_path, text_file):
    go(tmp_path / "whole", text_file)
    out = tmp_path / "run"

    def die(event):
        if isinstance(event, Stepped) and event.step == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go(out, text_file, die)
    assert checkpoints.steps(out / "checkpoints") == [0]
    assert elman.resume(out).finished
    assert content(out) == content(tmp_path / "whole")


def test_a_run_that_was_killed_after_its_last_checkpoint_has_its_views(tmp_path, text_file):
    go(tmp_path / "whole", text_file)
    out = tmp_path / "run"

    def die(event):
        if isinstance(event, Saved) and event.step == 12:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        go(out, text_file, die)
    (out / "report.html").unlink()
    assert elman.resume(out).finished
    assert [line["step"] for line in log(out, "views")] == [12]
    assert content(out) == content(tmp_path / "whole")
    pages = [(run / "report.html").read_text() for run in (tmp_path / "whole", out)]
    [views] = log(out, "views")
    assert all(views["views"][0]["title"] in page for page in pages)


def test_what_was_stopped_in_its_first_pass_has_no_model_yet(tmp_path, text_file):
    go(tmp_path / "run", text_file, stop_at(2))
    with pytest.raises(CheckpointError) as refused:
        elman.load(tmp_path / "run")
    assert str(refused.value) == (
        f"{tmp_path}/run/model.safetensors: no such file. The run has no saved weights yet, or they were removed."
    )


def test_a_finished_run_says_so(tmp_path, text_file):
    out, told = tmp_path / "run", []
    go(out, text_file)
    found = content(out)
    assert elman.resume(out, listener=told.append).finished
    assert told == [Notice(f"{out}: finished at step 12; --steps, --epochs or --minutes extend it")]
    assert content(out) == found


def test_a_finished_run_can_be_extended(tmp_path, text_file):
    out, told = tmp_path / "run", []
    go(out, text_file)
    assert elman.resume(out, steps=14, listener=told.append).finished
    planned = next(event for event in told if isinstance(event, Planned))
    assert (planned.step, planned.steps) == (12, 14)
    assert done(out) == 14
    elman.resume(out, epochs=5)
    assert [line["step"] for line in log(out, "pass")] == [4, 8, 12, 14, 16, 20]
    with pytest.raises(ConfigError) as refused:
        elman.resume(out, epochs=2)
    assert str(refused.value) == f"{out}: 20 stretches are done, and 8 are asked for. Ask for more."
    with pytest.raises(ConfigError, match="give one of them"):
        elman.resume(out, steps=100, epochs=9)
    (out / "checkpoints").rename(tmp_path / "elsewhere")
    with pytest.raises(CheckpointError, match="has a trained model, but no checkpoint to go on from"):
        elman.resume(out, steps=100)


def test_minutes_are_measured_and_come_on_top(tmp_path, text_file, monkeypatch):
    out = tmp_path / "run"
    go(tmp_path / "steps", text_file, steps=19)
    monkeypatch.setattr(stretches, "_MEASURED", 0.0625)
    clock = iter(np.arange(10**6) / 32)  # every look at it takes 1/32 s, and a stretch one look
    monkeypatch.setattr(pace.time, "perf_counter", lambda: float(next(clock)))
    go(out, text_file, minutes=0.01)
    assert content(out) == content(tmp_path / "steps")  # what was measured left nothing behind
    elman.resume(out, minutes=0.01)
    assert done(out) == 38


def test_the_length_is_five_passes_if_nothing_is_said(tmp_path, text_file):
    settings = {"model.embedding_size": 4}
    elman.train("embed", str(text_file), out=tmp_path / "run", threads=1, settings=settings)
    assert done(tmp_path / "run") == 20
    with pytest.raises(ConfigError, match="got steps and epochs, expected one of them: each says how long to train"):
        go(tmp_path / "other", text_file, steps=3, epochs=2)


def test_changed_data_is_refused(tmp_path, text_file):
    text = tmp_path / "text.txt"
    text.write_text(text_file.read_text())
    go(tmp_path / "run", text, stop_at(5))
    text.write_text(text_file.read_text().replace("anna", "anne", 1))
    with pytest.raises(DataError) as refused:
        elman.resume(tmp_path / "run")
    assert str(refused.value) == (
        f"{text}: not the data that {tmp_path}/run was started with. Restore the files, or start a new run."
    )


@pytest.mark.parametrize("nats", [math.nan, math.inf])
def test_a_loss_that_is_no_number_ends_the_training(tmp_path, text_file, monkeypatch, nats):
    out, original = tmp_path / "run", Word2Vec.read

    def read(self, source, number, of, rate, fitting):
        return Stretch(nats, 1, 1, rate) if number == 6 else original(self, source, number, of, rate, fitting)

    monkeypatch.setattr(Word2Vec, "read", read)
    with pytest.raises(TrainingError) as refused:
        go(out, text_file, learning_rate=0.3)
    assert str(refused.value) == (
        f"{out}: the loss of stretch 7 is not a finite number. The last good state, step 4, is kept. Train anew with a "
        "lower rate (--learning-rate 0.1)."
    )
    assert done(out) == 4
    assert (out / "report.html").exists()


def test_keys_that_mean_nothing_are_refused(tmp_path, text_file):
    with pytest.raises(ConfigError) as refused:
        go(tmp_path / "run", text_file, batch_size=3, settings={"training.optimizer": "adam"})
    assert str(refused.value).splitlines() == [
        f"batch_size: means nothing to model word2vec. {KNOWN}",
        f"training.optimizer: means nothing to model word2vec. {KNOWN}",
    ]
    with pytest.raises(ConfigError) as refused:
        elman.train("lm", str(text_file), model="ngram", level="word", steps=3, out=tmp_path / "run")
    assert str(refused.value) == (
        "steps: means nothing to model ngram. Leave it out: of [training] it takes seed, threads."
    )
    assert not (tmp_path / "run").exists()


def test_threads_say_whether_numbers_repeat(tmp_path, text_file, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    for threads, expected in (
        (1, "1: the same numbers each time"),
        (2, "2 without locks: numbers differ a little each time; --threads 1 repeats them"),
        (0, "2 without locks: numbers differ a little each time; --threads 1 repeats them"),
    ):
        told, out = [], tmp_path / f"run-{threads}"
        go(out, text_file, told.append, threads=threads, steps=1)
        assert Notice(f"threads: {expected}") in told
        assert log(out, "data")[0]["card"]["threads"] == expected
    with pytest.raises(ConfigError) as refused:
        go(tmp_path / "run", text_file, threads=3)
    assert str(refused.value) == "--threads: got 3, but this machine has 2 cores. 0 takes what suits it."


@pytest.mark.slow
def test_ctrl_c_saves_and_gives_its_exit_code(tmp_path, text_file):
    out = tmp_path / "run"
    command = [sys.executable, "-m", "elman", "train", "embed", str(text_file), "--epochs", "1000000", "--threads", "1"]
    training = subprocess.Popen(
        [*command, "--out", str(out)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    while not (out / "metrics.jsonl").exists():
        time.sleep(0.05)
        assert training.poll() is None
    time.sleep(0.3)
    training.send_signal(signal.SIGINT)
    stdout, stderr = training.communicate(timeout=60)
    assert training.returncode == 130, stderr
    assert f"go on with: elman train --resume {out}" in stdout
    assert (out / "report.html").exists()
    assert done(out) >= 1


def test_a_configuration_has_what_means_something(tmp_path, text_file):
    go(tmp_path / "run", text_file, steps=1)
    section = tomllib.loads((tmp_path / "run" / "config.toml").read_text())["training"]
    expected = {"steps": 1, "learning_rate": 0.035, "validate_every": 4, "log_every": 3, "checkpoint_every": 1000}
    assert section == expected | {"seed": 1, "threads": 1}
    elman.train("lm", str(text_file), model="ngram", level="word", out=tmp_path / "counts")
    section = tomllib.loads((tmp_path / "counts" / "config.toml").read_text())["training"]
    assert section == {"seed": 1, "threads": 0}


def test_a_configuration_trains_again(tmp_path, text_file):
    go(tmp_path / "run", text_file, steps=5, settings={"training.validate_every": 2})
    assert [line["step"] for line in log(tmp_path / "run", "validation")] == [2, 4, 5]
    code = main(["train", str(tmp_path / "run" / "config.toml"), "--out", str(tmp_path / "again")])
    assert code == 0
    assert content(tmp_path / "again") == content(tmp_path / "run")


def test_a_key_of_a_file_that_means_nothing_is_named(tmp_path, text_file, capsys):
    file = tmp_path / "recipe.toml"
    file.write_text(f'[task]\nname = "embed"\n[data]\ntrain = ["{text_file}"]\n[training]\noptimizer = "adam"\n')
    assert main(["train", str(file), "--out", str(tmp_path / "run")]) == 2
    assert f"{file}: [training] optimizer: means nothing to model word2vec. {KNOWN}" in capsys.readouterr().err


def test_arrays_and_counters_that_belong_to_nothing_are_refused(tmp_path, text_file):
    go(tmp_path / "run", text_file, steps=2)
    folder = tmp_path / "run" / "checkpoints"
    whole = checkpoints.load(folder)
    arrays = {name: np.array(array) for name, array in whole.arrays.items()}

    def saved(more, learner):
        shutil.rmtree(folder)
        checkpoints.save(
            folder, replace(whole, arrays={**arrays, **more}, progress=replace(whole.progress, learner=learner))
        )

    extra = np.zeros(3, np.float32)
    for more, learner, said in [
        ({"model/extra": extra}, {}, "the file has an unknown weight 'extra': it was made for another model"),
        ({"state/0": extra}, {}, "the arrays of 'state' belong to nothing in the model"),
        ({"alone": extra}, {}, "the arrays of 'alone' belong to nothing in the model"),
        ({}, {"schedule": 1}, "the counters of 'schedule' belongs to nothing in the model"),
    ]:
        saved(more, learner)
        with pytest.raises(CheckpointError, match=rf"checkpoints/2: cannot be gone on from: {said}"):
            elman.resume(tmp_path / "run", steps=4)
    saved({}, {})
    assert elman.resume(tmp_path / "run", steps=4).finished
