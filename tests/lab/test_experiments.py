"""Every experiment through one contract: what it says of itself, its numbers, its figure, its text."""

import json
import pkgutil
import re
from xml.etree import ElementTree

import pytest

import elman
import elman.lab
from elman.errors import ConfigError
from elman.files.documents import to_json
from elman.lab import drawing
from elman.lab.experiments import ELSEWHERE, EXPERIMENTS
from elman.lab.outcome import Found, Outcome, Place, Step
from elman.lab.panels import Curve, Lines
from elman.lab.running import known, outcome
from elman.lab.told import lines

NAMES = EXPERIMENTS.names()
QUICK = [name for name in NAMES if EXPERIMENTS.get(name).seconds <= 0.3]


def numbers(value):
    if isinstance(value, dict | list):
        return [one for part in (value.values() if isinstance(value, dict) else value) for one in numbers(part)]
    return [value] if isinstance(value, float) else []


@pytest.mark.parametrize("name", NAMES)
def test_an_experiment_says_what_it_is(name):
    kind = EXPERIMENTS.get(name)
    assert kind.title[0].isupper() or kind.title[0] in "aλ"
    assert not kind.title.endswith(".")
    assert kind.formula
    assert kind.rows
    assert kind.seconds <= 120
    for place in kind.deck:
        assert re.fullmatch(r"00[0-4]", place.deck), place
        assert re.fullmatch(r"\d+(-\d+)?", place.lines), place


@pytest.mark.parametrize("name", QUICK)
def test_an_experiment_gives_numbers_and_a_figure(name):
    made = outcome(name, {})
    facts = json.loads(to_json(made.facts))
    assert facts.keys() >= {"name", "deck", "inputs", "steps", "result", "figure"}
    assert [step["symbol"] for step in facts["steps"]] == list(made.values)  # no symbol stands for two things
    assert facts["steps"] or facts["tables"]
    assert facts["result"].endswith(".")
    assert facts["figure"]
    text = str(made)
    assert made.title in text
    assert "\t" not in text
    for step in facts["steps"]:
        assert step["symbol"] in text


@pytest.mark.parametrize("name", ["jacobian", "ppl_table", "dag", "history"])
def test_a_figure_is_an_svg_with_labelled_axes(name):
    made = outcome(name, {})
    svg = made.svg()
    ElementTree.fromstring(svg)
    for panel in made.found.panels:
        for label in ("across", "up"):
            said = getattr(panel, label, "")
            assert said or label == "across" or not isinstance(panel, Lines)
    assert len(svg) < 250_000


def test_prose_is_broken_where_a_terminal_ends():
    narrow = list(lines(outcome("jacobian", {}), 80))
    assert max(map(len, narrow)) <= 80
    assert max(map(len, lines(outcome("jacobian", {})))) > 120


def test_the_package_has_a_function_for_each():
    found = elman.lab.jacobian()
    assert isinstance(found, Outcome)
    assert found.values["‖∂s_4/∂s_0‖₂"] == pytest.approx(0.098634326094, abs=1e-10)
    assert "<svg" in found._repr_html_()
    assert repr(found) == f"<jacobian: {found.title}; {len(found.values)} values>"
    assert "jacobian" in dir(elman.lab)
    assert elman.lab.jacobian.__name__ == "jacobian"
    with pytest.raises(AttributeError, match=r"no experiment 'jacobain'\. Did you mean 'jacobian'"):
        elman.lab.jacobain  # noqa: B018


def test_no_module_of_the_lab_takes_the_name_of_an_experiment():
    modules = {module.name for module in pkgutil.iter_modules(elman.lab.__path__)}
    assert not modules & set(NAMES)  # once imported, it would stand where the function does


def test_options_are_those_of_the_experiment():
    assert outcome("eigen", {"steps": 10}).values["0.5^10"] == 0.5**10
    with pytest.raises(ConfigError, match="steps"):
        elman.lab.eigen(steps=0)
    with pytest.raises(ConfigError, match="unknown key 'stps'"):
        elman.lab.eigen(stps=1)


def test_names_are_found_however_they_are_written():
    with pytest.raises(ConfigError, match=r"unknown experiment 'jacobain'\. Did you mean 'jacobian'\?"):
        known("jacobain")
    assert not set(ELSEWHERE) & set(NAMES)
    for other, name in ELSEWHERE.items():
        with pytest.raises(ConfigError, match=f"Did you mean '{name.replace('_', '-')}'"):
            known(other)


def test_T16_zeros_stand_at_the_edge_of_a_logarithmic_axis_and_are_counted():
    panel = Lines("", "t", "norm", [Curve("a", [1, 2, 3, 4], [1.0, 0.1, 0.0, 0.0])], "y")
    assert "2 × 0" in drawing.as_svg([panel])
    assert "× 0" not in drawing.as_svg([Lines("", "t", "norm", panel.curves)])


def test_a_figure_is_the_same_file_each_time():
    panel = Lines("", "t", "norm", [Curve("a", [1, 2], [1.0, 0.1], "both")])
    assert drawing.as_svg([panel]) == drawing.as_svg([panel])


def test_long_values_are_shortened_in_text_and_whole_in_facts():
    found = Found([Step("x", "", [float(i) for i in range(50)])], "Nothing.", [])
    made = Outcome("n", "T", "f", [Place("000", "1")], found)
    assert "(50 of them)" in str(made)
    assert len(made.values["x"]) == 50
