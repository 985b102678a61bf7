"""A run that was stopped or killed and resumed is, bit for bit, the run that was not."""

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import elman
from elman.cells import CELLS
from elman.errors import CheckpointError, ConfigError, DataError
from elman.events import Notice, Planned, Stepped, Validated
from elman.heads import HEADS
from elman.heads.base import TokenHead
from elman.layers.regularization import Regularization
from elman.runs import checkpoint as checkpoints
from elman.runs.configuration import DEFAULT_RATES
from elman.tasks import lm

SETTINGS = {
    "training.validate_every": 7,
    "training.checkpoint_every": 3,
    "training.log_every": 2,
    "training.threads": 1,
}
LENGTH = {"steps": 30, "hidden": 12, "level": "character", "batch_size": 4}

KILLED = """
import os, signal, sys
import elman
from elman.files import durable
from elman.events import Saved, Stepped, Validated

moment, out, text, settings, length = sys.argv[1], sys.argv[2], sys.argv[3], eval(sys.argv[4]), eval(sys.argv[5])

def die():
    os.kill(os.getpid(), signal.SIGKILL)

def at_step(wanted):
    return lambda event: die() if isinstance(event, Stepped) and event.step == wanted else None

listener = lambda event: None
if moment.startswith("step"):
    listener = at_step(int(moment.split()[1]))
elif moment == "in a checkpoint write":
    original, seen = durable.sync_folder, []
    def sync(folder):
        if ".partial" in folder.name:
            seen.append(folder)
            if len(seen) == 4:
                die()
        original(folder)
    durable.sync_folder = sync
elif moment == "before a checkpoint is renamed":
    from elman.runs import checkpoint
    original, seen = checkpoint.write_folder, []
    def write(path, files):
        seen.append(path)
        if len(seen) == 5:
            partial = path.with_name(f".{path.name}.partial")
            partial.mkdir(parents=True)
            (partial / "progress.json").write_text("{")
            die()
        original(path, files)
    checkpoint.write_folder = write
elif moment == "during validation":
    from elman.evaluation.likelihood import LikelihoodVerdict
    original, seen = LikelihoodVerdict.evaluate, []
    def evaluate(self, stepper, corpus):
        seen.append(1)
        return die() if len(seen) == 2 else original(self, stepper, corpus)
    LikelihoodVerdict.evaluate = evaluate
elif moment == "after the best model was saved":
    listener = lambda event: die() if isinstance(event, Validated) and event.step == 14 else None
elif moment == "before the first step":
    from elman.training.loop import Loop
    Loop.train = lambda self, stop: die()
elman.train("lm", text, out=out, settings=settings, listener=listener, **length)
"""


def content(run: Path) -> dict[str, object]:
    """Return what must not differ: weights, configuration, vocabulary, and every measurement but times."""
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    for line in lines:
        for key in ("seconds", "tokens_per_second"):
            line.pop(key, None)
    last = checkpoints.load(run / "checkpoints")
    return {
        "model": (run / "model.safetensors").read_bytes(),
        "config": (run / "config.toml").read_bytes(),
        "vocabulary": (run / "vocabulary" / "tokens.txt").read_bytes(),
        "metrics": lines,
        "checkpoint": {name: array.tobytes() for name, array in last.arrays.items()},
        "progress": [last.progress.step, last.progress.epoch, last.progress.batch, last.progress.best],
        "kept": checkpoints.steps(run / "checkpoints"),
    }


def go(out: Path, text: Path, listener=None, **more):
    settings = {**SETTINGS, **more.pop("settings", {})}
    return elman.train("lm", str(text), out=out, settings=settings, listener=listener, **{**LENGTH, **more})


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory, text_file):
    out = tmp_path_factory.mktemp("whole") / "run"
    go(out, text_file)
    return content(out)


