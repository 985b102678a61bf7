"""Dynamic evaluation scores before it learns, learns as the formula says, and leaves the run as it was."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

import elman
from elman.cli.main import main
from elman.data.corpus import Corpus
from elman.errors import ConfigError
from elman.inference import dynamic
from elman.inference.dynamic import Following, Rule, _followed, _roots, evaluate_dynamically
from tests.conftest import sentences

GOLDEN = json.loads((Path(__file__).parent / "golden_dynamic.json").read_text())
QUIET = {"say": lambda remark: None}


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A character model of sentences."""
    folder = tmp_path_factory.mktemp("dynamic")
    (folder / "train.txt").write_text(sentences(400))
    (folder / "valid.txt").write_text(sentences(120, 1))
    (folder / "other.txt").write_text("".join(f"{line} !\n" for line in sentences(50, 2).upper().splitlines()))
    elman.train(
        *("lm", str(folder / "train.txt")),
        out=folder / "run",
        valid=str(folder / "valid.txt"),
        **{"steps": 60, "hidden": 24, "level": "character", "threads": 1},
    )
    return elman.load(folder / "run")


def other(run):
    return str(run.path.parent / "other.txt")


@pytest.fixture(scope="module")
def roots(run):
    return _roots(run.model, corpus(run, run.training[0]), run.task)


def corpus(run, file):
    return run.task.encode(run.reader, run.reader.find([file]), run.path.parent)


@pytest.mark.parametrize(("length", "key"), [(1, "nll_segments_of_1"), (2, "nll_segments_of_2_mean_loss")])
def test_the_update_is_that_of_the_golden(length, key):
    weights = torch.tensor(GOLDEN["theta0"], dtype=torch.float64, requires_grad=True)
    rule = Rule(GOLDEN["eta"], GOLDEN["lambda"], GOLDEN["epsilon"])
    following = Following([weights], [torch.tensor(GOLDEN["rms"], dtype=torch.float64)], rule)
    tokens, found = torch.tensor(GOLDEN["tokens"]), []
    for segment in tokens.split(length):
        nats = -torch.log_softmax(weights, 0)[segment]
        found += nats.tolist()
        following.update(torch.autograd.grad(nats.mean(), [weights]))
        if length == 1:
            expected = GOLDEN["theta_after_each"][len(found) - 1]
            np.testing.assert_allclose(weights.detach(), expected, atol=1e-12)
    np.testing.assert_allclose(found, GOLDEN[key], atol=1e-12)


def test_what_draws_back_is_bounded():
    weights, roots = [torch.zeros(2)], [torch.tensor([0.0, 100.0])]
    following = Following(weights, roots, Rule(0.0, 0.9))
    weights[0] += 1.0
    following.update([torch.zeros(2)])
    # D would be 2 for the second weight; 1 / λ brings it back to where it was, and not beyond.
    np.testing.assert_allclose(weights[0], [1.0, 0.0], atol=1e-6)


def test_a_segment_is_scored_before_it_is_learned_from(run, roots):
    text = corpus(run, other(run))
    parts = list(_followed(run.model, roots, text, Rule(3e-3, 0.01), run.ready.start))
    static = run.ready.read(
        np.concatenate([[run.ready.start], text.store.ids[:20]])[None], None, run.ready.begin(np.arange(1))
    )
    np.testing.assert_allclose(parts[0].nll, static.nats[0], rtol=2e-5)
    assert np.concatenate([part.places for part in parts]).tolist() == list(range(len(text.store)))


def test_what_follows_a_segment_changes_nothing_in_it(run, roots):
    text = corpus(run, other(run)).store
    short, long = (
        np.concatenate(
            [one.nll for one in _followed(run.model, roots, Corpus(store), Rule(3e-3, 0.01), run.ready.start)]
        )
        for store in (text.beginning(200), text.beginning(400))
    )
    assert np.array_equal(short, long[:200])


