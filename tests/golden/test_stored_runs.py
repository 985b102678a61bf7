"""Runs of every kind that were made before still load, say what they said, and go on as they would have."""

import json
import shutil
from contextlib import chdir

import pytest

import elman
from elman.errors import CheckpointError

from . import data
from .asking import asked, gone_on
from .comparing import Tolerance, differences
from .kinds import KINDS, STOPPED, STORED
from .test_losses import TOLERANCES

NAMES = sorted(path.name for path in STORED.iterdir())


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A folder with every file."""
    folder = tmp_path_factory.mktemp("golden")
    data.write(folder)
    return folder


def expected(name):
    return json.loads((STORED / name / "expected.json").read_text(encoding="utf-8"))


def tolerance(place):
    """Scores to 1e-4; answers and tables are printed with four digits, of which the last may be rounded otherwise."""
    return Tolerance(1e-4, 1.01e-4 if place.startswith("/predict") or "/details/" in place else 1e-7)


def test_every_kind_is_stored():
    assert set(KINDS) <= set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_run_says_what_it_said(name, files, tmp_path):
    run = tmp_path / name
    shutil.copytree(STORED / name, run)
    before = {key: value for key, value in expected(name).items() if key != "gone on"}
    wrong = list(differences(before, asked(name, run, files), tolerance))
    assert not wrong, f"{name}: {len(wrong)} answers differ, first {wrong[0]}"


@pytest.mark.parametrize("name", STOPPED)
def test_a_stopped_run_goes_on_as_it_would_have(name, files, tmp_path):
    found = gone_on(STORED / name, files, tmp_path / name)
    wrong = list(differences(expected(name)["gone on"], found, lambda place: TOLERANCES[place.split("/")[1]]))
    assert not wrong, f"{name}: {len(wrong)} numbers differ, first {wrong[0]}"


def test_a_checkpoint_of_before_is_refused_in_one_line(files, tmp_path):
    shutil.copytree(STORED / "lm_awd", tmp_path / "run")
    message = (
        r"checkpoints/525: a checkpoint of an older elman, from which this one cannot go on\. The run can be used as "
        r"it is; to train further, train anew into another folder\."
    )
    with pytest.raises(CheckpointError, match=message), chdir(files):
        elman.resume(tmp_path / "run")
