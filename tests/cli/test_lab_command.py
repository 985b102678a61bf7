"""elman lab: what it prints and writes, and what a user can get wrong."""

import json
import re
from html import escape

import pytest

from elman.cli.commands import lab
from elman.errors import ConfigError
from elman.lab.experiments import EXPERIMENTS


def refused(result, *parts):
    assert result.code == 2, result.err
    [line] = [line for line in result.err.splitlines() if line.startswith("error: ")]
    for part in parts:
        assert part in line


def test_alone_it_lists_every_experiment(run):
    result = run("lab")
    assert result.code == 0
    assert "jacobian" in result.out
    assert "000 L46-59" in result.out
    listed = json.loads(run("lab", "--json").out)
    assert {"name", "deck", "shows", "seconds"} == listed[0].keys()


def test_it_prints_text_and_json(run):
    text = run("lab", "jacobian").out
    assert "diag(tanh'(u_4)) W" in text
    assert "0.09863432609" in text
    facts = json.loads(run("lab", "jacobian", "--json").out)
    assert facts["name"] == "jacobian"
    assert facts["deck"][0] == ["000", "46-59"]


@pytest.mark.parametrize(
    ("ending", "start"),
    [
        ("svg", b"<svg"),
        ("png", b"\x89PNG"),
        ("html", b"<!DOCTYPE html>"),
        ("json", b'{"name": "jacobian"'),
        ("txt", b"How a gradient"),
    ],
)
def test_it_writes_each_format(run, tmp_path, ending, start):
    out = tmp_path / f"seen.{ending}"
    result = run("lab", "jacobian", "--out", out)
    assert result.code == 0, result.err
    assert out.read_bytes().startswith(start)
    assert str(out) in result.err


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        (
            ["adding", "--seeds", "2", "--set", "lab.length=10"],
            ["LSTM, chrono, seed 1: 0% of 10 updates", "simple, tanh, seed 2: 0% of 10"],
        ),
        (["depth", "--set", "lab.layers=3"], ["3 layers, plain, seed 1: 0% of 10 updates"]),
    ],
)
def test_a_training_says_on_a_terminal_how_far_it_is(run, monkeypatch, arguments, shown):
    monkeypatch.setattr(lab, "width_of", lambda stream: 80)
    result = run("lab", *arguments, "--set", "lab.updates=10")
    assert result.code == 0, result.err
    for part in shown:
        assert f"\r\x1b[K{part}" in result.err
    assert result.err.endswith("\r\x1b[K")
    assert "updates" not in run("lab", "jacobian").err


def test_without_a_terminal_nothing_is_said_of_a_training(run):
    assert run("lab", "depth", "--set", "lab.updates=10", "--set", "lab.layers=3").err == ""


def test_describe_lists_its_options(run):
    assert "steps = 127" in run("describe", "eigen").out
    assert "experiments" in run("describe").out


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["jacobain"], ["unknown experiment 'jacobain'", "'jacobian'"]),
        (["xyz"], ["unknown experiment 'xyz'. `elman lab` lists them."]),
        (["adding", "--minutes", "x"], ["--minutes: expected a number. See elman lab --help."]),
        (["adding", "--set", "lab.updates=x"], ["lab.updates", "got 'x', expected a valid integer."]),
        (["through-time"], ["unknown experiment 'through-time'", "'steps127'"]),
        (["jacobian", "--out", "x.pdf"], ["there is no format .pdf", ".svg, .png, .html, .json or .txt"]),
        (["jacobian", "--out", "x"], ["there is no format without an ending"]),
        (["jacobian", "--out", "no/such/x.svg"], ["cannot be written: there is no folder no/such."]),
        (["jacobian", "--out", "no/such/x.png"], ["cannot be written"]),
        (["jacobian", "--seed", "2"], ["--seed: jacobian does not have it", "nothing in it is drawn"]),
        (["jacobian", "--minutes", "2"], ["--minutes: jacobian does not have it", "nothing in it is trained"]),
        (["adding", "--minutes", "0"], ["--minutes: got 0.0, expected greater than 0"]),
        (["bottleneck", "--set", "lab.minutes=0"], ["lab.minutes", "got 0, expected greater than 0"]),
        (["eigen", "--set", "lab.steps=0"], ["lab.steps", "0"]),
        (["eigen", "--set", "model.steps=1"], ["got [model]", "lab.KEY=VALUE"]),
        (["--all"], ["name a folder", "--out lecture"]),
        (["--all", "--out", "no/such/lecture"], ["cannot be made", "parent folder"]),
        (["jacobian", "--all"], ["takes --out FOLDER and nothing else"]),
        (["--out", "x.svg"], ["no experiment"]),
    ],
)
def test_what_a_user_can_get_wrong(run, tmp_path, monkeypatch, arguments, parts):
    monkeypatch.chdir(tmp_path)
    refused(run("lab", *arguments), *parts)
    assert not list(tmp_path.iterdir())


