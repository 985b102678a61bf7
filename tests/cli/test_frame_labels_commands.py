"""A label for each row of a table of sensors, by the commands that people type."""

import csv
import json
import math
import random
import re
from xml.etree import ElementTree

import pytest

from tests.reports import rendered

SPEEDS = {"rest": 0.05, "walk": 0.35, "run": 1.1}
SMALL = ["--hidden", 16, "--threads", 1, "--learning-rate", 0.01]


def activities(recordings, rows, seed):
    """Return a table of noisy circles, whose speed alone says the label: a row by itself says nothing."""
    draw, lines = random.Random(seed), ["subject,time,x,y,label"]
    for one in range(recordings):
        label, left, phase = "", 0, 0.0
        for row in range(rows):
            if not left:
                label, left = draw.choice(sorted(SPEEDS.keys() - {label})), draw.randint(30, 70)
            left, phase = left - 1, phase + SPEEDS[label]
            x, y = (function(phase) + draw.gauss(0, 0.15) for function in (math.cos, math.sin))
            lines.append(f"s{one},{row / 50:.2f},{x:.3f},{y:.3f},{label}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("activities")
    (path / "train.csv").write_text(activities(6, 400, 1))
    (path / "test.csv").write_text(activities(2, 400, 2))
    rows = list(csv.reader((path / "test.csv").read_text().splitlines()))
    (path / "unlabeled.csv").write_text("\n".join(",".join([row[3], row[2]]) for row in rows[:401]) + "\n")
    (path / "renamed.csv").write_text("time,u,v\n" + "".join(f"{row},{row / 3},{row / 7}\n" for row in range(20)))
    (path / "narrow.csv").write_text("\n".join(",".join(row[:3] + row[4:]) for row in rows) + "\n")
    return path


@pytest.fixture(scope="module")
def trained(folder):
    """A run on all but one of the recordings, made by one command without an option about their format."""
    import elman

    out = folder / "run"
    with rendered():
        elman.train("tag", str(folder / "train.csv"), out=out, steps=120, hidden=16, threads=1, learning_rate=0.02)
    return out


def test_one_command_trains_on_a_table_and_says_what_it_saw(run, folder, tmp_path):
    done = run("train", "tag", folder / "train.csv", "--out", tmp_path / "r", "--steps", 3, *SMALL)
    assert done.code == 0
    assert "recordings: rows with the same subject, guessed; --set reader.series=none takes all rows" in done.err
    assert "clock: 1 column not read: 'time' (0.00, 0.02, 0.04 ...), guessed" in done.err
    assert "validation: 1 recording as a whole, drawn: train.csv:" in done.err
    assert "training 5 recordings, 2,000 frames, validation 1 recording, 400 frames" in done.err
    assert "learned from 10 stretches of 256 frames at most" in done.err
    assert "(frame_alone), accuracy" in done.err
    assert "nats/frame" in done.err
    assert f"elman predict {tmp_path / 'r'} FILE --input data" in done.out
    config = (tmp_path / "r" / "config.toml").read_text()
    assert 'input = "frames"' in config
    assert re.search(r'series = \[\s*"subject"', config)
    assert 'values = [\n    "x",\n    "y",\n]' in config or 'values = ["x", "y"]' in config


def test_it_learns_what_no_frame_says_alone(folder, trained):
    import elman
    from elman.runs.baselines import logged
    from elman.runs.folder import RunFolder
    from elman.runs.log import read_events

    found = elman.load(trained).evaluate(folder / "test.csv")
    assert found.scores[0].value > 0.85
    assert found.majority["accuracy"] < 0.5
    easy = {one.model: one.score.value for one in logged(read_events(RunFolder(trained).metrics_path))}
    assert easy.keys() == {"frame_alone", "most_frequent"}
    assert max(easy.values()) < 0.5


def test_scores_are_of_frames_and_labels(run, folder, trained):
    done = run("evaluate", trained, folder / "test.csv", "--json")
    facts = json.loads(done.out)
    assert {score["name"]: (score["unit"], score["signature"].partition("|")[0]) for score in facts["scores"]} == {
        "accuracy": ("of frames", "labels:each frame"),
        "macro_f1": ("of labels", "labels:each frame"),
    }
    assert (facts["counts"]["recordings"], facts["counts"]["frames"]) == (2, 800)
    shown = run("evaluate", trained, folder / "test.csv").out
    assert "Worst mistakes" in (trained / "report.html").read_text() or "Worst mistakes" in shown
    assert "Confusion matrix: rows are the file's label" in shown


def test_a_table_without_labels_or_names_of_recordings_is_answered_the_same(run, folder, trained):
    known = json.loads(run("predict", trained, folder / "test.csv", "--json").out.splitlines()[0])
    done = run("predict", trained, folder / "unlabeled.csv", "--json")
    facts = json.loads(done.out)
    assert facts["recording"] == "unlabeled.csv:2 (400 frames)"
    assert facts["labels"] == known["labels"]
    assert [facts["labels"][one["from"] - 1] for one in facts["stretches"]] == [
        one["label"] for one in facts["stretches"]
    ]
    assert sum(one["to"] - one["from"] + 1 for one in facts["stretches"]) == 400
    shown = run("predict", trained, folder / "unlabeled.csv").out
    first = facts["stretches"][0]
    assert shown.startswith(f"{first['label']} 1-{first['to']}  ")
    assert shown.endswith("\tunlabeled.csv:2 (400 frames)\n")


def test_labels_stand_under_what_was_measured(run, folder, trained, tmp_path):
    assert ">in the file</text>" in (trained / "report.html").read_text()
    done = run("inspect", trained, "stretches", folder / "unlabeled.csv")
    assert done.out.splitlines()[:2] == ["unlabeled.csv:2 (400 frames)", "label  from frame   to  confidence"]
    assert run("inspect", trained, "stretches", folder / "unlabeled.csv", "--out", tmp_path / "seen.svg").code == 0
    text = (tmp_path / "seen.svg").read_text()
    ElementTree.fromstring(text)
    assert ">predicted<" in text
    assert ">in the file<" not in text
    assert run("inspect", trained, "stretches", folder / "test.csv", "--out", tmp_path / "seen.html").code == 0
    assert (tmp_path / "seen.html").read_text().count(">in the file<") == 2


def test_a_run_that_tags_words_has_no_labels_over_time(run, tmp_path):
    import elman

    (tmp_path / "words.conll").write_text("Anna B-PER\nsleeps O\n\nBen B-PER\nsees O\nBonn B-LOC\n\n" * 4)
    elman.train("tag", str(tmp_path / "words.conll"), out=tmp_path / "words", steps=2, hidden=4, threads=1)
    done = run("inspect", tmp_path / "words", "stretches", "x")
    assert done.code == 2
    assert "stretches: got a run that tags words, expected one that labels frames." in done.err.replace("\n", " ")


def test_labels_of_rows_are_seen_beside_times_that_come_again_in_each_recording(run, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    rows = [
        f"s{one},{step / 50:.2f},{step % 7},{step % 5},{('sit', 'walk')[step // 20 % 2]}"
        for one in range(4)
        for step in range(80)
    ]
    (tmp_path / "worn.csv").write_text("\n".join(["subject,time,ax,ay,activity", *rows]) + "\n")
    assert "train              elman train tag worn.csv\n" in run("describe", "worn.csv").out


def test_what_is_not_learned_from_a_table_names_the_command_that_does(run, folder, monkeypatch):
    monkeypatch.chdir(folder)
    done = run("describe", "train.csv")
    assert "format             labeled_rows: frames, tags" in done.out
    assert "train              elman train tag train.csv\n" in done.out
    done = run("train", "classify", "train.csv", "--set", "reader.name=series", "--set", "reader.series=subject")
    assert done.code == 2
    assert done.err.splitlines()[-1] == (
        "error: train.csv:2: series 's0' has labels rest, run, walk, expected one, the same in all its rows. If each "
        "row has its own label: elman train tag train.csv"
    )
    done = run("train", "classify", "train.csv")
    assert done.code == 2
    assert done.err.splitlines()[-1].endswith("Train tag? elman train tag train.csv --set reader.series=subject")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["evaluate", "RUN", "unlabeled.csv"], "no column label: got"),
        (["predict", "RUN", "renamed.csv"], "renamed.csv:1: no column x: got time, u, v. Name it with --set"),
        (["predict", "RUN", "narrow.csv"], "narrow.csv:1: no column y: got subject, time, x, label. Name it with"),
        (["predict", "RUN", "test.csv", "--input", "text"], "this run reads recordings, not lines of text"),
        (["predict", "RUN", "test.csv", "--k", 3], "k: got 3, expected none: a frame has one label, whose probability"),
        (["train", "tag", "train.csv", "--set", "task.lowercase=false"], "task.lowercase: means nothing to series"),
        (["train", "tag", "train.csv", "--set", "task.joint=true"], "task.joint: means nothing to labels of frames"),
        (["train", "tag", "train.csv", "--set", "task.scheme=bio"], "task.scheme: means nothing to labels of frames"),
        (["train", "tag", "train.csv", "--model", "window_tagger"], "window_tagger reads words and predicts tags"),
        (["train", "tag", "train.csv", "--set", "reader.label=x"], "column 'x' has"),
    ],
)
def test_mistakes_are_one_line_and_exit_2(run, folder, trained, tmp_path, arguments, message):
    names = {"RUN": trained, **{path.name: path for path in folder.glob("*.csv")}}
    arguments = [names.get(argument, argument) for argument in arguments]
    if arguments[0] == "train":
        arguments += ["--out", tmp_path / "r", "--steps", 3, *([] if "window_tagger" in arguments else SMALL)]
    done = run(*arguments)
    assert done.code == 2
    assert message in done.err.splitlines()[-1]
    assert not (tmp_path / "r" / "model.safetensors").exists()