def test_it_learns_from_the_text_and_the_run_stays(run):
    before = {name: value.copy() for name, value in run.model.weights().items()}
    again = run.evaluate(other(run)).scores[0].value
    found = evaluate_dynamically(run, [other(run)], [other(run)], **QUIET)
    assert np.log(found.static) == pytest.approx(again, abs=1e-6)
    assert found.evaluation.scores[0].value < again
    signature = found.evaluation.scores[0].signature
    assert f"dynamic:20|rate:{found.rule.rate:g}|decay:{found.rule.decay:g}" in signature
    assert all(np.array_equal(value, before[name]) for name, value in run.model.weights().items())
    assert run.evaluate(other(run)).scores[0].value == again
    assert evaluate_dynamically(run, [other(run)], [other(run)], **QUIET).evaluation == found.evaluation


def test_the_command_shows_both_numbers(run, capsys, monkeypatch):
    monkeypatch.setattr(dynamic, "RATES", (1e-4,))
    monkeypatch.setattr(dynamic, "DECAYS", (0.02,))
    assert main(["evaluate", str(run.path), other(run), "--dynamic"]) == 0
    shown = capsys.readouterr()
    assert shown.out.startswith("as trained  perplexity ")
    assert "dynamic:20|rate:" in shown.out
    assert "gathers how large gradients are on the training text" in shown.err
    assert main(["evaluate", str(run.path), other(run), "--dynamic", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["static_perplexity"] > 1
    assert found["rate"] > 0


@pytest.mark.parametrize(
    ("model", "more"),
    [
        ("rnn_maxent", {"model.head_options": {"cells": 4096, "classes": 4}}),
        ("rnn_lm", {"model.spelling": {"widths": [1, 2], "maps": 4, "highways": 0}}),
    ],
)
def test_other_recurrent_networks_learn_on_too(tmp_path, text_file, monkeypatch, model, more):
    monkeypatch.setattr(dynamic, "RATES", (1e-4,))
    monkeypatch.setattr(dynamic, "DECAYS", (0.02,))
    options = {"steps": 20, "hidden": 8, "level": "word", "threads": 1, "model": model, "learning_rate": 0.02}
    elman.train("lm", str(text_file), out=tmp_path / "run", settings=more, **options)
    found = evaluate_dynamically(elman.load(tmp_path / "run"), [str(text_file)], [str(text_file)], **QUIET)
    assert np.isfinite(found.evaluation.scores[0].value)


def test_counts_have_no_gradient(tmp_path, text_file):
    elman.train("lm", str(text_file), out=tmp_path / "run", model="ngram")
    with pytest.raises(ConfigError, match=r"--dynamic: .*: got .*, expected a recurrent network\."):
        evaluate_dynamically(elman.load(tmp_path / "run"), [str(text_file)], [str(text_file)], **QUIET)


def test_lines_have_nothing_to_learn_for(tmp_path, text_file):
    options = {"steps": 2, "hidden": 4, "level": "character", "threads": 1}
    elman.train("lm", str(text_file), out=tmp_path / "run", settings={"task.lines": True}, **options)
    with pytest.raises(ConfigError, match=r"each line is a text of its own, and nothing follows that it could learn"):
        evaluate_dynamically(elman.load(tmp_path / "run"), [str(text_file)], [str(text_file)], **QUIET)


def test_without_a_training_text_nobody_knows_how_far_to_move(run):
    alone = type(run)(run.path, run.task, run.model, run.reader, run.validation)
    with pytest.raises(ConfigError, match="does not say what it was trained on, and how far weights may move"):
        evaluate_dynamically(alone, [other(run)], [other(run)], **QUIET)


@pytest.mark.parametrize("more", [["--mix"], ["--cache", "5"], ["--out", "answers.jsonl"]])
def test_options_that_do_not_go_together(run, more, capsys):
    assert main(["evaluate", str(run.path), other(run), "--dynamic", *more]) == 2
    assert "--dynamic: takes one run, without --mix, --cache and --out." in capsys.readouterr().err