@pytest.fixture
def three(monkeypatch):
    """Let there be three experiments: of deck 003, 000 and 001."""
    monkeypatch.setattr(EXPERIMENTS, "names", lambda: ["clipping", "jacobian", "labels"])


def test_all_of_them_are_one_page_in_the_order_of_the_lecture(run, tmp_path, three):
    result = run("lab", "--all", "--out", tmp_path / "lecture")
    assert result.code == 0, result.err
    assert {path.stem for path in tmp_path.glob("lecture/*.svg")} == {"clipping", "jacobian", "labels"}
    assert json.loads((tmp_path / "lecture" / "labels.json").read_text())["name"] == "labels"
    page = (tmp_path / "lecture" / "index.html").read_text()
    assert re.findall(r'<h2 id="([\w-]+)"', page) == ["jacobian", "labels", "clipping"]
    assert page.count("<svg") == 3
    assert set(re.findall(r'<li>L[\d-]+ <a href="#([\w-]+)">', page)) == {"clipping", "jacobian", "labels"}
    for said in ("Deck 000, COMP0087", "L46-59", "elman lab labels", "Misprint", "Not made"):
        assert (said in page) == (said != "Not made")
    assert re.search(r"1/3 jacobian, about 0\.1 s: took \d+\.\d s\n2/3 labels", result.err)


@pytest.mark.parametrize(
    ("error", "why"),
    [(ConfigError("too <far>."), "too <far>."), (ZeroDivisionError("by 0"), "ZeroDivisionError: by 0")],
)
def test_one_that_fails_leaves_the_others(run, tmp_path, three, monkeypatch, error, why):
    def fails(_):
        raise error

    monkeypatch.setattr(EXPERIMENTS.get("labels"), "found", fails)
    result = run("lab", "--all", "--out", tmp_path / "lecture")
    assert result.code == 1
    assert f"2/3 labels, about 0.1 s: {why}\n" in result.err
    assert "error: 1 could not be made; the page says why." in result.err
    assert "2 experiments are in" in result.out
    assert not (tmp_path / "lecture" / "labels.svg").exists()
    page = (tmp_path / "lecture" / "index.html").read_text()
    assert page.count("<svg") == 2
    assert page.count(escape(why)) == 2  # above everything, and at its place


def test_what_was_made_before_an_interrupt_is_on_the_page(run, tmp_path, three, monkeypatch):
    def interrupted(_):
        raise KeyboardInterrupt

    monkeypatch.setattr(EXPERIMENTS.get("labels"), "found", interrupted)
    result = run("lab", "--all", "--out", tmp_path / "lecture")
    assert result.code == 130
    assert "index.html has what was made before" in result.err
    page = (tmp_path / "lecture" / "index.html").read_text()
    assert page.count("<svg") == 1
    assert page.count("interrupted before") == 4  # labels and clipping, above everything and at their places
