"""Every row of the curriculum that is done names a test, and the documents say what the code does."""

import re
from pathlib import Path

import pytest

from elman.layers.recurrent import RecurrentConfig
from elman.layers.regularization import Regularization
from elman.notation import NOTATIONS

HERE = Path(__file__).parent
EQUATIONS = (HERE.parent.parent / "docs" / "equations.md").read_text(encoding="utf-8")
ROWS = [
    *(f"A{n}" for n in range(1, 27)),
    *(f"B{n}" for n in range(1, 19)),
    *(f"C{n}" for n in (1, 2, 4, 5, *range(7, 15), 19, 20, 22, 23, 24)),
    *(f"D{n}" for n in (*range(1, 9), 14, *range(17, 24), 25, 41, 47, 48)),
    *(f"F{n}" for n in range(1, 9)),
    "F9",
    *(f"H{n}" for n in (1, 2, 3, 4, 5, 7)),
    *(f"W{n}" for n in (3, 4, 5, 7, 8)),
]


def rows_with_tests():
    names = re.findall(r"^def (test_\w+)", "".join(path.read_text() for path in HERE.glob("test_*.py")), re.MULTILINE)
    return {part for name in names for part in name.split("_") if re.fullmatch(r"[A-Z]\d+", part)}


@pytest.mark.parametrize("row", ROWS)
def test_every_row_names_a_test(row):
    assert row in rows_with_tests()


@pytest.mark.parametrize("name", NOTATIONS)
def test_the_document_has_every_notation_as_the_code_has_it(name):
    assert f"| {name} | {NOTATIONS[name].source} | {NOTATIONS[name].formula} |" in EQUATIONS


@pytest.mark.parametrize("name", Regularization.model_fields)
def test_the_document_has_every_kind_of_noise(name):
    assert f"`{name}`" in EQUATIONS


def test_the_document_has_every_connection():
    for kind in RecurrentConfig.model_fields["connections"].annotation.__args__:
        assert f"| `{kind}` |" in EQUATIONS
