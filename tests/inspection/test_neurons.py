"""Units that follow what one can name: found where they are by construction, and not where there is only noise."""

import json

import numpy as np
import pytest
import torch

import elman
from elman.cli.main import main
from elman.inspection.following import best_units
from elman.inspection.nameable import nameable
from tests.inspection.runs_to_look_at import language_model, tagger

COUNTER = 3


def brackets(count=1500):
    """Return letters with brackets that are opened and closed at random, three deep at most."""
    draw, depth, made = np.random.default_rng(5), 0, []
    while len(made) < count:
        what = draw.integers(0, 6)
        if what == 0 and depth < 3:
            made.append("(")
            depth += 1
        elif what == 1 and depth:
            made.append(")")
            depth -= 1
        else:
            made.append("abc\n"[draw.integers(0, 4)])
    return "".join(made)


@pytest.fixture(scope="module")
def counting(tmp_path_factory):
    """A language model of letters whose unit 3 adds 1 at ( and takes 1 away at ), and keeps in between."""
    folder = tmp_path_factory.mktemp("neurons")
    (folder / "b.txt").write_text(brackets())
    run = elman.train(
        "lm", folder / "b.txt", valid=folder / "b.txt", out=folder / "run", level="character", hidden=6, steps=1,
        threads=1, listener=elman.silent,
    )  # fmt: skip
    model = elman.load(run.path)
    cell, table = model.model.recurrent.layers[0], model.model.embedding.weight
    signs = torch.zeros(len(table))
    vocabulary = list(model.task.tokens.vocabulary.tokens)
    signs[vocabulary.index("(")], signs[vocabulary.index(")")] = 1.0, -1.0
    with torch.no_grad():
        table.zero_()
        table[:, 0] = signs
        for weight, rows in ((cell.weight_ih, 6), (cell.weight_hh, 6)):
            weight.view(4, rows, -1)[:, COUNTER] = 0
        biases = cell.bias_ih.view(4, 6)  # i, f, g, o
        cell.bias_hh.view(4, 6)[:, COUNTER] = 0
        biases[:, COUNTER] = torch.tensor([50.0, 50.0, 0.0, 0.0])
        cell.weight_ih.view(4, 6, -1)[2, COUNTER, 0] = 50.0  # g = tanh(± 50) = ± 1, and 0 without a bracket
    return model


def test_A_counter_by_construction_is_found(counting):
    found = elman.inspect(counting, "neurons", brackets())
    first = found.values["units"][0]
    assert (first["name"], first["unit"], first["layer"]) == ("depth of brackets", COUNTER, "layer 1")
    assert first["found"] == pytest.approx(1, abs=1e-5)
    assert first["tested"] == pytest.approx(1, abs=1e-5)
    assert first["follows"]
    assert found.values["letter"] == "c"
    assert f"unit {COUNTER} of layer 1 follows depth of brackets (r +1.00)" in found.verdict


def test_a_long_text_is_read_in_stretches_of_which_the_last_is_shorter(counting):
    text = brackets(9000) + "abc"
    found = elman.inspect(counting, "neurons", text)
    first = found.values["units"][0]
    assert found.values["tokens"] == len(text) + 1
    assert (first["name"], first["unit"]) == ("depth of brackets", COUNTER)


def test_colors_are_the_values_of_the_unit(counting):
    text = "a(b(c)c)\n(a)"
    found = elman.inspect(counting, "neurons", text, unit=COUNTER)
    drawn = found.values["colored"][0]
    assert "".join(drawn["places"][1:]) == text.replace("\n", "↵")
    assert drawn["values"][1:] == pytest.approx([0, 1, 1, 2, 2, 1, 1, 0, 0, 1, 1, 0], abs=1e-6)
    assert found.panels[0].draw().startswith("<svg")
    assert "13 tokens are too few" in found.verdict


def test_one_unit_is_told_with_all_that_it_follows(counting):
    found = elman.inspect(counting, "neurons", brackets(), unit=COUNTER)
    assert {one["unit"] for one in found.values["units"]} == {COUNTER}
    assert found.verdict.startswith(f"unit {COUNTER} follows depth of brackets (r +1.00)")


