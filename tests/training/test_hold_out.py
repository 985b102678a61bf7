"""How a share is held out belongs to the run: those from before hold out what they did, and go on."""

import json
import re

import pytest

import elman
from elman.config import Settings
from elman.errors import ConfigError, DataError
from elman.runs.configuration import RunConfig

SMALL = {
    "model.hidden_size": 4,
    "model.embedding_size": 4,
    "training.threads": 1,
    "training.batch_size": 4,
    "training.validate_every": 2,
    "training.log_every": 2,
    "training.device": "cpu",
}


@pytest.fixture
def data(tmp_path):
    """A table of two classes and a rare one."""
    lines = [
        f"film {number} was {'good' if number % 3 else 'bad'}\t{'pos' if number % 3 else 'neg'}" for number in range(60)
    ]
    path = tmp_path / "data.tsv"
    path.write_text("text\tlabel\n" + "\n".join([*lines, "so so\tmixed", "well\tmixed"]) + "\n")
    return path


def trained(data, name, listener=None, **settings):
    return elman.train(
        "classify", data, out=data.parent / name, steps=4, settings={**SMALL, **settings}, listener=listener
    ).path


def test_new_runs_hold_out_by_class_and_say_so(data):
    said = []
    run = trained(data, "run", said.append)
    texts = [getattr(event, "text", "") for event in said]
    assert "validation: 10% of the data, held out by class; --valid FILE gives another" in texts
    assert 'hold_out = "stratified"' in (run / "config.toml").read_text()
    assert elman.resume(run, steps=6).path == run


def test_a_run_that_does_not_say_how_holds_out_at_random_and_goes_on(data):
    run = trained(data, "run", **{"data.hold_out": "random"})
    config = run / "config.toml"
    config.write_text(config.read_text().replace('hold_out = "random"\n', ""))
    assert "hold_out" not in config.read_text()
    assert elman.resume(run, steps=6).path == run
    assert 'hold_out = "random"' in config.read_text()


def test_data_that_was_held_out_otherwise_is_other_data(data):
    run = trained(data, "run")
    config = run / "config.toml"
    config.write_text(config.read_text().replace('hold_out = "stratified"\n', ""))
    with pytest.raises(DataError, match=rf"{re.escape(str(data))}: not the data that .* was started with"):
        elman.resume(run, steps=6)


def test_who_names_a_validation_file_holds_nothing_out(data):
    run = elman.train("classify", data, valid=data, out=data.parent / "run", steps=2, settings=SMALL).path
    assert "hold_out" not in (run / "config.toml").read_text()


@pytest.mark.parametrize(
    "settings", [{"task.name": "lm"}, {"task.name": "pair", "task.target": "score", "reader.name": "table"}]
)
def test_what_has_no_classes_is_not_held_out_by_them(settings):
    tree = Settings()
    for key, value in {"data.train": ["a.txt"], "data.hold_out": "stratified", **settings}.items():
        tree.set(key, value)
    message = r"^data\.hold_out: task \w+ predicts no classes to hold out by\. Leave it out\.$"
    with pytest.raises(ConfigError, match=message):
        RunConfig.resolve(tree)


def test_of_an_array_on_one_line_rows_are_held_out_and_words_counted_as_of_any_file(tmp_path):
    rows = [{"text": f"film {'good' if row % 2 else 'bad'}", "label": "xy"[row % 2]} for row in range(20)]
    lines, array = tmp_path / "a.jsonl", tmp_path / "a.json"
    lines.write_text("".join(json.dumps(row) + "\n" for row in rows))
    array.write_text(json.dumps(rows))
    runs = [trained(path, path.suffix[1:]) for path in (lines, array)]
    words = [(run / "vocabulary" / "words.txt").read_text() for run in runs]
    assert words[0] == words[1]
    assert (runs[0] / "model.safetensors").read_bytes() == (runs[1] / "model.safetensors").read_bytes()
