"""What tokens cost: the bits of `elman score`, ranks, and what is said of them."""

import json
import math

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.inspection.views import surprise
from tests.inspection.runs_to_look_at import TEXT, language_model


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return language_model(tmp_path_factory.mktemp("surprise"))


def seen(run, capsys, *given):
    assert main(["inspect", str(run), "surprise", *given, "--format", "json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_bits_are_those_of_score(run, capsys):
    line = "the cat sat on zebras"
    (found,) = seen(run, capsys, line)
    scored = elman.load(run).score([line])[0]
    assert found["bits"] == pytest.approx(-scored.log_prob_nats / math.log(2), rel=1e-5)
    assert len(found["tokens"]) == scored.tokens
    assert [row["unknown"] for row in found["tokens"]] == [False, False, False, False, True, False]
    assert sum(row["bits"] for row in found["tokens"]) == pytest.approx(found["bits"], rel=1e-12)


def test_ranks_count_the_tokens_that_are_likelier(run, capsys):
    (found,) = seen(run, capsys, "the cat")
    model = elman.load(run)
    stepper, ids = model.model.stepper(), model.task.tokens.encode("the cat")
    log_probs, _ = stepper.advance(np.array([stepper.start]), stepper.begin(np.arange(1)))
    order = np.argsort(-log_probs[0]).tolist()
    assert found["tokens"][0]["rank"] == order.index(ids[0]) + 1
    assert found["tokens"][0]["likeliest"] == model.task.tokens.shown(order[0]).replace("\n", "↵")
    assert found["tokens"][0]["probability"] == pytest.approx(math.exp(log_probs[0].max()))


def test_what_is_unknown_is_said(run, capsys):
    assert main(["inspect", str(run), "surprise", "the zebra"]) == 0
    out = capsys.readouterr().out
    assert "1 token unknown" in out.replace("1 tokens", "1 token")
    assert "(unknown)" in out


def test_an_n_gram_has_it_too_and_says_what_else_it_has_not(tmp_path, capsys):
    run = language_model(tmp_path, model="ngram")
    (found,) = seen(run, capsys, "the cat sat")
    assert len(found["tokens"]) == 4
    assert main(["inspect", str(run), "gates", "the cat"]) == 2
    said = capsys.readouterr().err
    assert "is no network and has no gates. This run has: agreement, surprise." in said.replace("\n", " ")


def test_an_empty_line_has_its_end(run, capsys):
    (found,) = seen(run, capsys, "")
    assert len(found["tokens"]) == 1


def test_without_an_input_the_runs_own_data_is_shown(run, capsys):
    assert main(["inspect", str(run), "surprise"]) == 0
    shown = capsys.readouterr()
    assert "no input was given: shown are 2 of the validation data of the run." in shown.err
    assert len(shown.out.split("\n\n")) == 2
    assert TEXT.split()[0] in shown.out


def test_pictures(run, tmp_path, capsys):
    for name in ("seen.svg", "seen.png", "seen.html", "seen.json"):
        assert main(["inspect", str(run), "surprise", "the cat sat", "--out", str(tmp_path / name)]) == 0
    assert ">the<" in (tmp_path / "seen.svg").read_text()
    assert "bits" in (tmp_path / "seen.svg").read_text()
    assert (tmp_path / "seen.png").read_bytes().startswith(b"\x89PNG")
    assert "<svg" in (tmp_path / "seen.html").read_text()
    assert main(["inspect", str(run), "surprise", "a", "b", "--out", str(tmp_path / "seen.png")]) == 2
    assert "a PNG shows one input: got 2" in capsys.readouterr().err
    assert main(["inspect", str(run), "surprise", "a", "--at", "1"]) == 2
    assert "--at: means nothing to the view surprise. Leave it out." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--format", "png", "--out", "a.svg"], "--format png and --out a.svg ask for different formats: give one"),
        (
            ["--out", "x"],
            "--out: x: there is no format without an ending. End it with .svg, .png, .html, .json or .txt",
        ),
    ],
)
def test_formats_that_contradict_or_are_not_named(run, capsys, tmp_path, monkeypatch, options, told):
    monkeypatch.chdir(tmp_path)
    assert main(["inspect", str(run), "surprise", "the cat", *options]) == 2
    assert told in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("value", "shown"), [(0.0, "0"), (0.000123456, "0.000123"), (0.00312, "0.00312"), (1.5, "1.50")]
)
def test_small_numbers_are_not_shown_as_nothing(value, shown):
    assert surprise._digits(value) == shown
