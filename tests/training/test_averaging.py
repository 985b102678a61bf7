"""The mean of the weights at the last validations: what it is of, when it becomes the model, and what is refused."""

import json

import numpy as np
import pytest
import torch
from torch import nn

import elman
from elman.errors import CheckpointError, ConfigError
from elman.events import Notice, Saved, silent
from elman.runs import checkpoint as checkpoints
from elman.runs import weights
from elman.runs.configuration import TrainingConfig
from elman.training.averaging import CheckpointAverage, copies_of

SETTINGS = {
    "task.level": "character",
    "task.bptt": 8,
    "training.averaging": "checkpoints",
    "training.averaging_last": 3,
}
JUMPING = {"training.schedule": "constant", "training.learning_rate": 0.3}
RUN = {"steps": 12, "hidden": 8, "batch_size": 4, "seed": 3}


def go(out, text, listener=silent, steps=12, **settings):
    given = {**SETTINGS, "training.validate_every": 2, "training.checkpoint_every": 2, **settings}
    return elman.train("lm", str(text), out=out, settings=given, listener=listener, **{**RUN, "steps": steps})


def validations(run):
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return [line for line in lines if line["event"] == "validation"]


@pytest.fixture(scope="module")
def averaged(tmp_path_factory, text_file):
    """A run whose weights jump about so much that their mean is better than each of them, and its checkpoints."""
    out, kept, said = tmp_path_factory.mktemp("averaged") / "run", {}, []

    def listen(event):
        if isinstance(event, Saved):
            kept[event.step] = checkpoints.load(out / "checkpoints").part("model")
        if isinstance(event, Notice):
            said.append(event.text)

    go(out, text_file, listen, **JUMPING)
    return out, kept, said


def test_the_model_is_the_mean_of_the_last_checkpoints(averaged):
    out, kept, said = averaged
    model, _ = weights.read(out / "model.safetensors")
    for name, array in model.items():
        mean = np.mean([kept[step][name] for step in (8, 10, 12)], axis=0, dtype=np.float64)
        np.testing.assert_array_equal(array, mean.astype(array.dtype))
    assert any(not np.array_equal(model[name], kept[12][name]) for name in model)
    assert "the mean of the weights at the last 3 validations:" in said


def test_the_mean_is_validated_once_more_and_kept_where_it_is_better(averaged):
    found = validations(averaged[0])
    assert [(one["step"], one.get("averaged")) for one in found] == [*((s, None) for s in range(2, 13, 2)), (12, 3)]
    assert found[-1]["best"]
    assert found[-1]["value"] < min(one["value"] for one in found[:-1])


def test_training_goes_on_from_its_own_weights(averaged, tmp_path, text_file):
    out = tmp_path / "run"
    go(out, text_file, **JUMPING, **{"training.averaging": "none", "training.averaging_last": None})
    plain = checkpoints.load(out / "checkpoints").part("model")
    assert all(np.array_equal(plain[name], averaged[1][12][name]) for name in plain)


def test_a_worse_mean_is_told_and_not_kept(tmp_path, text_file):
    out = tmp_path / "run"
    go(out, text_file, **{"training.learning_rate": 0.005, "training.averaging_last": 5})
    found = validations(out)
    assert (found[-1]["averaged"], found[-1]["best"]) == (5, False)
    assert found[-2]["best"]
    model, _ = weights.read(out / "model.safetensors")
    last = checkpoints.load(out / "checkpoints").part("model")
    assert all(np.array_equal(array, last[name]) for name, array in model.items())


def test_a_run_that_ends_early_averages_too(tmp_path, text_file):
    out = tmp_path / "run"
    go(out, text_file, steps=60, **JUMPING, **{"training.patience": 1})
    found = validations(out)
    assert found[-1]["step"] == found[-2]["step"] < 60
    assert found[-1]["averaged"] == min(3, len(found) - 1)
    assert elman.resume(out, listener=silent).finished
    assert validations(out) == found  # it is over, and stays so


