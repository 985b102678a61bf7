"""Drawings from a file to a picture, by the commands that people type."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

import elman

SQUARE = np.array([[9, 0, 0], [0, 7, 0], [-9, 0, 0], [0, -7, 1]])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("strokes")
    every = {f"{part}_strokes": np.tile(SQUARE, (count, 1)) for part, count in (("train", 24), ("valid", 8))}
    lengths = {f"{part}_len": np.full(count, 4) for part, count in (("train", 24), ("valid", 8))}
    np.savez(path / "squares.npz", **every, **lengths)
    return path


def test_the_recipe_runs_says_what_it_reaches_and_how_it_is_called(run, folder, tmp_path):
    (recipe,) = (Path(__file__).parent.parent.parent / "configs" / "strokes").glob("*.toml")
    text, file = recipe.read_text(encoding="utf-8"), f"{folder}/squares.npz"
    assert re.search(r"test .*\d", text.split("\n")[0])
    assert f"#   elman train configs/strokes/{recipe.name} --train " in text
    small = ["--out", tmp_path / "r", "--steps", 2, "--hidden", 8]
    assert run("train", recipe, "--train", file, "--valid", f"{file}#valid", *small).code == 0
    assert (tmp_path / "r" / "model.safetensors").exists()


@pytest.fixture(scope="module")
def trained(folder):
    file = f"{folder}/squares.npz"
    run = elman.train("strokes", file, valid=f"{file}#valid", out=folder / "run", steps=20, hidden=8, threads=1)
    return run.path


def test_one_command_trains_and_says_what_it_saw(run, folder, tmp_path):
    file, made = f"{folder}/squares.npz", tmp_path / "r"
    done = run("train", "strokes", file, "--valid", f"{file}#valid", "--out", made, "--steps", 4, "--hidden", 8)
    assert done.code == 0
    assert "to beat" in done.err
    assert "nats/point (one Gaussian)" in done.err
    assert "dx and dy divided by" in (made / "report.html").read_text()
    assert f"elman generate {made} --count 9 --bias 1 --out drawings.svg" in done.out


def test_the_report_has_true_and_drawn_drawings(trained):
    page = (trained / "report.html").read_text()
    assert "<h2>Drawings</h2>" in page
    for name in ("true", "drawn, bias 0", "drawn, bias 1"):
        assert page.count(f">{name}</text>") == 6


def test_drawings_are_written_with_true_ones_before(run, trained, folder, tmp_path):
    out = tmp_path / "x.svg"
    wanted = ["--count", 3, "--bias", 0.5, "--beside", f"{folder}/squares.npz#valid", "--out"]
    done = run("generate", trained, *wanted, out)
    assert (done.code, done.out) == (0, "")
    assert done.err.endswith(f"3 drawings: {out}\n")
    picture = out.read_text()
    assert picture.count(">true</text>") == picture.count(">drawn, bias 0.5</text>") == 3
    assert picture.startswith("<svg ")
    again = tmp_path / "again.svg"
    run("generate", trained, *wanted, again)
    assert again.read_bytes() == out.read_bytes()


def test_drawings_are_shown_in_characters_or_told_as_points(run, trained):
    shown = run("generate", trained, "--length", 8).out
    assert any("\u2800" < letter <= "\u28ff" for letter in shown)
    rows = [
        json.loads(line) for line in run("generate", trained, "--count", 2, "--length", 5, "--json").out.splitlines()
    ]
    assert [len(row["points"]) for row in rows] == [5, 5]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["ROMEO"], "error: PROMPT: means nothing to drawings. Leave it out."),
        (["--temperature", 0.5], "error: --temperature: means nothing to drawings. Leave it out."),
        (["--top-k", 2], "error: --top-k: means nothing to drawings. Leave it out."),
        (["--top-p", 0.5], "error: --top-p: means nothing to drawings. Leave it out."),
        (["--beam", 2], "error: --beam: means nothing to drawings. Leave it out."),
        (["--stop", "x"], "error: --stop: means nothing to drawings. Leave it out."),
        (["--first", 2], "error: --first: means nothing to drawings. Leave it out."),
        (["--tempo", 60], "error: --tempo: means nothing to drawings. Leave it out."),
        (["--bias", -1], "error: bias: got -1, expected a number from 0 to 100."),
        (["--beside", "x"], "error: --beside: got a file, but no --out: only a picture has true drawings beside."),
    ],
)
def test_what_means_nothing_to_drawings_is_refused(run, trained, options, message):
    done = run("generate", trained, *options)
    assert (done.code, done.err.strip()) == (2, message)


def test_drawings_are_described_with_the_command_that_learns_them(run, folder):
    told = run("describe", f"{folder}/squares.npz").out
    assert f"elman train strokes {folder}/squares.npz" in told


def test_a_run_of_text_draws_nothing(run, small_run, tmp_path):
    alone, both = "drawings alone", "drawings and music"
    for option, value, whose in (("--bias", 1, alone), ("--out", tmp_path / "x.svg", both), ("--beside", "x", alone)):
        done = run("generate", small_run, option, value)
        expected = f"error: {option}: is for {whose}; this run writes text. Leave it out."
        assert (done.code, done.err.strip()) == (2, expected)


def test_files_are_scored_and_answered(run, trained, folder):
    facts = json.loads(run("evaluate", trained, f"{folder}/squares.npz#valid", "--json").out)
    assert [score["unit"] for score in facts["scores"]] == ["nats/point", "nats/point, in units of the data"]
    assert set(facts["naive"]["one Gaussian"]) == {"cross_entropy", "cross_entropy_own_units"}
    [*_, last] = run("predict", trained, f"{folder}/squares.npz#valid", "--input", "data").out.splitlines()
    assert last.startswith("squares.npz:valid:8: 4 points, ")


def test_a_run_on_parts_of_a_file_is_gone_on_with(run, folder, tmp_path):
    file, made = f"{folder}/squares.npz", tmp_path / "r"
    small = ["--valid", f"{file}#valid", "--out", made, "--steps", 2, "--hidden", 8, "--threads", 1]
    assert run("train", "strokes", f"{file}#train", *small).code == 0
    done = run("train", "--resume", made, "--steps", 4)
    assert done.code == 0, done.err
    assert "finished at step 4" in done.err + done.out
    file = Path(file).rename(folder / "moved.npz")
    assert f"squares.npz#train: no such file. If it moved, name it anew: elman train --resume {made}" in run(
        "train", "--resume", made, "--steps", 6
    ).err.replace("\n", " ")
    file.rename(folder / "squares.npz")


def test_a_part_that_is_not_there_is_named(run, trained, folder):
    done = run("evaluate", trained, f"{folder}/squares.npz#test")
    assert done.code == 2
    assert (
        "no array 'test_strokes': got train_len, train_strokes, valid_len, valid_strokes. Name a part that" in done.err
    )
