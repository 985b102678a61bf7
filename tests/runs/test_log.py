"""What a line of metrics.jsonl may hold is checked where it is read, for every event and every command."""

import json
import shutil
from pathlib import Path

import pytest

import elman
from elman.cli.main import main
from elman.errors import CheckpointError
from elman.pages.report import write_report
from elman.runs.folder import RunFolder
from elman.runs.log import MetricsLog, read_events, read_run

STORED = sorted((Path(__file__).parents[1] / "stored_runs").glob("*/**/metrics.jsonl"))
DETAIL = {"title": "By tag", "columns": ["tag", "count"], "rows": [["NN", 3]]}
MAP = {"title": "Map", "columns": ["word", "across", "up"], "rows": [["a", 0.5, 1]], "kind": "map"}


@pytest.fixture
def log(tmp_path):
    """Return a function that writes events to a log and gives its path."""

    def written(*events):
        path = tmp_path / "metrics.jsonl"
        path.write_text("".join(json.dumps(event) + "\n" for event in events))
        return path

    return written


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ({"event": "train", "step": "7"}, "step: got '7', expected a valid integer"),
        ({"event": "train", "step": -1}, "step: got -1, expected greater than or equal to 0"),
        ({"event": "anything", "step": 10**400}, r"step: got 1000000000.*\.\.\..*, expected less than"),
        ({"event": "anything", "seconds": None}, "seconds: got None, expected a valid number"),
        ({"event": "train", "nats": [1]}, r"nats: got \[1\], expected a valid number"),
        ({"event": "train", "nats": float("inf")}, "nats: got inf, expected a finite number"),
        ({"event": "train", "tokens_per_second": None}, "tokens_per_second: got None, expected a valid integer"),
        ({"event": "pass", "nats": "low"}, "nats: got 'low', expected a valid number"),
        ({"event": "validation", "best": 1}, "best: got 1, expected a valid boolean"),
        ({"event": "validation", "scores": []}, r"scores: got \[\], expected a valid dictionary"),
        ({"event": "validation", "scores": {"f1": "x"}}, "scores.f1: got 'x', expected a valid number"),
        ({"event": "validation", "score": None}, "score: got None, expected a valid string"),
        ({"event": "data", "card": "much"}, "card: got 'much', expected a valid dictionary"),
        ({"event": "data", "unit": 3}, "unit: got 3, expected a valid string"),
        ({"event": "sample", "text": 3}, "text: got 3, expected a valid string"),
        ({"event": "gradients", "states": {"rnn": 0.5}}, "states.rnn: got 0.5, expected a valid list"),
        ({"event": "details", "details": {}}, r"details: got {}, expected a valid list"),
        ({"event": "details", "details": [{"title": "t", "columns": []}]}, "details.0.rows: is missing"),
        ({"event": "details", "details": [{**DETAIL, "rows": [[1]]}]}, "details.0: got a row of 1 cells, expected 2"),
        (
            {"event": "details", "details": [{**DETAIL, "rows": [["NN", [1]]]}]},
            r"details.0: got '\[1\]' in column 2, expected a n",
        ),
        (
            {"event": "details", "details": [{**DETAIL, "rows": [["NN", True]]}]},
            "details.0: got 'True' in column 2, expected a n",
        ),
        ({"event": "details", "details": [{**DETAIL, "kind": "pie"}]}, "details.0.kind: got 'pie', expected 'table'"),
        ({"event": "views", "views": [{**MAP, "rows": [["a", "far", 1]]}]}, "views.0: got 'far' in column 2, expected"),
        ({"event": "views", "views": [{**DETAIL, "kind": "map"}]}, "views.0: got a map of 2 columns, expected a word"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_its_line(log, event, said):
    with pytest.raises(CheckpointError, match=rf"metrics\.jsonl:2: {said}.*\. Restore the file\.") as caught:
        list(read_events(log({"event": "data"}, event)))
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_what_was_ever_written_is_read(log):
    assert len(STORED) >= 20
    for path in STORED:
        assert read_run(path)[0]["event"] == "data"
    more = {"event": "train", "of_a_newer_version": [1], "step": 3}
    assert list(read_events(log({"event": "of_a_plugin", "step": 3}, more)))[1] == more


def test_what_is_no_number_is_null_in_the_log_and_a_gap_in_the_report(small_run, tmp_path):
    run = shutil.copytree(small_run, tmp_path / "run")
    log = MetricsLog(run / "metrics.jsonl", (run / "metrics.jsonl").stat().st_size)
    none = float("nan")
    log.write("train", step=99, nats=none, learning_rate=none, gradient_norm=none, tokens_per_second=1, seconds=9.0)
    log.write("views", step=99, views=[{**MAP, "rows": [["a", none, none], ["b", 1.0, 2.0]]}])
    log.write("details", step=99, details=[{**DETAIL, "rows": [["NN", none]]}])
    write_report(RunFolder(run))
    assert "<h2>By tag</h2>" in (run / "report.html").read_text()


def test_the_first_line_of_a_run_says_what_it_was_trained_on(log):
    with pytest.raises(CheckpointError, match=r"metrics\.jsonl:1: got event 'sample', expected 'data'\. Restore the"):
        read_run(log({"event": "sample", "step": 0, "text": "a"}))
    assert read_run(log()) == []
    assert len(read_run(log({"event": "data"}, {"event": "train"}), 20)) == 1


@pytest.fixture(scope="module")
def finished(tmp_path_factory, text_file):
    path = tmp_path_factory.mktemp("finished") / "run"
    flags = {"level": "character", "hidden": 6, "batch_size": 4, "threads": 1}
    elman.train("lm", str(text_file), out=path, steps=2, **flags)
    return path


def altered(run, copy, change):
    """Return a copy of a run with a change to the lines of its log, which stays as long as it was."""
    shutil.copytree(run, copy)
    path = copy / "metrics.jsonl"
    size = path.stat().st_size
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    text = "".join(json.dumps(event) + "\n" for event in change(lines)).encode()
    path.write_bytes(text[:-1] + b" " * max(0, size - len(text)) + b"\n")
    return copy


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            lambda lines: [event for event in lines if event["event"] != "data"],
            ":1: got event 'baseline', expected 'data'",
        ),
        (
            lambda lines: [{**event, "step": "1"} if event["event"] == "train" else event for event in lines],
            "step: got",
        ),
        (lambda lines: [{**event, "scores": 5} for event in lines], "scores: got 5, expected a valid dictionary"),
    ],
)
def test_every_command_that_reads_a_log_says_it_in_one_line(finished, tmp_path, capsys, change, said):
    run = altered(finished, tmp_path / "run", change)
    weights = (run / "model.safetensors").read_bytes()
    for command in (["train", "--resume", run], ["train", "--resume", run, "--steps", "4"], ["describe", run]):
        assert main([str(part) for part in command]) == 2
        lines = capsys.readouterr().err.splitlines()
        assert [line for line in lines if said in line and "metrics.jsonl" in line] == lines[-1:]
        assert lines[-1].startswith("error: ")
    assert (run / "model.safetensors").read_bytes() == weights
    assert repr(elman.load(run)).startswith("<elman model")
