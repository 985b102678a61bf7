"""Sequences to sequences: learned, written, scored, kept, gone on with."""

import json
import math
import random
import re
from pathlib import Path

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.errors import ConfigError, DataError
from elman.inference.abilities import lacking
from elman.inference.together import Together
from elman.runs import checkpoint as checkpoints

SMALL = {"hidden": 48, "batch_size": 16, "threads": 1, "learning_rate": 0.01, "level": "character"}
OPTIONS = {
    "task.score": "exact_match",
    "model.label_smoothing": 0.0,
    "model.dropout": 0.0,
    "training.validate_every": 150,
}


def turned(count, seed):
    """Return words of a few letters with what they are the other way round."""
    draw = random.Random(seed)
    words = ["".join(draw.choice("abcdé") for _ in range(draw.randint(1, 5))) for _ in range(count)]
    return [(word, word[::-1]) for word in words]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("turned")
    for name, pairs in (("train", turned(500, 1)), ("valid", turned(60, 2))):
        for side, texts in zip(("x", "y"), zip(*pairs, strict=True), strict=True):
            (folder / f"{name}.{side}").write_text("".join(f"{text}\n" for text in texts))
    return folder


def train(files, out, **more):
    names = [f"{files}/{name}.x,{files}/{name}.y" for name in ("train", "valid")]
    given = {**SMALL, "settings": OPTIONS, **more}
    return elman.train("seq2seq", train=names[0], valid=names[1], out=out, **given)


@pytest.fixture(scope="module")
def run(files, tmp_path_factory):
    """A run that turns words round."""
    return train(files, tmp_path_factory.mktemp("runs") / "turned", steps=900).path


def test_B15_D10_it_learns_to_turn_words_round(run, files):
    model = elman.load(run)
    found = model.evaluate(f"{files}/valid.x,{files}/valid.y")
    scores = {score.name: score for score in found.scores}
    assert found.scores[0].name == "exact_match"
    assert scores["exact_match"].value >= 0.9
    assert scores["error_rate"].value < 0.05
    assert "tok:13a" in scores["bleu"].signature
    assert found.counts["texts"] == 60
    assert model.predict(["abc", "dab"]) == ["cba", "bad"]


def test_the_command_line_keeps_every_line_in_its_place(run, tmp_path, capsys):
    (tmp_path / "in.txt").write_text("abc\n\ndab\n")
    assert main(["predict", str(run), str(tmp_path / "in.txt"), "--input", "text"]) == 0
    assert capsys.readouterr().out.splitlines()[::2] == ["cba", "bad"]
    assert main(["predict", str(run), str(tmp_path / "in.txt"), "--input", "text", "--json"]) == 0
    first, empty, _ = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["source"] == "abc"
    assert first["text"] == "cba"
    assert first["log_prob"] < 0
    assert first["attention"]["source"] == ["a", "b", "c", "</s>"]
    assert np.shape(first["attention"]["weights"]) == (4, 4)
    assert np.sum(first["attention"]["weights"], 1) == pytest.approx([1] * 4, abs=1e-3)
    assert empty["source"] == ""


def test_training_goes_on_as_if_it_had_never_stopped(files, tmp_path):
    options = {**OPTIONS, "training.schedule": "constant", "model.dropout": 0.3}
    whole = train(files, tmp_path / "whole", steps=20, settings=options)
    train(files, tmp_path / "half", steps=10, settings=options)
    half = elman.resume(tmp_path / "half", steps=20)
    left, right = (elman.load(one.path).model.weights() for one in (whole, half))
    for name, array in left.items():
        np.testing.assert_array_equal(right[name], array)


@pytest.mark.parametrize("decoder", ["unfed", "luong", "bahdanau", "hard"])
def test_every_decoder_trains_and_loads(files, tmp_path, decoder):
    options = {
        **OPTIONS,
        "model.decoder": decoder,
        "model.attention": "additive",
        "model.tied": "all",
        "task.joint": True,
    }
    made = train(files, tmp_path / "run", steps=6, settings=options)
    model = elman.load(made.path)
    assert isinstance(model.predict("abc"), str)
    assert decoder in model.model.title
    assert math.isfinite(model.evaluate(f"{files}/valid.x,{files}/valid.y").scores[0].value)


