"""Each command end to end."""

import io
import json
import math
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

import elman

PROGRAM = [sys.executable, "-m", "elman"]


def test_train_on_a_file_alone(run, text_file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("train", "lm", text_file, "--steps", 40, "--hidden", 16)
    assert result.code == 0
    assert "level: word, guessed (punctuation stands apart)" in result.err
    assert "validation: 10% of the data, held out" in result.err
    assert "plan    40 updates of" in result.err
    assert "what it gives now" in result.err
    assert "finished at step 40" in result.err
    reached = re.search(r"best on validation: perplexity ([\d.]+) \(cross entropy ([\d.]+) nats/word\), at", result.out)
    assert float(reached[1]) == pytest.approx(math.exp(float(reached[2])), rel=0.01)
    assert "to beat: perplexity " in result.out
    assert "elman generate runs/lm-1" in result.out
    assert sorted(path.name for path in (tmp_path / "runs" / "lm-1").iterdir()) == [
        "checkpoints", "config.toml", "metrics.jsonl", "model.safetensors", "report.html", "vocabulary",
    ]  # fmt: skip
    assert run("train", "lm", text_file, "--steps", 2, "--hidden", 4).code == 0
    assert (tmp_path / "runs" / "lm-2").is_dir()


def test_train_with_options_and_set(run, text_file, tmp_path):
    out = tmp_path / "run"
    arguments = ["--train", text_file, "--valid", text_file, "--out", out, "--cell", "gru", "--layers", 2]
    arguments += ["--hidden", 8, "--level", "byte", "--steps", 5, "--batch-size", 3, "--learning-rate", 0.01]
    result = run("train", "lm", *arguments, "--set", "training.clip_norm=0.5", "--set", "task.bptt=16")
    assert result.code == 0, result.err
    assert "sentences.txt is trained and validated on" in result.err
    config = (out / "config.toml").read_text()
    for line in ('cell = "gru"', "num_layers = 2", 'level = "byte"', "clip_norm = 0.5", "bptt = 16", "batch_size = 3"):
        assert line in config


def test_train_from_a_configuration_file(run, text_file, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text(text_file.read_text())
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(
        '[task]\nname = "lm"\nlevel = "word"\n[data]\ntrain = ["data/*.txt"]\nvalid = ["20%"]\n'
        "[model]\nhidden_size = 8\n[training]\nsteps = 50\n"
    )
    out = tmp_path / "run"
    result = run("train", recipe, "--out", out, "--steps", 4)
    assert result.code == 0, result.err
    assert "validation: 20% of the data" in result.err
    assert "steps = 4\n" in (out / "config.toml").read_text()


RECIPES = sorted((Path(__file__).parent.parent.parent / "configs" / "lm").glob("*.toml"))
SMALL = {"hidden_size": 8, "embedding_size": 8}
SPELLED = {"hidden_size": 8, "spelling": "{widths = [1, 2], maps = 2}"}


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_runs_says_what_it_reaches_and_how_it_is_called(run, text_file, tmp_path, recipe):
    text = recipe.read_text(encoding="utf-8")
    first, *_ = text.split("\n")
    assert "perplexity" in first or "nats" in first
    assert f"#   elman train configs/lm/{recipe.name} --train " in text
    out = tmp_path / "run"
    sizes = SPELLED if "spelling = " in text else SMALL
    small = [word for key, size in sizes.items() for word in ("--set", f"model.{key}={size}")]
    small += ["--set", "model.head_options={samples = 4}"] * ("samples = " in text)
    result = run("train", recipe, "--train", text_file, "--valid", "20%", "--out", out, "--steps", 2, *small)
    assert result.code == 0, result.err
    assert "steps = 2\n" in (out / "config.toml").read_text()


def test_train_the_unigram_model(run, text_file, tmp_path):
    out = tmp_path / "run"
    assert run("train", "lm", text_file, "--model", "unigram", "--out", out, "--level", "word").code == 0
    model = elman.load(out)
    assert 5 < model.evaluate(text_file).scores[1].value < 12
    again = run("train", "--resume", out)
    assert again.code == 0
    assert "finished, there is nothing to go on with" in again.err
    assert "Fitted in one step" in (out / "report.html").read_text()


@pytest.mark.parametrize(("spent", "steps"), [(0.0, 53), (2.0, 49)])
def test_minutes_become_steps_before_the_first(run, text_file, tmp_path, monkeypatch, spent, steps):
    from elman.training import pace, preparing

    clock = iter([10.0, 10.0 + spent])  # what getting ready takes
    monkeypatch.setattr(preparing, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    monkeypatch.setattr(pace, "measure", lambda *_: pace.Speed(step=0.5, validation=0.25, measuring=1.0))
    out = tmp_path / "run"
    result = run("train", "lm", text_file, "--minutes", 0.5, "--out", out, "--hidden", 8)
    assert result.code == 0, result.err
    config = (out / "config.toml").read_text()
    # (30 s - what was spent - 1 s measuring - 10 validations of 0.25 s) / 0.5 s
    assert f"steps = {steps}\n" in config
    assert "minutes" not in config


def test_evaluate_prints_scores_with_unit_and_signature(run, small_run, text_file):
    result = run("evaluate", small_run, text_file)
    assert result.code == 0
    signed = r"level:character\|vocabulary:\d+-[0-9a-f]{8}\|eos:counted\|unknown:in\|state:carried\|streams:\d+\|elman:"
    assert re.search(signed, result.out)
    assert re.search(r"perplexity +\d+\.\d{4}  per character", result.out)
    assert re.search(r"bits per character +\d\.\d{4}  bits/character", result.out)


def test_evaluate_json_is_one_object(run, small_run, text_file):
    found = json.loads(run("evaluate", small_run, text_file, "--json").out)
    assert set(found) == {"run", "file", "scores", "counts", "elman"}
    assert (found["run"], found["file"]) == (str(small_run), str(text_file))
    assert set(found["scores"][0]) == {"name", "value", "unit", "signature"}
    assert found["counts"] == {"tokens": len(text_file.read_text()), "unknown": 0, "sentences": 300}
    names = [score["name"] for score in found["scores"] if "unknown:in" in score["signature"]]
    assert names == ["cross_entropy", "perplexity", "bits_per_character"]


def test_evaluate_counts_unknown_tokens_in_and_out(run, small_run, tmp_path):
    path = tmp_path / "other.txt"
    path.write_text("anna sees ben @@ .\n")
    found = json.loads(run("evaluate", small_run, path, "--json").out)
    assert found["counts"]["unknown"] == 2
    with_unknown, without = (
        next(
            s["value"] for s in found["scores"] if s["name"] == "cross_entropy" and f"unknown:{kind}" in s["signature"]
        )
        for kind in ("in", "out")
    )
    assert with_unknown > without
    text = run("evaluate", small_run, path).out
    assert "unknown:in" in text
    assert "unknown:out" in text


def test_score_reads_a_file_or_standard_input(run, small_run, tmp_path, monkeypatch):
    path = tmp_path / "lines.txt"
    path.write_text("anna sees ben .\n\nben zzz\n")
    lines = [json.loads(line) for line in run("score", small_run, path, "--json").out.splitlines()]
    assert [line["text"] for line in lines] == ["anna sees ben .", "", "ben zzz"]
    assert [line["tokens"] for line in lines] == [16, 1, 8]
    assert lines[2]["unknown"] == 3
    assert lines[0]["perplexity"] < lines[2]["perplexity"]
    windows = path.read_text().replace("\n", "\r\n").encode()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(windows)))
    assert [json.loads(line) for line in run("score", small_run, "--json").out.splitlines()] == lines
    text = run("score", small_run, path).out.splitlines()
    assert text[0].split() == ["log", "p", "(nats)", "perplexity", "tokens", "unknown", "line"]
    assert text[1].endswith("anna sees ben .")


def test_predict_shows_the_likeliest_next_tokens(run, small_run, tmp_path):
    path = tmp_path / "lines.txt"
    path.write_text("anna sees be\nann\n")
    first, second = (json.loads(line) for line in run("predict", small_run, path, "--json", "--k", 3).out.splitlines())
    assert first["text"] == "anna sees be"
    assert len(first["next"]) == 3
    probabilities = [found["probability"] for found in second["next"]]
    assert probabilities == sorted(probabilities, reverse=True)
    assert re.match(r'anna sees be -> "." 0\.\d+  ', run("predict", small_run, path).out)


def test_generate_repeats_with_its_seed(run, small_run):
    texts = [run("generate", small_run, "anna", "--length", 30, "--seed", seed).out for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]
    assert texts[0].startswith("anna")
    assert len(texts[0]) == 4 + 30 + 1
    beam = run("generate", small_run, "anna", "--length", 10, "--beam", 4)
    assert (beam.code, len(beam.out)) == (0, 15)


def test_generate_says_what_it_cannot_read(run, small_run):
    result = run("generate", small_run, "anna & ben", "--length", 1)
    assert "note: not in the vocabulary, read as <unk>: '&'" in result.err


def test_generate_into_a_closed_pipe_is_silent(small_run):
    command = f"{sys.executable} -m elman generate {small_run} anna --length 20000 | head -c 20"
    piped = subprocess.run(["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False)
    assert piped.stderr == ""
    assert len(piped.stdout) == 20
    assert piped.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["tasks", "  lm ", "cells", "  lstm                  Long short-term memory.", "metrics"]),
        (["cells"], ["  elman ", "  gru ", "  lstm "]),
        (["smoothings"], ["  absolute_discounting  Absolute discounting: "]),
        (["lstm"], ["lstm (cell)", "c_t = f ⊙ c_{t-1} + i ⊙ g", "forget_bias = 1.0", "Source: Hochreiter"]),
        (["lm"], ["lm (task)", "bptt = 64"]),
        (["rnn_lm"], ["rnn_lm (model)", "hidden_size = 384"]),
        (["training"], ["Options of [training]", "optimizer = 'adamw'"]),
        (["data"], ["Options of [data]", "valid = ['10%']"]),
        (["perplexity"], ["perplexity (metric)"]),
    ],
)
def test_describe_what_there_is(run, arguments, expected):
    result = run("describe", *arguments)
    assert result.code == 0
    for part in expected:
        assert part in result.out


