"""Runs whose decoder reads its own tokens in training: they learn, stop, go on, and are refused where they cannot."""

import re

import numpy as np
import pytest

import elman
from elman.cli.main import main
from elman.errors import ConfigError
from elman.events import Stepped
from tests.tasks.test_seq2seq import OPTIONS, files, run, train  # noqa: F401

EACH = {
    "sampling": {"model.teacher": "sampling", "model.teacher_options": {"schedule": "linear", "least": 0.3}},
    "mixer": {"model.teacher": "mixer", "model.teacher_options": {"taught": 0.2, "fewer": 2}},
}
every_teacher = pytest.mark.parametrize("teacher", EACH)


@every_teacher
@pytest.mark.parametrize("decoder", ["unfed", "luong"])
def test_training_goes_on_as_if_it_had_never_stopped(files, tmp_path, teacher, decoder):  # noqa: F811
    options = {**OPTIONS, **EACH[teacher], "training.schedule": "constant", "model.dropout": 0.3}
    options |= {"model.decoder": decoder, "training.checkpoint_every": 6}
    whole = train(files, tmp_path / "whole", steps=12, settings=options).path
    assert main(["train", "--resume", str(_stopped(files, tmp_path / "half", options))]) == 0
    left, right = (elman.load(one).model.weights() for one in (whole, tmp_path / "half"))
    for name, array in left.items():
        np.testing.assert_array_equal(right[name], array)


def _stopped(files, out, options):  # noqa: F811
    """Return a run of twelve steps that was killed after its checkpoint at six."""

    def kill(event):
        if getattr(event, "step", 0) >= 8:
            raise KeyboardInterrupt

    try:
        train(files, out, steps=12, settings={**options, "training.log_every": 1}, listener=kill)
    except KeyboardInterrupt:
        return out
    raise AssertionError("it was not stopped")


@every_teacher
def test_it_learns_to_turn_words_round(files, tmp_path, teacher):  # noqa: F811
    made = train(files, tmp_path / "run", steps=400, settings={**OPTIONS, **EACH[teacher]})
    found = {one.name: one.value for one in elman.load(made.path).evaluate(f"{files}/valid.x,{files}/valid.y").scores}
    assert found["error_rate"] < 0.3


@pytest.mark.parametrize(
    ("settings", "shown", "label"),
    [
        (
            EACH["mixer"],
            r"loss -?\d+\.\d{3} a character \(nats, rewards and squared errors\)",
            "a character: nats, rewards",
        ),
        (EACH["sampling"], r"\d+\.\d{3} nats/character", "nats a character"),
    ],
)
def test_a_loss_that_is_no_nats_is_not_called_so(files, tmp_path, settings, shown, label):  # noqa: F811
    told = []
    made = train(files, tmp_path / "run", steps=6, settings={**OPTIONS, **settings}, listener=told.append)
    lines = [event.shown for event in told if isinstance(event, Stepped)]
    assert len(lines) == 6
    assert [line for line in lines if not re.fullmatch(shown, line)] == []
    assert label in made.plot().axes[0].get_ylabel()


def test_what_means_nothing_is_refused(files, tmp_path):  # noqa: F811
    with pytest.raises(ConfigError, match=r"unknown teacher 'sample'. Did you mean 'sampling'\?"):
        train(files, tmp_path / "r", steps=1, settings={"model.teacher": "sample"})
    with pytest.raises(ConfigError, match="unknown key 'taught'"):
        train(files, tmp_path / "r", steps=1, settings={**EACH["sampling"], "model.teacher_options": {"taught": 0.5}})
    copying = {**OPTIONS, **EACH["mixer"], "task.copying": True}
    with pytest.raises(
        ConfigError,
        match=r"model\.teacher: mixer does not follow where a decoder looks, and does not go",
    ):
        train(files, tmp_path / "r", steps=1, settings=copying)
