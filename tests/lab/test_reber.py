"""Streams of embedded Reber strings, and what reads them."""

import re

import pytest
import torch

import elman.lab
from elman.lab.reber_strings import SYMBOLS, Reber
from elman.lab.streams import Course
from elman.lab.training import Setting

LATE = "(?:T*VPX)*T*V(?:V|PS)"  # from where T may be repeated to the end
STRING = re.compile(f"B([TP])B(?:TS*X(?:S|X{LATE})|P{LATE})E\\1E")


def streams(strings, rows=200, seed=1):
    return Reber(strings).drawn(torch.Generator().manual_seed(seed), rows)


def written(drawn):
    return [
        "".join(SYMBOLS[k] for k in row[:n].argmax(-1)) for row, n in zip(drawn.x, drawn.lengths.tolist(), strict=True)
    ]


def test_A22_every_string_is_one_of_the_grammar_and_both_kinds_are_as_frequent():
    texts = written(streams(1, 2000))
    assert [text for text in texts if not STRING.fullmatch(text)] == []
    assert sum(text[1] == "T" for text in texts) == pytest.approx(1000, abs=70)
    assert sum(map(len, texts)) / 2000 == pytest.approx(12, abs=0.2)  # 8 of the grammar and 4 around it
    assert min(map(len, texts)) == 9


def test_A22_a_set_has_what_is_read_next_and_what_else_could_have_been():
    some = streams(3)
    for row, n in enumerate(some.lengths.tolist()):
        following = some.x[row, 1:n].argmax(-1)
        assert bool((some.y[row, torch.arange(n - 1), following] == 1).all())
        assert some.y[row, n - 1].tolist() == [1, 0, 0, 0, 0, 0, 0]  # after the last E another string may come
        assert not some.y[row, n:].any()
    prefixes = {}
    for text, sets in zip(written(streams(1, 2000)), streams(1, 2000).y, strict=True):
        for place in range(len(text)):
            may = {SYMBOLS[k] for k in sets[place].nonzero().flatten().tolist()}
            prefixes.setdefault(text[: place + 1], (may, set()))[1].update(text[place + 1 : place + 2] or "B")
    often = [both for prefix, both in prefixes.items() if len(prefix) < 6]
    assert all(may == seen for may, seen in often)


def test_A22_who_knows_all_but_the_second_symbol_is_right_in_half_and_a_mistake_costs_its_own_string():
    problem, some = Reber(5), streams(5, 400)
    assert bool(problem.right(some.y, some).all())
    blind = some.y.clone()
    ends = (some.x[..., 6] == 1) & (some.y[..., 0] == 0)  # after the inner E
    blind[ends] = torch.tensor([0.0, 2, 1, 0, 0, 0, 0])
    assert problem.score(blind, some) == pytest.approx(0.5, abs=0.04)
    once = some.y.clone()
    once[:, 0] = 0
    assert problem.right(once, some).float().mean(0).tolist() == [0, 1, 1, 1, 1]


def test_A22_a_stream_is_learned_with_a_forget_gate_as_its_own_seeds_say():
    made = elman.lab.reber(updates=10, seeds=2, units=3, strings=2)
    assert len(made.values["LSTM: in training"]) == 2
    assert [panel.title for panel in made.found.panels] == ["Learning", "Along a stream"]
    assert made.values == elman.lab.reber(updates=10, seeds=2, units=3, strings=2).values
    assert made.found.tables[0].columns[-1] == "51-100"


def test_courses_see_as_many_strings_at_an_update():
    setting = Setting("", "lstm", 3, 0.02, {})
    for strings in (1, 2, 8):
        assert len(Course(setting, strings).drawn(1, 1).x) * strings == 128
