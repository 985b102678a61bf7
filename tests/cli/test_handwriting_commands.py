"""Handwriting from a file to a picture, by the commands that people type."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

import elman

SMALL = ["--steps", 4, "--hidden", 8, "--threads", 1, "--set", "model.components=2", "--set", "model.window=2"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("words")
    strokes = {"l": [[2, 0, 0], [0, 5, 0], [0, 4, 1]], "o": [[2, 0, 0], [3, 3, 0], [-3, 3, 1]]}
    for part, texts in (("train", ["lo", "ol", "l", "ooll"] * 6), ("valid", ["lol", "o"])):
        rows = [{"text": text, "strokes": [point for one in text for point in strokes[one]]} for text in texts]
        (path / f"{part}.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return path


def test_the_recipe_runs_says_what_it_reaches_and_how_it_is_called(run, folder, tmp_path):
    (recipe,) = (Path(__file__).parent.parent.parent / "configs" / "handwriting").glob("*.toml")
    text = recipe.read_text(encoding="utf-8")
    assert re.search(r"test .*\d", text.split("\n")[0])
    assert f"#   elman train configs/handwriting/{recipe.name} --train " in text
    files = ["--train", folder / "train.jsonl", "--valid", folder / "valid.jsonl"]
    assert run("train", recipe, *files, "--out", tmp_path / "r", *SMALL).code == 0
    assert (tmp_path / "r" / "model.safetensors").exists()


@pytest.fixture(scope="module")
def trained(folder):
    settings = {"model.components": 2, "model.window": 2}
    files = {"valid": str(folder / "valid.jsonl"), "out": folder / "run"}
    options = {"steps": 4, "hidden": 8, "threads": 1, "settings": settings}
    return elman.train("handwriting", str(folder / "train.jsonl"), **files, **options).path


def test_one_command_trains_and_says_what_it_saw(run, folder, tmp_path):
    files = [folder / "train.jsonl", "--valid", folder / "valid.jsonl"]
    done = run("train", "handwriting", *files, "--out", tmp_path / "r", *SMALL)
    assert done.code == 0
    assert "nats/point (one Gaussian)" in done.err
    assert "characters 2: lo" in done.err
    assert f'elman generate {tmp_path / "r"} "TEXT" --count 3 --bias 1 --out written.svg' in done.out


def test_a_text_is_written_with_true_drawings_before(run, trained, folder, tmp_path):
    out = tmp_path / "x.svg"
    wanted = ["loll", "--count", 2, "--bias", 1, "--beside", folder / "valid.jsonl", "--out", out]
    done = run("generate", trained, *wanted)
    assert (done.code, done.out) == (0, "")
    assert done.err.endswith(f"2 drawings: {out}\n")
    picture = out.read_text()
    assert picture.count(">true</text>") == picture.count(">drawn, bias 1</text>") == 2
    rows = [json.loads(line) for line in run("generate", trained, "lo", "--length", 5, "--json").out.splitlines()]
    assert 1 <= len(rows[0]["points"]) <= 5


def test_pictures_of_data_whose_y_goes_up_are_turned_and_nothing_else_is(run, folder, tmp_path):
    told = []
    for name, options in (("up", ["--set", "task.upwards=true"]), ("down", [])):
        run("train", "handwriting", folder / "train.jsonl", "--out", tmp_path / name, *SMALL, *options)
        out = tmp_path / f"{name}.svg"
        run("generate", tmp_path / name, "lo", "--beside", folder / "valid.jsonl", "--out", out)
        told.append(run("generate", tmp_path / name, "lo", "--json").out)
    assert 'd="M2 0L2 -5 2 -9M4 -9L7 -12 4 -15M' in (tmp_path / "up.svg").read_text()
    assert 'd="M2 0L2 5 2 9M4 9L7 12 4 15M' in (tmp_path / "down.svg").read_text()
    assert told[0] == told[1] != ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "error: the text to write: got none, expected some of 'lo'. Write others."),
        (
            ["lö"],
            "error: the text to write: got 'ö', which no text of training has, expected some of 'lo'. Write others.",
        ),
        (["lo", "--temperature", 0.5], "error: --temperature: means nothing to drawings. Leave it out."),
    ],
)
def test_what_cannot_be_written_is_refused(run, trained, options, message):
    done = run("generate", trained, *options)
    assert (done.code, done.err.strip()) == (2, message)


def test_files_are_scored_and_answered_and_the_window_is_shown(run, trained, folder, tmp_path):
    facts = json.loads(run("evaluate", trained, folder / "valid.jsonl", "--json").out)
    assert [score["unit"] for score in facts["scores"]] == ["nats/point", "nats/point, in units of the data"]
    [first, _] = run("predict", trained, folder / "valid.jsonl", "--input", "data").out.splitlines()
    assert first.startswith("valid.jsonl:1: 9 points of lol, ")
    assert run("inspect", trained, "window", "lo").out.startswith("character  read most at points\nl          ")
    assert run("inspect", trained, "window", "lo", "--out", tmp_path / "w.svg").code == 0
    drawing = (tmp_path / "w.svg").read_text()
    assert drawing.count("<svg") == drawing.count(">points<") == 1


def test_a_run_that_draws_writes_no_text(run, folder, tmp_path):
    made = tmp_path / "r"
    run("train", "strokes", folder / "train.jsonl", "--out", made, "--steps", 1, "--hidden", 8)
    done = run("inspect", made, "window", "lo")
    assert done.code == 2
    assert "task 'strokes' has no handwriting; a run of task 'handwriting' has." in done.err


def test_a_file_of_drawings_with_texts_is_told_both_tasks(run, folder, tmp_path):
    done = run("describe", folder / "train.jsonl")
    assert done.code == 0, done.err
    assert re.search(rf"train +elman train ctc {folder}/train\.jsonl\n", done.out)
    assert re.search(rf"to write by hand +elman train handwriting {folder}/train\.jsonl\n", done.out)
    assert re.search(rf"to draw +elman train strokes {folder}/train\.jsonl\n", done.out)
    numbers = tmp_path / "numbers.jsonl"
    numbers.write_text('{"frames": [[1, 2, 0], [1, 1, 1]], "text": "on"}\n' * 3)
    assert "handwriting" not in run("describe", numbers).out


def test_drawings_without_texts_are_told_what_they_are_good_for(run, tmp_path):
    np.savez(tmp_path / "a.npz", train_strokes=np.ones((4, 3)), train_len=np.array([2, 2]))
    done = run("train", "handwriting", tmp_path / "a.npz", "--out", tmp_path / "r")
    assert done.code == 2
    assert done.err.endswith(
        f"error: {tmp_path}/a.npz: looks like arrays (.npz): got no text in it, expected text. Drawings alone: elman "
        'train strokes; with a text for each they are JSON lines: {"strokes": [[1, -2, 0], [3, 4, 1]], "text": "on"}.\n'
    )


def test_few_texts_may_be_labels(run, tmp_path):
    shapes = {"line": "[[9, 0, 1]]", "angle": "[[5, 0, 0], [0, 6, 1]]"}
    lines = [f'{{"strokes": {strokes}, "sentence": "{name}"}}\n' for name, strokes in shapes.items()]
    file = tmp_path / "few.jsonl"
    file.write_text("".join(lines * 10))
    told = run("describe", file).out
    found = re.search(r"to tell apart +elman (train classify .*)\n", told)
    options = "--set reader.name=jsonl_series --set reader.label=sentence"
    assert found[1].startswith(f"train classify {file} ")
    assert found[1].endswith(options)
    done = run("train", "classify", file, *options.split(), "--out", tmp_path / "r", "--steps", 1, "--hidden", 4)
    assert done.code == 0, done.err
    file.write_text("".join(lines * 9))  # nine of each
    assert "to tell apart" not in run("describe", file).out
    file.write_text(lines[0] * 20)
    assert "to tell apart" not in run("describe", file).out
