"""What is written where a list of misspellings is looked up, as codespell does."""

import runpy
from pathlib import Path

import pytest

MADE = runpy.run_path(str(Path(__file__).parents[2] / "benchmarks" / "spelling_lookup.py"))
LIST = "teh->the\nact ->act\nacapella->a cappella\nclas->class, clause,\nclosde->closed, disabled here\n"


@pytest.mark.parametrize(
    ("typed", "written", "first"),
    [
        ("teh cat", "the cat", "the cat"),
        ("(Teh), teh.", "(the), the.", "(the), the."),
        ("an acapella", "an a cappella", "an a cappella"),
        ("a clas", "a clas", "a class"),  # several corrections
        ("closde", "closde", "closed"),  # a reason behind it
        ("stehe ,", "stehe ,", "stehe ,"),
    ],
)
def test_a_word_is_replaced_where_the_list_has_one_correction(tmp_path, typed, written, first):
    (tmp_path / "list.txt").write_text(LIST)
    known = MADE["entries"](tmp_path / "list.txt")
    assert MADE["looked_up"](typed, known, False) == written
    assert MADE["looked_up"](typed, known, True) == first
