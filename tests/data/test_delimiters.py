"""What stands between the columns of tables of numbers."""

import pytest

from elman.data.delimiters import cells_of, delimiter_of, other_below


@pytest.mark.parametrize(
    ("lines", "delimiter"),
    [
        (["a,b", "1,2"], ","),
        (["a;b", "1,5;2,5"], ";"),
        (["heat, in C;load, in kW;x", "1,5;2;3"], ";"),
        (["a|b", "1|2"], "|"),
        (["a\tb", "1\t2"], "\t"),
        (["a,b,c", '"1,234",5,6'], ","),
        (["a,b", "1,5,2"], ","),
        (["a", "1"], ""),
        ([], ""),
    ],
)
def test_it_cuts_names_and_rows_alike(lines, delimiter):
    assert delimiter_of(lines) == delimiter


def test_names_may_have_something_else_between_them():
    assert other_below(["a,b,c", "1;1,5;3", "2;2,5;4"]) == ";"
    assert other_below(["a;b", "1,5;2", "2,5;3"]) == ""
    assert other_below(["a,b", "1,5", "2,6"]) == ""
    assert other_below(["a", "1;2"]) == ""
    assert other_below(["a,b"]) == other_below([]) == ""


def test_cells_may_stand_in_quotes():
    assert cells_of('"1,234" , 5', ",") == ["1,234", "5"]
    assert cells_of("a", "") == ["a"]