@pytest.mark.parametrize(
    "moment",
    [
        "before the first step",
        "step 1",
        "step 17",
        "step 22",
        "in a checkpoint write",
        "before a checkpoint is renamed",
        "during validation",
        "after the best model was saved",
    ],
)
def test_C6_a_killed_run_goes_on_exactly(tmp_path, text_file, uninterrupted, moment):
    out = tmp_path / "run"
    arguments = [moment, str(out), str(text_file), repr(SETTINGS), repr(LENGTH)]
    killed = subprocess.run([sys.executable, "-c", KILLED, *arguments], capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    run = elman.resume(out)
    assert run.finished
    assert content(out) == uninterrupted
    assert not list((out / "checkpoints").glob(".*"))


def stop_at(step):
    """Return a listener that sends the process a signal, as kill does."""

    def listener(event):
        if isinstance(event, Stepped) and event.step == step:
            os.kill(os.getpid(), signal.SIGTERM)

    return listener


def test_going_on_never_writes_the_vocabulary_that_weights_go_with(tmp_path, text_file):
    out = tmp_path / "run"
    go(out, text_file)
    path = out / "vocabulary" / "tokens.txt"
    before = path.stat()
    assert elman.resume(out, steps=32).finished
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    text = path.read_text()
    path.write_text(text.replace("a\t", "@\t"))
    with pytest.raises(CheckpointError, match=r"run/vocabulary: not the vocabulary of the data that the run was star"):
        elman.resume(out, steps=34)
    assert "@\t" in path.read_text()
    path.unlink()
    with pytest.raises(CheckpointError, match=r"tokens\.txt: the vocabulary cannot be read"):
        elman.resume(out, steps=34)
    path.write_text(text)
    assert elman.resume(out, steps=34).finished


def test_an_epoch_ends_inside_these_runs(uninterrupted):
    assert uninterrupted["progress"][1] >= 1


# Any validation that is not the best so far starts the average, and a rate of 20 sees to it that there is one.
EARLY = {
    "training.averaging_patience": 0,
    "training.learning_rate": 20.0,
    "training.schedule": "constant",
    "training.validate_every": 2,
}
LAZILY = {"training.lazy_rows": True}
VARIANTS = [
    *[{"settings": {"training.optimizer": o}} for o in ("sgd", "momentum", "adagrad", "adam", "adamw")],
    {"settings": {"training.schedule": "plateau", "training.decay_patience": 0}},
    {"settings": {"training.schedule": "step", "training.decay_after": 1}},
    {"settings": {"training.schedule": "constant"}},
    {"cell": "gru", "layers": 2, "dropout": 0.5},
    {"cell": "elman", "dropout": 0.5, "level": "word"},
    {"level": "byte", "dropout": 0.9},
    {"level": "bpe", "settings": {"task.bpe_size": 300}},
    *[
        {"layers": 2, "settings": {f"model.regularization.{name}": value}}
        for name, value in (
            ("word_dropout", 0.3),
            ("input_dropout", 0.3),
            ("output_dropout", 0.3),
            ("hidden_dropout", 0.3),
            ("candidate_dropout", 0.3),
            ("weight_drop", 0.3),
            ("zoneout", 0.3),
            ("zoneout_memory", 0.3),
            ("activation_penalty", 2.0),
            ("temporal_penalty", 1.0),
        )
    ],
    {"settings": {"model.regularization.variational": True, "model.regularization.hidden_dropout": 0.3}},
    *[{"cell": name} for name in CELLS.names()],
    *[{"layers": 2, "settings": {"model.connections": kind}} for kind in ("residual", "dense", "highway")],
    {"settings": {"model.initial_state": "learned", "task.carry_state": False}},
    {"settings": {"model.readout_layers": 1, "model.init_range": 0.1}},
    {"level": "word", "settings": {"model.head": "adaptive_softmax"}},
    {"level": "word", "settings": {"model.head": "adaptive_softmax", "model.tied": True}},
    {
        "level": "word",
        "settings": {"model.head": "sampled_softmax", "model.head_options": {"samples": 4}, "training.lazy_rows": True},
    },
    {
        "level": "word",
        "settings": {"model.head": "blackout", "model.head_options": {"samples": 4}, "training.lazy_rows": True},
    },
    {
        "level": "word",
        "settings": {"model.head": "nce", "model.head_options": {"samples": 4}, "training.lazy_rows": True},
    },
    {"level": "word", "settings": {"model.head": "class_softmax"}},
    {"level": "word", "settings": {"model.head": "mixture_of_softmaxes", "model.head_options": {"dropout": 0.2}}},
    {"level": "word", "model": "rnn_maxent", "settings": {"model.head_options": {"cells": 4096, "classes": 4}}},
    {"level": "word", "model": "window_lm"},
    {"level": "word", "settings": {"model.tied": True, "training.optimizer": "sgd"}},
    {"level": "word", "settings": {"training.optimizer": "sgd", "training.averaging": "ntasgd", **EARLY}},
    {"settings": {"training.averaging": "checkpoints", "training.averaging_last": 3, "training.validate_every": 5}},
    {"level": "word", "settings": {"training.optimizer": "adam", "training.lazy_rows": True}},
    {"settings": {"task.variable_bptt": True, "task.bptt": 12}},
    {"settings": {"training.reduction": "sum", "training.optimizer": "sgd", "training.learning_rate": 0.1}},
    {"layers": 2, "settings": {"training.log_gradients": True}},
]


@pytest.mark.parametrize("variant", VARIANTS, ids=str)
@pytest.mark.parametrize("step", [13])
def test_every_variant_goes_on_exactly_after_an_interrupt(tmp_path, text_file, monkeypatch, variant, step):
    monkeypatch.setattr(lm, "_SAMPLE_TOKENS", dict.fromkeys(("character", "byte", "word", "bpe"), 10))
    go(tmp_path / "whole", text_file, **variant)
    stopped = go(tmp_path / "parts", text_file, stop_at(step), **variant)
    assert (stopped.finished, stopped.signal) == (False, signal.SIGTERM)
    assert elman.resume(tmp_path / "parts").finished
    whole, parts = content(tmp_path / "whole"), content(tmp_path / "parts")
    whole["kept"] = parts["kept"] = None  # the interrupt made one checkpoint more
    assert parts == whole


def test_every_optimizer_regulariser_and_head_is_among_the_variants():
    said = str(VARIANTS)
    kinds = {name: HEADS.get(name) for name in HEADS.names()}
    # Heads that read more than hidden states are of decoders: tests/tasks/test_seq2seq.py, test_copying.py.
    heads = [name for name, kind in kinds.items() if issubclass(kind, TokenHead) and not kind.reads]
    heads.remove("softmax")
    names = [*DEFAULT_RATES, *heads, *Regularization.model_fields]
    assert [name for name in names if name not in said] == []


def test_the_average_starts_inside_its_run(tmp_path, text_file):
    go(
        tmp_path / "run",
        text_file,
        level="word",
        settings={"training.optimizer": "sgd", "training.averaging": "ntasgd", **EARLY},
    )
    log = [json.loads(line) for line in (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()]
    started = [line["step"] for line in log if line["event"] == "averaging"]
    assert len(started) == 1
    assert started[0] < 13
    assert any(name.startswith("average/") for name in checkpoints.load(tmp_path / "run" / "checkpoints").arrays)


def test_stopping_before_the_first_update_loses_and_doubles_nothing(tmp_path, text_file, uninterrupted):
    from elman.events import Sampled

    def at_once(event):
        if isinstance(event, Sampled):
            os.kill(os.getpid(), signal.SIGTERM)

    out = tmp_path / "run"
    assert not go(out, text_file, at_once).finished
    assert checkpoints.steps(out / "checkpoints") == [0]
    elman.resume(out)
    assert {**content(out), "kept": None} == {**uninterrupted, "kept": None}


def test_a_kill_between_the_first_model_and_its_checkpoint_blocks_nothing(tmp_path, text_file):
    settings = {"training.checkpoint_every": 1000}
    go(tmp_path / "whole", text_file, settings=settings)

    def die(event):
        if isinstance(event, Validated):
            raise KeyboardInterrupt

    out = tmp_path / "run"
    with pytest.raises(KeyboardInterrupt):
        go(out, text_file, die, settings=settings)
    assert (out / "model.safetensors").exists()
    assert checkpoints.steps(out / "checkpoints") == [0]
    assert elman.resume(out).finished
    assert content(out) == content(tmp_path / "whole")


def test_a_checkpoint_of_an_older_version_is_refused_and_its_run_used(tmp_path, text_file):
    out = tmp_path / "run"
    go(out, text_file)
    path = out / "checkpoints" / "30" / "progress.json"
    facts = json.loads(path.read_text())
    for name in ("format", "arrays", "checksum"):
        del facts[name]
    path.write_text(json.dumps(facts))
    with pytest.raises(
        CheckpointError, match=r"30: a checkpoint of an older elman.* The run can be used as it is; .* train anew"
    ):
        elman.resume(out, steps=40)
    assert elman.load(out).generate("a", length=3)


def test_two_processes_cannot_train_in_one_folder(tmp_path, text_file):
    from elman.files.durable import locked

    out = tmp_path / "run"
    go(out, text_file)
    with locked(out), pytest.raises(CheckpointError, match=r"run: another process is training here\. Wait for it"):
        elman.resume(out, steps=40)


def test_the_report_of_a_finished_run_comes_back(tmp_path, text_file):
    out = tmp_path / "run"
    go(out, text_file)
    (out / "report.html").unlink()
    elman.resume(out)
    assert (out / "report.html").exists()


def test_resuming_twice_and_resuming_a_finished_run(tmp_path, text_file, uninterrupted):
    out, told = tmp_path / "run", []
    go(out, text_file, stop_at(5))
    elman.resume(out, listener=stop_at(11))
    assert elman.resume(out).finished
    found = content(out)
    assert {**found, "kept": None} == {**uninterrupted, "kept": None}
    assert elman.resume(out, listener=told.append).finished
    assert [type(event) for event in told] == [Notice]
    assert "finished at step 30; --steps, --epochs or --minutes extend it" in told[0].text
    assert content(out) == found


def test_a_finished_run_can_be_extended(tmp_path, text_file):
    out, told = tmp_path / "run", []
    go(out, text_file)
    assert elman.resume(out, steps=40, listener=told.append).finished
    planned = next(event for event in told if isinstance(event, Planned))
    assert (planned.step, planned.steps) == (30, 40)
    assert checkpoints.steps(out / "checkpoints")[-1] == 40
    epoch_steps = planned.steps / planned.epochs
    elman.resume(out, epochs=50 / epoch_steps)
    assert checkpoints.steps(out / "checkpoints")[-1] in (50, 51)
    with pytest.raises(ConfigError, match=r"steps are done, and 10 are asked for\. Ask for more\."):
        elman.resume(out, steps=10)
    with pytest.raises(ConfigError, match="give one of them"):
        elman.resume(out, steps=100, epochs=3)


def test_a_run_can_be_extended_by_minutes(tmp_path, text_file, monkeypatch):
    from elman.training import pace

    monkeypatch.setattr(pace, "measure", lambda *_: pace.Speed(step=0.125, validation=0.0, measuring=0.0))
    out = tmp_path / "run"
    go(out, text_file)
    elman.resume(out, minutes=0.025)
    assert checkpoints.steps(out / "checkpoints")[-1] == 30 + 12


def test_changed_data_is_refused(tmp_path, text_file):
    text = tmp_path / "text.txt"
    text.write_text(text_file.read_text())
    go(tmp_path / "run", text, stop_at(5))
    text.write_text(text_file.read_text().replace("anna", "anne", 1))
    with pytest.raises(DataError, match=r"not the data that .* was started with"):
        elman.resume(tmp_path / "run")


def test_another_environment_is_said_in_one_line(tmp_path, text_file):
    out, told = tmp_path / "run", []
    go(out, text_file, stop_at(5))
    saved = checkpoints.load(out / "checkpoints")
    shutil.rmtree(out / "checkpoints" / "5")
    checkpoints.save(out / "checkpoints", dataclasses.replace(saved, environment={**saved.environment, "torch": "1.0"}))
    elman.resume(out, listener=told.append)
    [notice] = [event.text for event in told if isinstance(event, Notice)]
    assert notice.startswith(
        "warning: not bit for bit what an uninterrupted run gives, because this changed: torch 1.0"
    )


def test_broken_checkpoints_are_named_with_a_way_out(tmp_path, text_file):
    out = tmp_path / "run"
    go(out, text_file)
    newest = out / "checkpoints" / "30"
    weights = newest / "training.safetensors"
    whole = weights.read_bytes()
    weights.write_bytes(whole[:-100])
    with pytest.raises(CheckpointError, match=r"not a whole safetensors file.*Or remove .*30: then .* from step 28\."):
        elman.resume(out, steps=40)
    altered = bytearray(whole)
    altered[-1] ^= 1
    weights.write_bytes(bytes(altered))
    with pytest.raises(CheckpointError, match="the numbers do not match their checksum"):
        elman.resume(out, steps=40)
    weights.write_bytes(whole)
    (newest / "progress.json").write_text("{")
    with pytest.raises(CheckpointError, match=r"progress\.json: cannot be read"):
        elman.resume(out, steps=40)


def test_a_log_that_is_too_short_is_refused(tmp_path, text_file):
    out = tmp_path / "run"
    go(out, text_file, stop_at(5))
    (out / "metrics.jsonl").write_text("")
    with pytest.raises(CheckpointError, match=r"metrics\.jsonl: 0 bytes, expected at least \d+ as at the checkpoint"):
        elman.resume(out)
