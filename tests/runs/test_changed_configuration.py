"""A configuration that was changed by hand where the shapes of the weights stay as they are."""

import json

import pytest

import elman
from elman.errors import CheckpointError
from elman.runs import weights
from elman.runs.folder import RunFolder


@pytest.fixture
def path(tmp_path, text_file):
    small = {"level": "character", "hidden": 4, "batch_size": 4, "threads": 1, "steps": 2}
    return elman.train("lm", str(text_file), out=tmp_path / "run", **small).path


def change(path, *pairs):
    config = path / "config.toml"
    text = config.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    config.write_text(text)


def test_what_decides_the_model_is_refused_by_name(path):
    change(path, ('connections = "plain"', 'connections = "residual"'))
    for use in (elman.load, elman.resume):
        with pytest.raises(CheckpointError, match=r"config.toml: was changed since the weights were saved, .*: model"):
            use(path)


def test_every_change_is_named_up_to_three(path):
    config = path / "config.toml"
    config.write_text(config.read_text().replace("[model]\n", "[model]\na = 1\nb = 2\nc = 3\nd = 'x'\n"))
    run = RunFolder.open(path)
    from elman.config import Settings

    with pytest.raises(CheckpointError) as caught:
        run.check_configuration(Settings.read(config))
    model = path / "model.safetensors"
    assert str(caught.value) == (
        f"{config}: was changed since the weights were saved, which go with what it said: model.a is 1, was not there; "
        "model.b is 2, was not there; model.c is 3, was not there; 1 key more. "
        f"Restore it (or {model}, if that was altered), or train anew."
    )


def test_other_sections_and_remarks_may_change(path):
    change(path, ("[model]", "# a remark\n[model]"), ("seed = 1", "seed = 2"))
    elman.load(path)


def test_a_run_that_does_not_know_it_is_loaded(path):
    model = path / "model.safetensors"
    arrays, facts = weights.read(model)
    assert json.loads(facts["configuration"])["task"]["name"] == "lm"
    known = {name: fact for name, fact in facts.items() if name not in ("configuration", "checksum")}
    model.write_bytes(weights.to_bytes({name: array.copy() for name, array in arrays.items()}, known))
    elman.load(path)
