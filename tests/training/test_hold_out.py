"""How a share is held out belongs to the run: those from before hold out what they did, and go on."""

import json
import re

import numpy as np
import pytest

import elman
from elman.config import Settings
from elman.errors import ConfigError, DataError
from elman.runs.configuration import RunConfig
from tests.recordings import tone, wav

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


SPEAKERS = ("ann", "bob", "eve", "joe", "kim")


@pytest.fixture
def speakers(tmp_path):
    """A list of recordings of five speakers, and their folder."""
    folder, draw = tmp_path / "a_b_c" / "said", np.random.default_rng(5)
    folder.mkdir(parents=True)
    for number, name in enumerate(SPEAKERS):
        for word in range(4):
            noisy = tone((1800, 300)[word % 2] + 20 * number) + draw.normal(0, 300, 1600)
            (folder / f"{'hl'[word % 2]}_{name}_{word}.wav").write_bytes(wav(noisy.astype(np.int16)))
    return folder


def validated(speakers, **settings):
    """Return what is said of groups, and the run."""
    said = []
    found = elman.train(
        "classify", speakers, out=speakers.parent / "run", steps=2, listener=said.append, overwrite=True,
        settings={key: value for key, value in SMALL.items() if "embedding" not in key} | settings,
    )  # fmt: skip
    texts = [getattr(event, "text", "") for event in said]
    return [text for text in texts if "held out" in text], found.path


def test_a_share_of_whole_speakers_is_held_out_the_same_in_every_run(speakers):
    texts, run = validated(speakers, **{"data.group": "_([a-z]+)_", "data.valid": ["40%"]})
    assert texts[0] == "validation: 40% of the data, held out by group; --valid FILE gives another"
    assert re.fullmatch(r"held out: 2 of 5 groups, 8 of 20 examples: \w{3}, \w{3}", texts[1])
    assert "hold_out" not in (run / "config.toml").read_text()
    assert elman.resume(run, steps=4).path == run


def test_speakers_are_held_out_by_name(speakers):
    texts, run = validated(speakers, **{"data.group": "_([a-z]+)_", "data.held": ["eve", "bob"]})
    assert texts == [
        "validation: groups that were named, held out by group; --valid FILE gives another",
        "held out: 2 of 5 groups, 8 of 20 examples: bob, eve",
    ]
    assert "8 series" in (run / "report.html").read_text()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"data.group": "(a"}, r"data\.group: got '\(a', expected a regular expression: missing \), unterminated"),
        (
            {"data.group": "(a)(b)"},
            r"data\.group: got '\(a\)\(b\)', expected at most one pair of parenth",
        ),
        ({"data.held": ["a"]}, r"data\.held: got names, and nothing says what groups are\. Set data\.group\."),
        (
            {"data.group": "a", "data.valid": ["b.txt"]},
            r"data\.group: got groups and validation files, expected",
        ),
        ({"data.group": "a", "data.hold_out": "random"}, r"data\.group: got groups and hold_out random, expected"),
        ({"data.group": "a", "task.name": "lm"}, r"data\.group: task lm has no examples to group\. Leave it out\."),
    ],
)
def test_groups_that_nothing_is_held_out_by(settings, message):
    tree = Settings()
    for key, value in {"task.name": "classify", "data.train": ["a.txt"], "reader.name": "table", **settings}.items():
        if key != "reader.name" or settings.get("task.name") != "lm":
            tree.set(key, value)
    with pytest.raises(ConfigError, match=message):
        RunConfig.resolve(tree)


def test_files_are_groups_too(tmp_path):
    for name in "abc":
        rows = "".join(f"film {name} {row}\t{('good', 'bad')[row % 2]}\n" for row in range(6))
        (tmp_path / f"{name}.tsv").write_text(f"text\tlabel\n{rows}")
    said = []
    elman.train(
        "classify", sorted(map(str, tmp_path.glob("*.tsv"))), out=tmp_path / "run", steps=2, listener=said.append,
        settings={**SMALL, "data.group": r"(\w)\.tsv", "data.held": ["b"]},
    )  # fmt: skip
    texts = [getattr(event, "text", "") for event in said]
    assert "held out: 1 of 3 groups, 6 of 18 examples: b" in texts
