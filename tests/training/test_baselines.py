"""Baselines beside the scores of a training: which, what is said, and that nothing else changes."""

import builtins
import json
import os
import random
import signal
from dataclasses import replace

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.cli.training import compared
from elman.events import Notice, Planned, Stepped, Validated
from elman.metrics.base import Score
from elman.models import MODELS
from elman.models.linear import Linear
from elman.runs.baselines import Baseline, in_minutes
from elman.runs.best import best_of
from elman.runs.configuration import TrainingConfig
from elman.runs.folder import RunFolder
from elman.runs.log import read_run
from elman.tasks import TASKS
from elman.tasks.base import Baselines
from elman.training import baselines
from elman.training.baselines import suited
from tests.contracts.test_tasks import CASES, prepare

SMALL = {"training.validate_every": 5, "training.log_every": 5, "model.hidden_size": 6}
EXPECTED = {
    "lm": ["unigram"],
    "tag spans": ["most_frequent"],
    "tag words": ["most_frequent"],
    "tag joint": ["most_frequent"],
    "classify": ["most_frequent", "linear"],
    "classify balanced": ["most_frequent", "linear"],
    "classify several": ["most_frequent", "linear"],
    "classify series": ["most_frequent"],
    "memory": ["most_frequent"],
    "pair": ["most_frequent", "pair_features"],
    "pair score": ["most_frequent", "pair_features"],
    "qa": [],
    "qa choice": [],
    "seq2seq": [],
    "seq2seq joint": [],
    "caption": [],
    "ctc": [],
    "forecast": [],
    "forecast switches": [],
    "strokes": [],
    "tag series": ["most_frequent"],
    "transduce": [],
    "handwriting": [],
    "embed": [],
}
TRIVIAL = {
    "qa": ["question only", "first match", "sliding window"],
    "qa choice": ["sliding window", "window + distance"],
    "memory": ["question only", "last sentence only"],
    "seq2seq": ["copy_source", "most_frequent"],
    "seq2seq joint": ["copy_source", "most_frequent"],
    "caption": ["nearest", "most_frequent"],
    "ctc": ["most_frequent"],
    "forecast": ["last", "5 before"],
    "forecast switches": ["frequency"],
    "strokes": ["one Gaussian"],
    "handwriting": ["one Gaussian"],
    "tag series": ["frame_alone"],
    "transduce": ["most_frequent"],
}


@pytest.fixture
def texts(tmp_path, monkeypatch):
    """A file of texts whose words say their label, one with few words in common with others."""
    draw = random.Random(1)
    lines = [f"{draw.choice('pq')} {draw.choice('rs')} {label} w{n}\t{label}\n" for n, label in enumerate("xyxyx" * 12)]
    (tmp_path / "texts.tsv").write_text("".join(lines))
    monkeypatch.chdir(tmp_path)
    return "texts.tsv"


def train(texts, out, told=None, **options):
    settings = {**SMALL, **options.pop("settings", {})}
    options = {
        "steps": 10,
        "threads": 1,
        "settings": settings,
        "listener": told.append if told is not None else None,
        **options,
    }
    return elman.train("classify", texts, out=out, **options)


def lines_of(path):
    return [json.loads(line) for line in (path / "metrics.jsonl").read_text().splitlines()]


@pytest.mark.parametrize("case", CASES)
def test_every_task_has_the_baselines_that_suit_it(case, tmp_path):
    names = [CASES[case].write(tmp_path)]
    options = {f"task.{key}": value for key, value in CASES[case].options.items()} | CASES[case].small
    run = elman.train(CASES[case].task, names, out=tmp_path / "run", steps=4, threads=1, settings=options)
    found = [event for event in lines_of(run.path) if event["event"] == "baseline"]
    prepared = prepare(CASES[case], tmp_path)
    assert suited(prepared.task).every == EXPECTED[case]
    assert suited(prepared.task).frequencies == EXPECTED[case][:1]
    # A correlation with a mean is no number.
    trivial = TRIVIAL.get(case, [])
    shown = trivial + [name for name in EXPECTED[case] if (case, name) != ("pair score", "most_frequent")]
    assert [event["model"] for event in found] == shown
    validations = [event for event in lines_of(run.path) if event["event"] == "validation"]
    assert {(event["score"], event["unit"]) for event in found} <= {(one["score"], one["unit"]) for one in validations}
    # What copies a source, or the nearest picture's caption, or looks at a frame, knows more than frequencies.
    simplest = {*trivial, *EXPECTED[case][:1]} - {
        "copy_source",
        "nearest",
        "frame_alone",
        "first match",
        "sliding window",
        "window + distance",
    }
    assert [event["frequencies"] for event in found] == [name in simplest for name in shown]