def test_what_does_not_fit_is_refused(files, tmp_path):
    (tmp_path / "short.y").write_text("a\n")
    with pytest.raises(DataError, match=r"has 500 lines and .*short\.y 1, expected as many in each"):
        elman.train("seq2seq", train=f"{files}/train.x,{tmp_path}/short.y", out=tmp_path / "r", steps=1)
    with pytest.raises(ConfigError, match=r"model\.tied: all needs one vocabulary for source and target"):
        train(files, tmp_path / "r", steps=1, settings={**OPTIONS, "model.tied": "all", "task.target_level": "word"})
    with pytest.raises(ConfigError, match="unknown decoder 'fed'"):
        train(files, tmp_path / "r", steps=1, settings={"model.decoder": "fed"})
    with pytest.raises(ConfigError, match=r"unknown attention score 'dots'. Did you mean 'dot'\?"):
        train(files, tmp_path / "r", steps=1, settings={"model.attention": "dots"})
    with pytest.raises(ConfigError, match=r"model\.bridge: last needs a decoder of 96 units"):
        train(files, tmp_path / "r", steps=1, settings={"model.bridge": "last"})


def test_options_of_attention_and_tables_that_mean_nothing_are_refused(files, tmp_path):
    with pytest.raises(ConfigError, match=r"attention: decoder initial looks at no place of the source. Leave it out"):
        train(files, tmp_path / "r", steps=1, settings={"model.decoder": "initial", "model.attention": "dot"})
    settings = {"model.tied": "target", "model.embedding_size": 4}
    with pytest.raises(ConfigError, match=r"tied: the softmax takes vectors of hidden_size: got embedding_size 4 and"):
        train(files, tmp_path / "r", steps=1, hidden=8, settings=settings)


@pytest.fixture(scope="module")
def second(files, tmp_path_factory):
    """A run of another seed, that knows little."""
    return train(files, tmp_path_factory.mktemp("runs") / "second", steps=60, seed=2).path


def test_a_source_longer_than_any_of_training_is_told(run, tmp_path, capsys):
    assert elman.load(run).task.config.longest_learned == 5
    (tmp_path / "some").write_text(f"abc\n{'abcde' * 8}\nabcde\n\n{'b' * 6}\n")
    assert main(["predict", str(run), str(tmp_path / "some")]) == 0
    found = capsys.readouterr()
    assert [found.out.splitlines()[0], len(found.out.splitlines())] == ["cba", 5]
    assert found.err.splitlines() == [
        "note: 2 of 5 sources are longer than any of training: 40 characters where those have 5. What is written to "
        "such a one is a guess, and a search up to 92 characters takes its time; --set task.longest_ratio=0.5 looks "
        "for shorter ones"
    ]
    (tmp_path / "pairs.x").write_text("abc\nabcdeabcde\n")
    (tmp_path / "pairs.y").write_text("cba\nedcbaedcba\n")
    assert main(["evaluate", str(run), f"{tmp_path}/pairs.x,{tmp_path}/pairs.y"]) == 0
    assert "1 of 2 sources is longer than any of training: 10 characters where those have 5." in capsys.readouterr().err
    (tmp_path / "known").write_text("abc\nédcba\n")
    capsys.readouterr()
    assert main(["predict", str(run), str(tmp_path / "known")]) == 0
    assert not capsys.readouterr().err


def test_sources_in_the_other_case_are_told(run, tmp_path, capsys):
    (tmp_path / "loud").write_text("ABC\nÉDCBA\n")
    assert main(["predict", str(run), str(tmp_path / "loud")]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "note: the sources are mostly unknown: training had them in lower case. Give them so",
        "note: 8 of 8 characters of the input are unknown to the model",
    ]
    (tmp_path / "other").write_text("XYZ\n")
    assert main(["predict", str(run), str(tmp_path / "other")]) == 0
    assert capsys.readouterr().err.splitlines() == ["note: 3 of 3 characters of the input are unknown to the model"]


def test_a_run_that_writes_says_where_its_targets_are_scored(run):
    told = lacking(elman.load(run).task, "score")
    assert told.startswith("task 'seq2seq' has no score of text. Its targets: elman.inference.scoring.score_targets")