def test_long_texts_in_stretches_are_the_same_numbers_but_for_their_starts(counting):
    """Read in 2 stretches or alone: a stretch begins with nothing in memory, and is the same model."""
    text = brackets(1100)
    whole = elman.inspect(counting, "states", text, letter="c").values["layer 1"]["c"]
    view_of = elman.inspect(counting, "neurons", text[:900], unit=COUNTER).values["colored"][0]
    first = view_of["from"] - 1
    own = np.array(whole)[first : first + len(view_of["values"]), COUNTER]
    np.testing.assert_allclose(view_of["values"], own, atol=1e-6)


def test_T37_the_best_of_many_units_is_noise_on_other_text():
    """256 walks at random, and 10 things that walk too: large r where they were chosen, and no unit follows."""
    draw = np.random.default_rng(0)
    units = np.zeros((2000, 256))
    for step in range(1, 2000):
        units[step] = 0.95 * units[step - 1] + draw.standard_normal(256)
    things = {f"thing {number}": np.repeat(draw.integers(0, 2, 100), 20).astype(float) for number in range(10)}
    found = best_units(units, things)
    assert min(abs(one.found) for one in found) > 0.2
    assert sum(one.follows for one in found) <= 1
    assert max(abs(one.tested) for one in found) < 0.35


def test_correlations_are_those_of_numpy():
    draw = np.random.default_rng(1)
    units, thing = draw.standard_normal((600, 5)), draw.standard_normal(600)
    units[:, 2] += 0.5 * thing
    (found,) = best_units(units, {"it": thing})
    assert found.unit == 2
    assert found.found == pytest.approx(np.corrcoef(units[:300, 2], thing[:300])[0, 1])
    assert found.tested == pytest.approx(np.corrcoef(units[300:, 2], thing[300:])[0, 1])
    shifts = [np.corrcoef(units[300:, 2], np.roll(thing[300:], by))[0, 1] for by in range(15, 286)]
    assert found.by_chance == pytest.approx(np.abs(shifts).max())


def test_what_can_be_named_by_hand():
    found = nameable(list('\n  A (b "1") s.'))
    assert found["depth of brackets"].tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]
    assert found["inside quotes"].tolist() == [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    assert found["place in the line"].tolist() == list(range(15))
    assert found["indentation"].tolist() == [0, 1, *[2] * 13]
    assert np.flatnonzero(found["capital"]).tolist() == [3]
    assert np.flatnonzero(found["digit"]).tolist() == [9]
    words = nameable(["\n", "``", "cats", "running", "''", "."])
    assert words["inside quotes"].tolist() == [0, 1, 1, 1, 0, 0]
    assert words["letters of the word so far"].tolist() == [0, 2, 4, 7, 2, 1]
    assert np.flatnonzero(words["ends in s"]).tolist() == [2]
    assert "digit" not in words


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["abc", "--unit", "9"], "--unit: got 9, expected 0 to 5."),
        (["abc", "--layer", "2"], "--layer: got 2, expected 1 to 1."),
        (["abc", "--letter", "q"], "--letter: got 'q'. Choose one of:"),
        (["abc", "--at", "1"], "--at: means nothing to the view neurons. Leave it out."),
    ],
)
def test_what_is_not_there_is_said(counting, capsys, given, message):
    assert main(["inspect", str(counting.path), "neurons", *given]) == 2
    assert message in capsys.readouterr().err.replace("\n", " ")


def test_other_models_have_no_neurons_view(tmp_path, capsys):
    assert main(["inspect", str(tagger(tmp_path)), "neurons", "the cat"]) == 2
    assert "reads no running text; what its units hold is shown by the view states." in capsys.readouterr().err


def test_without_an_input_the_beginning_of_the_runs_data_is_read(tmp_path):
    run = language_model(tmp_path)
    assert main(["inspect", str(run), "neurons", "--out", str(tmp_path / "n.json")]) == 0
    assert json.loads((tmp_path / "n.json").read_text())["tokens"] > 400