@pytest.mark.parametrize("name", ["most_frequent", "linear", "unigram", "pair_features"])
def test_a_baseline_says_how_long_it_takes(name):
    assert "seconds" in vars(MODELS.get(name))


def test_a_baseline_has_the_score_of_a_training_of_its_own(texts, tmp_path):
    train(texts, tmp_path / "run")
    found = {event["model"]: event["value"] for event in lines_of(tmp_path / "run") if event["event"] == "baseline"}
    for name, value in found.items():
        elman.train("classify", texts, out=tmp_path / name, model=name)
        events = lines_of(tmp_path / name)
        assert [event["value"] for event in events if event["event"] == "validation"] == [value]
        assert not [event for event in events if event["event"] == "baseline"], "it is one itself"


def test_a_run_that_was_stopped_has_them_of_its_log_and_ends_as_if_it_had_not(texts, tmp_path, monkeypatch):
    def stop(event):
        if isinstance(event, Stepped) and event.step == 6:
            os.kill(os.getpid(), signal.SIGTERM)

    train(texts, tmp_path / "whole")
    elman.train("classify", texts, out=tmp_path / "parts", steps=10, threads=1, settings=SMALL, listener=stop)
    monkeypatch.setattr(MODELS.get("most_frequent"), "fit", None)
    monkeypatch.setattr(Linear, "fit", None)
    told = []
    assert elman.resume(tmp_path / "parts", listener=told.append).finished
    [plan] = [event for event in told if isinstance(event, Planned)]
    assert "(most_frequent), accuracy" in plan.facts["to beat"]
    assert (tmp_path / "parts/model.safetensors").read_bytes() == (tmp_path / "whole/model.safetensors").read_bytes()
    times = ("seconds", "tokens_per_second")
    one, other = (
        [{key: value for key, value in event.items() if key not in times} for event in lines_of(tmp_path / name)]
        for name in ("whole", "parts")
    )
    assert one == other


def test_weights_are_those_of_a_training_without_baselines(texts, tmp_path, monkeypatch):
    train(texts, tmp_path / "with")
    monkeypatch.setattr(TASKS.get("classify"), "baselines", Baselines())
    train(texts, tmp_path / "without")
    assert "baseline" not in {event["event"] for event in lines_of(tmp_path / "without")}
    assert (tmp_path / "with/model.safetensors").read_bytes() == (tmp_path / "without/model.safetensors").read_bytes()


def test_what_takes_too_long_is_left_out_in_silence(texts, tmp_path, monkeypatch):
    monkeypatch.setattr(Linear, "seconds", lambda self, source: baselines._MOST_SECONDS + 1)
    told = []
    train(texts, tmp_path / "run", told)
    assert [event["model"] for event in lines_of(tmp_path / "run") if event["event"] == "baseline"] == ["most_frequent"]
    said = [event.text for event in told if isinstance(event, Notice) and "more steps" not in event.text]
    assert not any("linear" in text for text in said)


def test_without_scikit_learn_a_regression_is_left_out_in_silence(texts, tmp_path, monkeypatch):
    monkeypatch.setattr("elman.regression.find_spec", lambda name: None)
    train(texts, tmp_path / "run")
    assert [event["model"] for event in lines_of(tmp_path / "run") if event["event"] == "baseline"] == ["most_frequent"]


def test_a_broken_scikit_learn_does_not_stop_a_training(texts, tmp_path, monkeypatch):
    real = builtins.__import__

    def missing(name, *rest):
        if name.startswith("sklearn"):
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    assert train(texts, tmp_path / "run").finished


def test_a_short_training_has_less_time_for_them():
    given = ({"minutes": 0.25}, {}, {"steps": 3})
    assert [baselines._limit(TrainingConfig(**one)) for one in given] == [1.5, 5.0, 5.0]


