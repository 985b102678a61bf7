"""Trainings of every kind lose what they lost when `losses.json` was made."""

import json
from pathlib import Path

import pytest

from . import data
from .comparing import Tolerance, differences
from .losses import CASES, CELLS, train

EXPECTED = json.loads(Path(__file__).with_name("losses.json").read_text(encoding="utf-8"))
TOLERANCES = {
    "nats": Tolerance(2e-4),
    "validations": Tolerance(1e-3),
    "learning_rate": Tolerance(1e-5, 1e-12),
    "gradient_norm": Tolerance(1e-2),
    "penalties": Tolerance(1e-3),
    "averaged_from": Tolerance(0.0, 0.0),
}
"""Sums may be made in another order, and 30 updates make that larger, most of all in the norm of a small gradient."""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A folder with every file."""
    folder = tmp_path_factory.mktemp("golden")
    data.write(folder)
    return folder


def test_every_training_has_numbers():
    assert sorted(EXPECTED) == sorted(CASES)


def test_every_cell_is_trained():
    from elman.cells import CELLS as REGISTERED

    assert set(CELLS) == set(REGISTERED.names())


@pytest.mark.parametrize("name", CASES)
def test_losses_are_those_of_before(name, files, tmp_path):
    found = train(CASES[name], files, tmp_path / "run")
    wrong = list(differences(EXPECTED[name], found, lambda place: TOLERANCES[place.split("/")[1]]))
    assert not wrong, f"{name}: {len(wrong)} numbers differ, first {wrong[0]}"