def test_a_longer_run_averages_its_own_last_weights(averaged, tmp_path, text_file):
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    constant = {"training.schedule": "constant", "training.learning_rate": 0.01}
    go(whole, text_file, steps=18, **constant)
    go(parts, text_file, **constant)
    elman.resume(parts, steps=18, listener=silent)
    first, second = validations(whole)[-1], validations(parts)[-1]
    assert (first["step"], first["averaged"], first["value"]) == (18, 3, second["value"])


def test_weights_come_back_as_they_were():
    network = nn.ParameterDict({"w": nn.Parameter(torch.zeros(2)), "b": nn.Parameter(torch.zeros(()))})
    average, seen = CheckpointAverage(network, 2), []
    with average.final() as count:
        assert count == 0
    for step in range(1, 4):
        network["w"].data += step
        seen.append(network["w"].detach().clone())
        assert not average.validated(1.0)
        average.updated()
    with average.applied():
        assert torch.equal(network["w"].data, seen[-1])
    other = CheckpointAverage(network, 2)
    other.restore(average.state(), average.arrays())
    for one in (average, other):
        with one.final() as count:
            assert count == 2
            assert torch.equal(network["w"].data, (seen[1] + seen[2]) / 2)
        assert torch.equal(network["w"].data, seen[-1])


@pytest.mark.parametrize(
    ("state", "change", "what"),
    [
        ({"kept": 3}, lambda arrays: None, r"the kept weight '2/w' is missing|belongs"),
        ({"kept": 1}, lambda arrays: None, r"the kept weight '1/w' belongs to nothing in the model\."),
        ({"kept": 2}, lambda arrays: arrays.pop("0/w"), r"the kept weight '0/w' is missing\."),
        (
            {"kept": 2},
            lambda arrays: arrays.update({"0/w": np.zeros(3, np.float32)}),
            r"got float32 of shape \(3,",
        ),
        ({"losses": []}, lambda arrays: None, r"the average's 'kept' is missing\."),
    ],
)
def test_a_checkpoint_of_something_else_is_refused(state, change, what):
    network = nn.ParameterDict({"w": nn.Parameter(torch.zeros(2))})
    average = CheckpointAverage(network, 4)
    average.validated(1.0)
    average.validated(1.0)
    arrays = dict(average.arrays())
    change(arrays)
    with pytest.raises(CheckpointError, match=what):
        CheckpointAverage(network, 4).restore(state, arrays)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"averaging_last": 3}, "averaging_last: got 3 with averaging none, expected checkpoints."),
        (
            {"averaging": "ntasgd", "averaging_last": 3},
            "averaging_last: got 3 with averaging ntasgd, expected",
        ),
        (
            {"averaging": "checkpoints", "averaging_patience": 2},
            "averaging_patience: got 2 with averaging checkpoints, expected ntasgd.",
        ),
        ({"averaging": "checkpoints", "averaging_last": 1}, "greater than or equal to 2"),
    ],
)
def test_options_that_mean_nothing_together_are_refused(given, message):
    with pytest.raises(ValueError) as refused:
        TrainingConfig(**given)
    assert message in str(refused.value)


def test_one_validation_is_nothing_to_average(tmp_path, text_file):
    with pytest.raises(
        ConfigError, match=r"^training\.averaging: got checkpoints with one validation, expected two or"
    ):
        go(tmp_path / "run", text_file, **{"training.validate_every": 12})
    assert not (tmp_path / "run").exists()


def test_the_memory_of_the_weights_is_counted():
    given = [
        {},
        {"averaging": "ntasgd"},
        {"averaging": "checkpoints"},
        {"averaging": "checkpoints", "averaging_last": 2},
    ]
    assert [copies_of(TrainingConfig(**one)) for one in given] == [0, 1, 6, 3]