def test_a_pretrained_table_does_not_keep_baselines_away(texts, tmp_path):
    (tmp_path / "v.txt").write_text("p 1 2 3\nunseen 4 5 6\n")
    train(texts, tmp_path / "run", settings={"task.vectors": str(tmp_path / "v.txt"), "model.embedding_size": 3})
    found = [event["model"] for event in lines_of(tmp_path / "run") if event["event"] == "baseline"]
    assert found == ["most_frequent", "linear"]


def test_a_validation_names_the_best_that_it_does_not_beat(texts, tmp_path):
    told = []
    train(texts, tmp_path / "run", told, steps=4, learning_rate=1e-6, settings={"training.validate_every": 2})
    events = lines_of(tmp_path / "run")
    linear = next(event for event in events if event["event"] == "baseline" and event["model"] == "linear")
    assert {event.unbeaten for event in told if isinstance(event, Validated)} == {f"{linear['shown']} (linear)"}


def test_the_end_says_what_to_try(texts, tmp_path):
    train(texts, tmp_path / "run", steps=2, learning_rate=1e-6, settings={"training.validate_every": 2})
    config, events = RunFolder(tmp_path / "run").load_config()[0], read_run(tmp_path / "run/metrics.jsonl")
    easy = {event["model"]: event for event in events if event["event"] == "baseline"}
    first, second = (f"{easy[name]['shown']} ({name})" for name in ("most_frequent", "linear"))
    enough = in_minutes(2 * [event for event in events if event["event"] == "train"][-1]["seconds"])
    assert compared(events, 0.0, config) == [
        f"to beat: {first}, {second}",
        f"warning: no better than {second}. What may help:",
        f"  more --minutes, about {enough} for one pass: 0.5 passes over the data were made, less than one",
        f"  --model linear: fitted in {int(np.ceil(max(easy['linear']['seconds'], 0.5)))} s here",
    ]
    assert compared(events, 1.1, config) == [f"to beat: {first}, {second}"]
    better = {"event": "validation", "best": True, "value": 0.3, "shown": "accuracy 30.00%"}
    assert compared([*events, better], 0.0, config)[2] == (
        f"  more --minutes, about {enough} for one pass: 0.5 passes over the data were made, less than one, and the "
        "score still got better at the "
        f"last validation, from {best_of(events)['shown']} to accuracy 30.00%"
    )


def test_where_the_score_still_got_better_longer_training_comes_first(texts, tmp_path):
    settings = {"training.validate_every": 4, "task.metrics": []}
    train(texts, tmp_path / "run", steps=8, learning_rate=1e-6, settings=settings)
    config, events = RunFolder(tmp_path / "run").load_config()[0], read_run(tmp_path / "run/metrics.jsonl")
    events = [event for event in events if event["event"] not in ("validation", "baseline")]
    floor = {"event": "baseline", "model": "most_frequent", "value": 0.6, "shown": "accuracy 60.00%", "seconds": 0.1}
    floor |= {"score": "accuracy", "unit": "of texts", "signature": "", "lower_is_better": False, "unknown": 0.0}
    linear = {**floor, "model": "linear", "value": 0.9, "shown": "accuracy 90.00%", "frequencies": False}
    once, twice = (
        {"event": "validation", "best": True, "value": value, "shown": f"accuracy {value:.2%}"} for value in (0.4, 0.5)
    )
    enough = in_minutes(2 * [event for event in events if event["event"] == "train"][-1]["seconds"])
    twice_as_many = f"  more --minutes, about {enough} for twice as many passes"
    longer = (
        f"{twice_as_many}: the score still got better at the last validation, from accuracy 40.00% to accuracy 50.00%, "
        "after 2.0 passes over the data"
    )
    rate = f"  another --learning-rate: it was {1e-6:g}; try {1e-6 / 3:.2g} and {3e-6:.2g}"
    floors = [*events, {**floor, "frequencies": True}]
    assert compared([*floors, once, twice], 0.5, config)[2:] == [longer]
    assert compared([*floors, once, {**twice, "best": False}], 0.5, config)[2:] == [rate]
    assert compared([*floors, linear, once, twice], 0.5, config)[2:] == [longer, "  --model linear: fitted in 1 s here"]
    silent = {**once, "value": 0.0, "shown": "accuracy 0.00%"}
    assert compared([*floors, silent, silent], 0.0, config)[2:] == [
        f"{twice_as_many}: the training loss still fell at the last validation, after 2.0 passes over the data"
    ]
    assert compared([event for event in events if event["event"] != "baseline"], 0.0, config) == []


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"steps": 2}, ["less than one pass over the data: more steps, 4 for one, or --model linear"]),
        ({"steps": 8}, ["fewer than 20 updates: more steps, 20 for as many, or --model linear"]),
        ({"steps": 20}, []),
    ],
)
def test_a_plan_that_is_too_short_is_remarked_on(texts, tmp_path, options, expected):
    told = []
    train(texts, tmp_path / "run", told, **options)
    assert [event.text for event in told if isinstance(event, Notice) and "more steps" in event.text] == expected


