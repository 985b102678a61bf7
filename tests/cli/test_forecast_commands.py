"""Forecasts from a table to an answer, by the commands that people type; every recipe runs."""

import json
import math
import re
from pathlib import Path

import pytest

import elman
from tests.reports import rendered

RECIPES = sorted((Path(__file__).parent.parent.parent / "configs" / "forecast").glob("*.toml"))


def hours(folder, rows=400):
    path = folder / "load.csv"
    lines = [
        f"2024-{1 + row // 672:02}-{1 + row // 24 % 28:02} {row % 24:02}:00:00,{row % 7},{10 * math.sin(row / 4):.3f}"
        for row in range(rows)
    ]
    path.write_text("\n".join(["date,day,OT", *lines]) + "\n")
    return path


def rolls(folder):
    path = folder / "songs.json"
    piece = [[60, 64], [60], [], [67, 72]] * 4
    path.write_text(json.dumps({"train": [piece] * 6, "valid": [piece] * 2, "test": [piece[:9]]}))
    return path


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("forecast")
    settings = {"reader.values": ["OT"], "task.horizon": 3, "model.hidden_size": 8}
    with rendered():
        elman.train("forecast", f"{hours(folder)}#1:300", valid=f"{folder}/load.csv#301:", out=folder / "run", steps=5,
                    threads=1, settings=settings, listener=elman.silent)  # fmt: skip
    return folder


def test_scores_stand_beside_what_is_repeated(run, trained):
    done = run("evaluate", trained / "run", f"{trained}/load.csv#351:400")
    assert done.code == 0, done.err
    assert "16 runs of 3 forecasts  48 forecasts  144 values" in done.out
    assert re.search(
        r"mean squared error +\d\.\d{4}  squared standardised units \(last 0\.\d+\) \(24 before \d", done.out
    )
    assert re.search(r"coverage +\d\.\d{4}  of values, 80% forecast\n", done.out)
    assert "  ahead" in done.out
    facts = json.loads(run("evaluate", trained / "run", f"{trained}/load.csv#351:400", "--json").out)
    assert facts["naive"].keys() == {"last", "24 before"}
    units = {score["name"]: score["unit"] for score in facts["scores"]}
    assert units["mean_absolute_error_own_units"] == "units of OT"
    assert units["cross_entropy"] == "nats/value, in units of the data"


def test_what_comes_next_is_printed_with_quantiles(run, trained):
    done = run("predict", trained / "run", trained / "load.csv")
    lines = done.out.splitlines()
    assert lines[0] == "load.csv:2: 3 steps after row 400"
    assert lines[1].split() == ["step", "OT", "10%", "90%"]
    assert [line.split()[0] for line in lines[2:]] == ["1", "2", "3"]
    facts = json.loads(run("predict", trained / "run", trained / "load.csv", "--json").out)
    column = facts["columns"]["OT"]
    assert (facts["after"], facts["steps"], len(column["forecast"])) == (400, 3, 3)
    for low, middle, high in zip(*(column["quantiles"][level] for level in ("0.1", "0.5", "0.9")), strict=True):
        assert low < middle < high


def test_the_report_draws_forecasts(trained):
    page = (trained / "run" / "report.html").read_text()
    assert "one forecast of OT" in page
    assert "OT, each 3 steps ahead" in page
    assert page.count("what came") >= 2
    assert "10% to 90%" in page


def test_music_is_told_by_keys(run, pictures, tmp_path):
    name = rolls(tmp_path)
    out = tmp_path / "run"
    settings = ("--set", "model.hidden_size=8", "--steps", 4, "--threads", 1)
    done = run("train", "forecast", f"{name}#train", "--valid", f"{name}#valid", "--out", out, *settings)
    assert done.code == 0, done.err
    assert "nats/step (frequency)" in done.err
    page = (out / "report.html").read_text()
    assert "<h2>what sounds in songs.json:valid:1</h2><" in page
    for name_of_axis in (">step<", ">MIDI number of the key<", ">true<", ">predicted, as high as it is probable<"):
        assert name_of_axis in page
    done = run("evaluate", out, f"{name}#test")
    assert re.search(r"cross entropy +\d+\.\d{4}  nats/step \(frequency \d+\.\d{4}\)", done.out)
    assert "sum over:88|first step:not scored" in done.out
    done = run("predict", out, f"{name}#test", "--k", 3)
    assert re.fullmatch(r"songs\.json:test:1, after step 9: (\d+ 0\.\d{3}  ){2}\d+ 0\.\d{3}\n", done.out)
    refused = run("evaluate", out, f"{name}#tset")
    assert refused.code == 2
    assert f"{name}: no part 'tset': got train, valid, test. Name one that is there with " in refused.err
    assert "--set reader.part=NAME, or behind the file: songs.json#NAME." in refused.err


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_every_recipe_runs_says_what_it_reaches_and_how_it_is_called(run, tmp_path, recipe):
    text = recipe.read_text(encoding="utf-8")
    assert re.search(r"test .*\d", text.split("\n")[0])
    assert f"#   elman train configs/forecast/{recipe.name} --train '" in text
    music = 'name = "rolls"' in text
    name = rolls(tmp_path) if music else hours(tmp_path)
    parts = ("train", "valid") if music else ("1:300", "301:400")
    train, valid = (f"{name}#{part}" for part in parts)
    small = ("--set", "model.hidden_size=8", "--steps", 2)
    done = run("train", recipe, "--train", train, "--valid", valid, "--out", tmp_path / "run", *small)
    assert done.code == 0, done.err


@pytest.mark.parametrize("header", ["date,OT", 'date;"OT"\n\n'])
def test_a_header_alone_is_told(run, tmp_path, header):
    (tmp_path / "a.csv").write_text(header)
    done = run("train", "forecast", tmp_path / "a.csv", "--out", tmp_path / "r")
    assert done.code == 2
    assert done.err.endswith(f"error: {tmp_path}/a.csv:1: no row below the header, expected numbers.\n")
