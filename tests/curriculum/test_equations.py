"""The document of equations says what the code does."""

from pathlib import Path

import pytest

from elman.layers.recurrent import RecurrentConfig
from elman.layers.regularization import Regularization
from elman.notation import NOTATIONS

EQUATIONS = (Path(__file__).parents[2] / "docs" / "equations.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", NOTATIONS)
def test_the_document_has_every_notation_as_the_code_has_it(name):
    assert f"| {name} | {NOTATIONS[name].source} | {NOTATIONS[name].formula} |" in EQUATIONS


@pytest.mark.parametrize("name", Regularization.model_fields)
def test_the_document_has_every_kind_of_noise(name):
    assert f"`{name}`" in EQUATIONS


def test_the_document_has_every_connection():
    for kind in RecurrentConfig.model_fields["connections"].annotation.__args__:
        assert f"| `{kind}` |" in EQUATIONS