def test_describe_a_file_and_a_run(run, text_file, small_run):
    file = run("describe", text_file).out
    assert "300, 0 of them empty" in file
    assert "median 4, longest 4" in file
    assert "word: punctuation stands apart" in file
    described = run("describe", small_run).out
    assert "model.hidden_size" in described
    assert "validation" in described
    assert re.search(r"made by +elman \d", described)


def test_doctor_lists_versions_and_kernels(run):
    result = run("doctor")
    assert result.code == 0
    for part in ("elman", "torch", "native module", "recurrences", "instructions", "threads", "OpenMP"):
        assert part in result.out


def test_doctor_says_what_is_missing(run, monkeypatch):
    import elman.native
    from elman.cli.commands import doctor

    monkeypatch.setattr(elman.native, "build", lambda: None)
    monkeypatch.setattr(doctor, "_openmp_runtimes", list)  # what else is loaded depends on the tests before
    result = run("doctor", "--strict")
    assert result.code == 2
    assert "not built" in result.out
    assert "fix: Install a C++17 compiler" in result.out
    assert "1 thing to fix" in result.out


def test_demo_trains_on_what_python_ships(run, tmp_path, monkeypatch):
    from elman.training import pace

    monkeypatch.setattr(pace, "measure", lambda *_: pace.Speed(step=1.0, validation=0.0, measuring=0.0))
    result = run("demo", "--out", tmp_path / "demo", "--minutes", 0.1)
    assert result.code == 0, result.err
    assert "what it gives before training" in result.err
    assert "what it gives now" in result.err
    assert result.out.count("  elman ") == 3
    assert (tmp_path / "demo" / "report.html").exists()


def test_demo_without_its_text_says_what_to_do(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "pydoc_data.topics", None)
    result = run("demo")
    assert result.code == 2
    assert "lacks the module pydoc_data.topics" in result.err
    assert "elman train lm my.txt" in result.err


def test_help_and_version(run):
    assert run("--version").out == f"elman {elman.__version__}\n"
    assert "--hidden" in run("train", "--help").out
    assert run("--help").code == 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_saves_and_gives_its_exit_code(text_file, tmp_path, number, code):
    out = tmp_path / "run"
    command = [*PROGRAM, "train", "lm", str(text_file), "--steps", "1000000", "--hidden", "8", "--out", str(out)]
    training = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not (out / "metrics.jsonl").exists():
        time.sleep(0.05)
        assert training.poll() is None
    time.sleep(0.3)
    training.send_signal(number)
    stdout, stderr = training.communicate(timeout=60)
    assert training.returncode == code, stderr
    assert f"go on with: elman train --resume {out}" in stdout
    assert (out / "report.html").exists()
    assert len(list((out / "checkpoints").iterdir())) >= 1
