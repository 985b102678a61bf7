"""Kinds of details: a log takes each, pages draw each that is no table, and those of older runs."""

from dataclasses import asdict

import pytest

from elman.evaluation.details import Detail, Looked, Numbers
from elman.pages.details import picture, shown
from elman.runs.logged import check_event

ROWS = {
    "map": (["word", "across", "up"], [["a", 0.5, 1.0], ["b", 0.0, 0.0]]),
    "looked": (["", "a", "b"], [["x", 0.25, 0.75]]),
    "series": (["step", "load", "forecast", "10%", "90%"], [[1, 1.0, 1.5, 0.5, 2.0], [2, 2.0, 1.5, 0.5, 2.0]]),
    "stretches": (["frame", "x", "gold", "predicted"], [[1, 0.5, "sit", "sit"], [2, 0.5, None, "walk"]]),
    "roll": (["step", "key", "true", "predicted"], [[1, "60", 1, 0.5]]),
    "drawings": (["drawing", "path"], [["a", "M1 2L4 2"]]),
    "pictured": (["", "1,1"], [["x", 1.0]]),
}
KINDS = {kind("t", [], []).kind: kind for kind in Detail.__subclasses__()}
TABLES = {"table", "numbers", "matrix"}


def made(name):
    kind = KINDS[name]
    columns, rows = ROWS.get(name, (["a", "b"], [["x", 1]]))
    return kind("t", columns, rows, **{"picture": ["ff8800"]} if name == "pictured" else {})


def test_there_are_nine_beside_the_table():
    assert len(KINDS) == 9
    assert KINDS.keys() - TABLES == ROWS.keys()


@pytest.mark.parametrize("name", KINDS)
def test_a_log_takes_each_kind_and_pages_draw_what_is_no_table(name):
    told = asdict(made(name))
    assert told["kind"] == name
    check_event({"event": "details", "step": 1, "details": [told]})
    assert (picture(told) is None) == (name in TABLES)
    assert "<h2>t</h2>" in shown(told)


def test_what_was_looked_at_names_both_axes():
    told = asdict(Looked("t", ["", "one", "two"], [["it rained", 0.5, 0.5]], "hops", "story"))
    assert (told["across"], told["down"]) == ("hops", "story")
    assert all(f">{name}<" in picture(told) for name in ("hops", "story"))
    assert all(f">{name}<" in picture(asdict(made("looked"))) for name in ("source", "written"))


def test_older_logs_name_them_over_the_first_column():
    older = {"title": "t", "columns": ["steps/place", "1"], "rows": [["1", 0.5]], "kind": "looked", "picture": []}
    check_event({"event": "views", "step": 1, "views": [older]})
    assert all(f">{name}<" in picture(older) for name in ("steps", "place"))


def test_numbers_are_no_rates():
    assert Detail("t", ["a", "b"], [["x", 0.5]]).cells() == [["x", "50.00"]]
    assert Numbers("t", ["a", "b"], [["x", 0.5]]).cells() == [["x", "0.5000"]]
