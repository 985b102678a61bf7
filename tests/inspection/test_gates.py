"""Gates over time: the numbers of the compiled path, time scales with all their digits."""

import json
import math

import numpy as np
import pytest
import torch

import elman
from elman.cells import CELLS
from elman.cli.main import main
from elman.inspection.reading import Layer
from elman.inspection.recording import Logits
from elman.inspection.views.gates import kept_share
from elman.layers.packing import Packing
from elman.layers.unroll import loop
from tests.inspection.runs_to_look_at import language_model


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return language_model(tmp_path_factory.mktemp("gates"), layers=2)


def test_gates_of_every_layer_are_shown(run, capsys):
    assert main(["inspect", str(run), "gates", "the cat sat", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["layer 1", "layer 2"]
    first = found["layer 1"]
    assert len(first["places"]) == 4
    assert set(first["gates"]) == {"i", "f", "o"}
    f = np.array(first["gates"]["f"])
    assert f.shape == (4, 6)
    np.testing.assert_allclose(first["kept"]["mean"], f.mean(0), rtol=1e-9)
    np.testing.assert_allclose(first["kept"]["time scale"], 1 / (1 - f.mean(0)), rtol=1e-8)
    np.testing.assert_allclose(first["kept"]["decay"], np.exp(np.log(f).mean(0)), rtol=1e-8)


def test_the_text_begins_with_what_it_means(run, capsys):
    assert main(["inspect", str(run), "gates", "the cat sat"]) == 0
    first, *rest = capsys.readouterr().out.splitlines()
    assert first.startswith("layer 1: half of what a usual unit holds is gone after ")
    assert any(line.startswith("layer 2  f (keeps)") for line in rest)


@pytest.mark.parametrize("z", [3.0, 17.0, 40.0])
def test_a_gate_near_one_has_all_the_digits_of_its_time_scale(z):
    cell = CELLS.get("lstm")(1, 1).double()
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.zero_()
        cell.bias_ih[1] = z
    logits = Logits()
    rows = torch.zeros(3, 1, dtype=torch.float64)
    with logits, torch.no_grad():
        kept = loop(cell, rows, Packing(1, 3), cell.initial_state(1), keep=("f",)).kept
    layer = Layer("layer 1", cell, cell, rows, None, kept, {"f": logits.of(kept["f"])}, False)
    share, lost = kept_share(layer)
    assert float(1 / lost.mean()) == pytest.approx(1 + math.exp(z), rel=1e-14)
    assert float(share[0]) == torch.sigmoid(torch.tensor(z, dtype=torch.float64))


@pytest.mark.parametrize("name", [name for name in CELLS.names() if CELLS.get(name).opens])
def test_A23_what_a_cell_says_it_keeps_it_keeps(name):
    cell = CELLS.get(name)(2, 3).double()
    part = "c" if "c" in cell.state_sizes else "h"
    before = cell.initial_state(1).map(lambda one: torch.rand_like(one) - 0.5)
    values = cell.values(cell.project(torch.randn(1, 2, dtype=torch.float64)), before)
    for letter in cell.opens:
        assert bool(((values[letter] > 0) & (values[letter] < 1)).all())
    if not cell.keeps:
        return
    gate = values[cell.keeps.rpartition(" ")[2]]
    share = 1 - gate if cell.keeps.startswith("1 - ") else gate
    candidate = values.get("g", values.get("n"))
    written = values[part] - share * getattr(before, part)
    weights = written / candidate  # what the rest of the step adds is some share of the candidate
    assert bool(((weights > 0) & (weights < 1)).all())


def test_the_gate_of_a_minimal_unit_lets_go():
    cell = CELLS.get("mgu")(1, 1).double()
    gate = torch.tensor([[0.25]], dtype=torch.float64)
    layer = Layer("layer 1", cell, cell, gate, None, {"f": [gate]}, {}, False)
    assert kept_share(layer)[0].item() == 0.75


def test_what_is_not_there_is_refused(run, tmp_path, capsys):
    assert main(["inspect", str(run), "gates", "the", "--layer", "3"]) == 2
    assert "--layer: got 3, expected 1 to 2." in capsys.readouterr().err
    assert main(["inspect", str(run), "gates", "the", "--letter", "z"]) == 2
    said = capsys.readouterr().err
    assert "--letter: got 'z', expected a gate: i, f, o." in said
    simple = language_model(tmp_path, cell="elman")
    assert main(["inspect", str(simple), "gates", "the"]) == 2
    said = capsys.readouterr().err.replace("\n", " ")
    assert "elman 1x6 has no gates. This run has: " in said
    assert "surprise" in said


def test_pictures(run, tmp_path):
    assert main(["inspect", str(run), "gates", "the cat sat", "--out", str(tmp_path / "seen.svg")]) == 0
    svg = (tmp_path / "seen.svg").read_text()
    assert svg.startswith("<svg")
    assert ">cat<" in svg
    assert "layer 1: mean gate" in svg


def test_from_python(run):
    found = elman.inspect(run, "gates", "the cat sat", layer=2)
    assert list(found.values) == ["layer 2"]
    assert repr(found).startswith("<seen: layer 2: half of what")
    assert "<svg" in found._repr_html_()
    both = elman.inspect(elman.load(run), "gates", ["the", "a"])
    assert len(both) == 2


def test_weights_that_are_no_numbers_are_named(run, tmp_path):
    model = elman.load(run)
    name, weight = next(iter(model.model.named_parameters()))
    with torch.no_grad():
        weight[0] = float("nan")
    with pytest.raises(elman.CheckpointError, match=f"weight '{name}' has numbers that are not finite"):
        elman.inspect(model, "gates", "the cat")


@pytest.mark.parametrize(("words", "advised"), [(5, False), (60, True)])
def test_gates_that_keep_are_advised_where_a_text_is_long_against_their_time_scale(run, words, advised):
    found = elman.inspect(run, "gates", " ".join(["cat"] * words))
    scales = {name: np.mean(one["kept"]["time scale"]) for name, one in found.values.items()}
    assert all(3 < scale < 5 for scale in scales.values())  # a forget bias of 1: 1 + e
    name = min(scales, key=scales.get)
    said = f"A mean time scale of {scales[name]:.3g} steps ({name}) is short against the {words + 1} of this text."
    assert (said in found.verdict) is advised
    assert ("forget_bias=3" in found.verdict) is advised