def test_a_model_that_was_not_fitted_here_is_not_advised(texts, tmp_path, monkeypatch):
    monkeypatch.setattr("elman.regression.find_spec", lambda name: None)
    told = []
    train(texts, tmp_path / "run", told, steps=2)
    assert "less than one pass over the data: more steps, 4 for one" in [
        one.text for one in told if isinstance(one, Notice)
    ]


def test_a_model_that_does_no_better_than_frequencies_is_not_advised():
    easy = [Baseline(name, Score("accuracy", 0.5, "of texts", "", False), "", name == "floor", 0.0, 0.1)
            for name in ("floor", "pair_features")]  # fmt: skip
    plan = Planned(0, 2, 0.5, 10, "words", None, {})
    assert baselines.remarks(easy, plan) == ["less than one pass over the data: more steps, 4 for one"]
    timed = replace(plan, seconds=90.0)
    assert baselines.remarks(easy, timed) == ["less than one pass over the data: more minutes, about 3 for one"]
    few = replace(timed, epochs=2.0)
    assert baselines.remarks(easy, few) == ["fewer than 20 updates: more minutes, about 15 for as many"]
    better = replace(easy[1], score=replace(easy[1].score, value=0.6))
    assert baselines.remarks([easy[0], better], plan) == [
        "less than one pass over the data: more steps, 4 for one, or --model pair_features"
    ]


def test_what_is_no_model_is_not_advised():
    above = Baseline("copy_source", Score("exact_match", 0.5, "of texts", "", False), "", False, 0.0, 0.1)
    plan = Planned(0, 2, 0.5, 10, "tokens", None, {})
    assert baselines.remarks([above], plan) == ["less than one pass over the data: more steps, 4 for one"]
    assert not above.is_model


def test_where_no_other_model_is_easy_only_minutes_are_advised(tmp_path):
    (tmp_path / "text.txt").write_text("some text of a few words\n" * 200)
    told = []
    settings = {**SMALL, "task.level": "character"}
    elman.train("lm", tmp_path / "text.txt", out=tmp_path / "r", steps=2, settings=settings, listener=told.append)
    said = [one.text for one in told if isinstance(one, Notice)]
    assert "less than one pass over the data: more steps, 5 for one" in said


def test_ngrams_are_held_against_single_tokens(tmp_path):
    (tmp_path / "text.txt").write_text("some text of a few words\n" * 200)
    told = []
    settings = {"task.level": "word"}
    elman.train("lm", tmp_path / "text.txt", out=tmp_path / "r", model="ngram", settings=settings, listener=told.append)
    assert any(
        one.text.startswith("to beat perplexity") and "(unigram)" in one.text for one in told if isinstance(one, Notice)
    )


def test_a_run_compares_with_the_most_frequent_answer(texts, tmp_path, capsys):
    elman.train("classify", texts, out=tmp_path / "floor", model="most_frequent")
    elman.train("classify", texts, out=tmp_path / "linear", model="linear")
    capsys.readouterr()
    assert main(["compare", str(tmp_path / "floor"), str(tmp_path / "linear"), "--on", texts]) == 0
    better, worse = capsys.readouterr().out.splitlines()[3:5]
    assert ("logistic regression" in better, "most frequent label" in worse) == (True, True)
    assert ("best" in better, "<0.001" in worse) == (True, True)


def test_the_report_has_them_beside_the_main_score(texts, tmp_path, pictures):
    page = (train(texts, tmp_path / "run").path / "report.html").read_text()
    assert "<span>accuracy to beat: most_frequent</span>" in page
    assert page.index("validation accuracy, of texts") < page.index("accuracy to beat: linear") < page.index("macro F1")
    assert page.count("stroke-dasharray: ") >= 2
