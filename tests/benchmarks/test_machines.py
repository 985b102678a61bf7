"""What machines are measured on: each recipe with its sources, and an LSTM of as many weights beside it."""

import sys
from pathlib import Path

import pytest

import elman

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def machines():
    """The script as a module."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import machines

    sys.path.pop(0)
    return machines


def test_every_recipe_is_measured(machines):
    assert set(machines.ASKED) == {path.stem for path in machines.RECIPES.glob("*.toml")}


@pytest.mark.parametrize("recipe", ["brackets", "copy", "recall", "repeat_copy"])
def test_an_lstm_alone_has_about_as_many_weights(machines, recipe, tmp_path):
    asked, weights = machines.ASKED[recipe], []
    few = {**asked.train, "count": 20}
    for alone in (False, True):
        settings = {**machines.settings_of(recipe, 1, alone), "training.steps": 1, "training.validate_every": 1}
        out = tmp_path / str(alone)
        elman.train("transduce", machines.source(tmp_path, "few", few), out=out, threads=1, settings=settings)
        weights.append(sum(one.numel() for one in elman.load(out).model.parameters()))
    assert weights[1] == pytest.approx(weights[0], rel=0.03)
    for place, options in enumerate(asked.tests.values()):
        longer = machines.source(tmp_path, f"longer{place}", {**asked.train, **options, "count": 1})
        found = elman.load(tmp_path / "False").evaluate(longer)
        wrong = next(one.value for one in found.scores if one.unit == "bits a sequence")
        assert machines.told(found.scores).startswith(f"{wrong:.2f} bits wrong, ")