def test_runs_write_together(run, second, files, capsys):
    text, both = f"{files}/valid.x,{files}/valid.y", [elman.load(one) for one in (run, second)]
    example = both[0].parse("abc")
    alone = [one.model.stepper(one.task.batch(one.task.encode([example]), np.array([0]))) for one in both]
    first = [stepper.advance(np.array([stepper.start]), stepper.begin(np.array([0])))[0] for stepper in alone]
    together = Together(both).model.stepper(both[0].task.batch(both[0].task.encode([example]), np.array([0])))
    mean, _ = together.advance(np.array([together.start]), together.begin(np.array([0])))
    np.testing.assert_allclose(np.exp(mean), np.mean(np.exp(first), 0), atol=1e-12)
    assert main(["predict", str(run), "--with", str(run), f"{files}/valid.x"]) == 0
    twice = capsys.readouterr().out
    assert main(["predict", str(run), f"{files}/valid.x"]) == 0
    assert capsys.readouterr().out == twice
    assert main(["evaluate", str(run), str(second), "--on", text, "--mix", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["run"] == f"{run} + {second}"
    forced = {"forced_error_rate": "teacher forcing|", "free_running_gap": "beam:5 against teacher forcing|"}
    assert forced.keys() <= {score["name"] for score in found["scores"]}
    for score in found["scores"]:
        assert score["signature"].startswith("models:2|" + forced.get(score["name"], "beam:5|"))


def test_runs_of_other_vocabularies_or_tasks_do_not_write_together(run, files, tmp_path, capsys):
    other = train(files, tmp_path / "r", steps=1, level="word").path
    assert main(["predict", str(run), "--with", str(other), f"{files}/valid.x"]) == 2
    assert f"{other}: has other vocabularies than {run}, and cannot write with it. Train" in capsys.readouterr().err
    elman.train("lm", f"{files}/train.x", out=tmp_path / "lm", model="unigram", listener=elman.silent)
    assert main(["predict", str(run), "--with", str(tmp_path / "lm")]) == 2
    assert "task 'lm' has no ensemble; a run of task 'caption' or 'seq2seq' has." in capsys.readouterr().err


def test_D13_overlaps_with_the_reference_are_scored_where_they_are_wanted(files, tmp_path):
    settings = {**OPTIONS, "task.metrics": "rouge_1,rouge_l"}
    found = elman.load(train(files, tmp_path / "r", steps=2, settings=settings).path)
    scores = {one.name: one for one in found.evaluate(f"{files}/valid.x,{files}/valid.y").scores}
    assert 0 <= scores["rouge_1"].value <= 1
    assert scores["rouge_l"].unit == "0 to 1, mean of texts"
    expected = "beam:5|case:lower|tok:letters and digits|stemmer:none|references:best|elman:"
    assert scores["rouge_l"].signature.startswith(expected)


def test_D11_a_language_model_over_both_texts_learns_too(files, tmp_path, capsys):
    options = {**OPTIONS, "model.name": "separator_lm", "task.joint": True, "training.validate_every": 700}
    made = train(files, tmp_path / "run", steps=700, settings={**options, "model.source_weight": 0.1})
    model, text = elman.load(made.path), f"{files}/valid.x,{files}/valid.y"
    assert {one.name: one.value for one in model.evaluate(text).scores}["error_rate"] < 0.4
    (tmp_path / "in.txt").write_text("ab\n\n")
    assert main(["predict", str(made.path), str(tmp_path / "in.txt"), "--input", "text", "--json"]) == 0
    first, _ = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["text"] == "ba"
    assert "attention" not in first
    options |= {"training.schedule": "constant", "model.dropout": 0.3}
    whole = train(files, tmp_path / "whole", steps=12, settings=options)
    train(files, tmp_path / "half", steps=6, settings=options)
    half = elman.resume(tmp_path / "half", steps=12)
    # The best are those of a validation more: both are at the worst score, and the loss decides.
    left, right = (checkpoints.load(one.path / "checkpoints").part("model") for one in (whole, half))
    assert left.keys() == elman.load(whole).model.weights().keys()
    for name, array in left.items():
        np.testing.assert_array_equal(right[name], array)


def test_a_language_model_over_both_texts_needs_one_vocabulary_and_copies_nothing(files, tmp_path):
    options = {**OPTIONS, "model.name": "separator_lm"}
    with pytest.raises(ConfigError, match=r"separator_lm reads source and target as one text, in one vocabulary: got"):
        train(files, tmp_path / "r", steps=1, settings={**options, "task.target_level": "word"})
    with pytest.raises(
        ConfigError, match=r"copying: model separator_lm copies nothing: got true\. Leave it out, or take"
    ):
        train(files, tmp_path / "r", steps=1, settings={**options, "task.joint": True, "task.copying": True})


@pytest.mark.parametrize(
    "kind", [{"model.decoder": "hard", "model.monotone": True}, {"model.decoder": "hard_window", "model.window": 3}]
)
def test_hard_attention_that_never_goes_back_goes_on_as_if_it_had_never_stopped(files, tmp_path, kind):
    options = {**OPTIONS, **kind, "training.schedule": "constant"}
    given = {
        "settings": {**options, "model.dropout": 0.3},
        "learning_rate": 0.0005,
    }  # nothing is right yet, so the last weights are kept
    whole = train(files, tmp_path / "whole", steps=12, **given)
    train(files, tmp_path / "half", steps=6, **given)
    half = elman.resume(tmp_path / "half", steps=12)
    left, right = (elman.load(one.path) for one in (whole, half))
    for name, array in left.model.weights().items():
        np.testing.assert_array_equal(right.model.weights()[name], array)
    title = "hard_window decoder" if "model.window" in kind else "hard decoder, general attention, monotone"
    assert title in left.model.title
    [answer] = left.answer([left.parse("abc")])
    assert np.sum(answer.facts["attention"]["weights"], 1) == pytest.approx(1, abs=1e-3)


def test_what_hard_attention_cannot_do_is_refused(files, tmp_path):
    def refused(message, **settings):
        settings = {f"model.{key}": value for key, value in settings.items()}
        with pytest.raises(ConfigError, match=message):
            train(files, tmp_path / "r", steps=1, settings={**OPTIONS, **settings})

    refused(r"monotone: decoder unfed looks everywhere at once. Set decoder = hard", monotone=True)
    refused(r"coverage: decoder hard takes one place and sums over all. Leave it out", decoder="hard", coverage=1.0)
    with pytest.raises(
        ConfigError, match=r"task.copying: decoder hard writes from one place and copies none. Take dec"
    ):
        train(files, tmp_path / "r", steps=1, settings={"model.decoder": "hard", "task.copying": True})
    words = "".join(f"w{number}\n" for number in range(1200))
    for side in "xy":
        (tmp_path / f"words.{side}").write_text(words)
    message = r"model.decoder: hard has a softmax at each place of the source: got 1,082 tokens, expected at most 1,000"
    with pytest.raises(ConfigError, match=message):
        elman.train("seq2seq", train=f"{tmp_path}/words.x,{tmp_path}/words.y", out=tmp_path / "r", steps=1,
                    level="word", settings={"model.decoder": "hard"})  # fmt: skip


def test_an_attention_of_ones_own_is_the_one_file_that_the_page_shows(files, tmp_path, monkeypatch):
    page = (Path(__file__).parents[2] / "docs/seq2seq.md").read_text(encoding="utf-8")
    [(name, text)] = re.findall(r"`(\w+\.py)`:\n\n```python\n(.*?)```", page, re.DOTALL)
    (tmp_path / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    settings = {**OPTIONS, "model.attention": name, "model.merge": "sum", "model.decoder": "luong"}
    made = train(files, tmp_path / "run", steps=2, settings=settings)
    model = elman.load(made.path, plugins=[name])
    assert type(model.model.decoder.attention.score).__name__ == "CosineScore"
    assert isinstance(model.predict("abc"), str)


def test_attention_that_counts_steps_is_told_them(files, tmp_path):
    settings = {**OPTIONS, "model.attention": "local_m", "model.decoder": "unfed"}
    model = elman.load(train(files, tmp_path / "run", steps=2, settings=settings).path)
    model.model.decoder.attention.score.width = 1
    stepper = model.model.stepper(model.task.batch(model.task.encode([model.parse("abcde")]), np.array([0])))
    ids = model.task.writer.encode(["abcd"]).values
    read = stepper.read(np.array([[stepper.start, *ids]]), None, stepper.begin(np.array([0])), keep=["looked"])
    for step, weights in enumerate(read.kept["looked"][0]):  # of six places, the end included
        assert weights[step] > 0
        assert not weights[np.abs(np.arange(6) - step) > 1].any()
