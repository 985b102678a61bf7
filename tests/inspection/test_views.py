"""Every view on every kind of model that has the thing; what it says where there is nothing, or no such place."""

import json
import math

import numpy as np
import pytest
import torch

import elman
from elman.cli.main import main
from elman.inspection.subject import OfTokens
from elman.inspection.views import VIEWS
from elman.inspection.views.base import able
from tests.inspection.runs_to_look_at import (
    classifier,
    forecaster,
    language_model,
    pairs,
    pen,
    scribe,
    span_reader,
    tagger,
    writer,
)

LAYERS = {"gates", "states", "saturation", "trace", "jacobian", "weights"}
ASKED = {"gradients", "saliency"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("views")
    return {
        "lm": language_model(folder),
        "tagger": tagger(folder),
        "classifier": classifier(folder, settings={"model.pooling": "attention"}),
        "pairs": pairs(folder),
        "writer": writer(folder),
        "forecaster": forecaster(folder),
        "pen": pen(folder),
        "scribe": scribe(folder),
        "span_reader": span_reader(folder),
        "both": writer(folder, "both", model="separator_lm", settings={"task.joint": True}),
    }


INPUTS = {
    "lm": "the cat sat",
    "tagger": "the cat sat",
    "classifier": "good fine cat",
    "pairs": "a dog runs\ta cat sits there",
    "writer": "ab",
    "forecaster": "few.csv",
    "pen": "one.npz",
    "scribe": "hand.jsonl",
    "span_reader": "Ann lived in Rome once.\tWhere did Ann live?",
    "both": "ab",
}


def given(runs, kind):
    """Return the input of a run: a line, or the path of a file beside it."""
    path = runs[kind].parent / INPUTS[kind]
    return str(path) if path.exists() else INPUTS[kind]


@pytest.mark.parametrize("kind", INPUTS)
def test_what_each_kind_of_model_has(runs, kind):
    expected = {
        "lm": LAYERS | ASKED | {"surprise", "neighbours", "neurons", "agreement"},
        "tagger": LAYERS | ASKED,
        "classifier": LAYERS | ASKED | {"attention"},
        "pairs": LAYERS | ASKED | {"attention"},
        "writer": LAYERS | ASKED | {"alignment"},
        "forecaster": LAYERS | ASKED,
        "pen": LAYERS | ASKED,
        "scribe": LAYERS | {"window"},
        "span_reader": LAYERS | {"reading"},
        "both": LAYERS,
    }
    assert set(able(elman.load(runs[kind]))) == expected[kind]


@pytest.mark.parametrize("kind", INPUTS)
def test_every_view_of_a_model_shows_numbers_that_are_numbers(runs, kind):
    model = elman.load(runs[kind])
    for name in set(able(model)) - {"weights", "agreement", "window"}:  # they read nothing, or others
        found = elman.inspect(model, name, "cat" if name == "neighbours" else given(runs, kind))
        assert found.text
        assert "nan" not in json.dumps(found.values).lower(), name
        assert "Infinity" not in json.dumps(found.values), name
        for panel in found.panels:
            assert panel.draw().startswith("<svg")


def test_gradients_come_to_every_state_of_both_directions(runs):
    found = elman.inspect(runs["tagger"], "gradients", "the cat sat", at=2).values
    ahead, behind = found["layers"]["layer 1"]["both"], found["layers"]["layer 1 backward"]["both"]
    assert found["at"] == 2
    assert all(one > 0 for one in ahead[:2])
    assert all(one > 0 for one in behind[1:])


def test_texts_that_one_stack_reads_are_told_apart(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("a dog runs\ta cat sits\tyes\nthe dog ran\ta mat\tno\n" * 10)
    run = elman.train(
        "pair", path, out=tmp_path / "run", model="independent_pair", steps=1, hidden=5, threads=1,
        listener=elman.silent,
    )  # fmt: skip
    found = elman.inspect(run.path, "states", "a dog runs\ta cat sits").values
    places = {name: one["places"] for name, one in found.items() if "backward" not in name}
    assert places == {"layer 1": ["a", "dog", "runs"], "text 2, layer 1": ["a", "cat", "sits"]}


def test_gradients_of_several_sources_end_where_each_ends(runs):
    every = elman.inspect(runs["writer"], "gradients", ["ab\tb", "aab\tba"])
    first = [one.values["layers"]["encoder, layer 1"]["both"][-1] for one in every[1:]]
    assert every[0].values["layers"]["encoder, layer 1"]["lowest"][0] == pytest.approx(min(first))


def test_both_texts_of_one_recurrence_have_places(runs):
    found = elman.inspect(runs["both"], "trace", "ab\tba", at=5).values["layer 1"]
    assert (found["step"], found["read"]) == (5, "5")


def test_several_inputs_are_seen_together(runs):
    every = elman.inspect(runs["lm"], "gradients", ["the cat sat", "a dog", "the mat"])
    assert len(every) == 4
    assert every[0].values["inputs"] == 3
    first = [one.values["layers"]["layer 1"]["both"][-1] for one in every[1:]]
    layer = every[0].values["layers"]["layer 1"]
    assert layer["lowest"][0] == pytest.approx(min(first))
    assert layer["median"][0] == pytest.approx(float(np.median(first)))
    assert layer["highest"][0] == pytest.approx(max(first))


def test_gradients_of_opposite_sign_do_not_cancel(runs):
    """Norms are those of each example: two targets that pull against each other both count."""
    model = elman.load(runs["classifier"])
    yes, no = (elman.inspect(model, "gradients", "good fine cat", word=word).values for word in ("yes", "no"))
    for one in (yes, no):
        assert one["layers"]["layer 1"]["both"][0] > 0


@pytest.mark.parametrize("kind", ["lm", "tagger", "classifier", "pairs", "writer", "forecaster", "pen"])
def test_saliency_adds_up(runs, kind):
    found = elman.inspect(runs[kind], "saliency", given(runs, kind)).values
    for text in found["texts"]:
        total = sum(text["integrated"])
        assert total == pytest.approx(found["nats"] - text["nats of zero vectors"], abs=2e-3)
        assert text["gap"] == pytest.approx(total - found["nats"] + text["nats of zero vectors"], abs=1e-9)


def test_saliency_is_what_leaving_out_changes(runs):
    model = elman.load(runs["classifier"])
    found = elman.inspect(model, "saliency", "good fine cat", word="yes").values
    for place, rest in enumerate(("fine cat", "good cat", "good fine")):
        changed = elman.inspect(model, "saliency", rest, word="yes").values["nats"]
        assert found["texts"][0]["removed"][place] == pytest.approx(found["nats"] - changed, abs=1e-9)


def test_saliency_of_a_language_model_is_finite_differences(runs):
    subject = OfTokens(elman.load(runs["lm"]))
    example = subject.examples("the cat sat")[0]
    found = elman.inspect(subject.model, "saliency", "the cat sat", word="mat").values
    read = subject.read(example).inputs[0]
    answer = list(subject.answers).index("mat")
    rows = []
    for place in range(read.shape[1]):
        gradient = []
        for unit in range(read.shape[2]):
            values = []
            for step in (1e-5, -1e-5):
                moved = read.clone()
                moved[0, place, unit] += step
                values.append(float(subject.log_probs(subject.again(example, [moved]), read.shape[1] - 1)[0, answer]))
            gradient.append((values[0] - values[1]) / 2e-5)
        rows.append(math.sqrt(sum(one**2 for one in gradient)))
    assert found["texts"][0]["gradient"] == pytest.approx(rows, abs=1e-8)


def test_A24_a_trace_is_the_step_by_hand(runs):
    model = elman.load(runs["lm"])
    found = elman.inspect(model, "trace", "the cat sat", at=3).values["layer 1"]
    cell = model.model.recurrent.layers[0].double()
    state = cell.state_type(torch.tensor([found["h'"]]).double(), torch.tensor([found["c'"]]).double())
    values = cell.values(cell.project(torch.tensor([found["x"]]).double()), state)
    for letter in ("i", "f", "o", "g", "c", "h"):
        np.testing.assert_allclose(found[letter], values[letter][0].detach().numpy(), atol=1e-6)
    assert found["read"] == "cat"
    first = elman.inspect(model, "trace", "the cat", at=1).values["layer 1"]
    assert first["h'"] == [0.0] * 6


def test_A23_saturation_counts_steps(runs):
    model = elman.load(runs["lm"])
    gates = elman.inspect(model, "gates", "the cat sat").values["layer 1"]["gates"]
    found = elman.inspect(model, "saturation", "the cat sat").values["layer 1"]
    for letter, values in gates.items():
        assert found[letter]["left"] == pytest.approx((np.array(values) < 0.1).mean(0).tolist())
        assert found[letter]["right"] == pytest.approx((np.array(values) > 0.9).mean(0).tolist())


def test_weights_are_those_of_numpy(runs):
    model = elman.load(runs["lm"])
    (found,) = elman.inspect(model, "weights")
    blocks = found.values["layer 1"]["blocks"]
    weight = model.model.recurrent.layers[0].weight_hh.detach().double().numpy()
    for number, letter in enumerate(("i", "f", "g", "o")):
        block = weight[6 * number : 6 * number + 6]
        assert blocks[letter]["radius"] == pytest.approx(np.abs(np.linalg.eigvals(block)).max())
        assert blocks[letter]["singular values"] == pytest.approx(np.linalg.svd(block, compute_uv=False).tolist())
    assert blocks["f"]["bias"] == pytest.approx([1.0] * 6, abs=0.1)
    assert found.values["layer 1"]["keeps"]["time scale"][0] == pytest.approx(1 + math.exp(blocks["f"]["bias"][0]))
    assert "a time scale of 3.7" in found.verdict


def test_radius_and_singular_values_are_not_the_same():
    """T1: both eigenvalues 0, and yet the largest singular value is 4."""
    from elman.cells import CELLS
    from elman.inspection.views.weights import _facts, _said

    cell = CELLS.get("elman")(1, 2).double()
    with torch.no_grad():
        cell.weight_hh[:] = 2 * torch.tensor([[1.0, -1.0], [1.0, -1.0]])
    found = _facts(cell)
    assert found["blocks"]["a"]["radius"] == pytest.approx(0, abs=1e-7)
    assert found["blocks"]["a"]["singular values"][0] == pytest.approx(4)
    assert "γσ₁ = 4.00 is not below 1: gradients may grow" in _said("layer 1", cell, found)


def test_neighbours_are_near(runs, capsys):
    found = elman.inspect(runs["lm"], "neighbours", "cat").values
    table = elman.load(runs["lm"]).model.embedding.weight.detach().double().numpy()
    assert len(found["neighbours"]) == min(10, len(table) - 1)
    values = [one["cosine"] for one in found["neighbours"]]
    assert values == sorted(values, reverse=True)
    assert main(["inspect", str(runs["lm"]), "neighbours", "catt"]) == 2
    assert "'catt' has no vector in this run. Did you mean 'cat'?" in capsys.readouterr().err


def test_attention_is_a_share(runs):
    found = elman.inspect(runs["classifier"], "attention", "good fine cat")
    assert sum(found.values["weights"]) == pytest.approx(1, abs=1e-6)
    assert found.verdict.startswith("Read most: ")


def test_the_2000th_step_is_read_and_200_are_drawn(runs):
    found = elman.inspect(runs["lm"], "gates", "the cat " * 150)
    assert len(found.values["layer 1"]["places"]) == 301
    assert found.panels[0].draw().startswith("<svg")


def test_an_empty_line_is_one_step(runs):
    for name in ("gates", "states", "saturation", "gradients", "jacobian", "trace"):
        found = elman.inspect(runs["lm"], name, "")
        assert "nan" not in json.dumps(found.values).lower(), name
        for panel in found.panels:
            assert panel.draw().startswith("<svg")


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("lm", ["states", "the", "--unit", "900"], "--unit: got 900, expected 0 to 5."),
        ("lm", ["trace", "the", "--at", "9"], "--at: got 9, expected 1 to 2: the input has so many places."),
        ("lm", ["gradients", "the", "--at", "0"], "--at: got 0, expected 1 to 2: the input has so many places."),
        ("lm", ["saliency", "the", "--for", "catt"], "--for: got 'catt', which this run cannot answer. Did you mean"),
        ("tagger", ["saliency", "the", "--for", "Q"], "which this run cannot answer. Choose one of: D, N, V."),
        ("tagger", ["surprise", "the"], "task 'tag' has no score; a run of task"),
        ("tagger", ["neighbours", "the"], "has no table of vectors of words. This run has: gates, gradients"),
        ("classifier", ["gates", ""], "error: the input is empty: there is no place to look at."),
        ("classifier", ["gates", "good", ""], "error: input 2: the input is empty: there is no place to look at."),
        ("lm", ["attention", "the"], "has no attention. This run has: agreement, gates, gradients, jacobian"),
        ("writer", ["gradients", "ab\tba", "--at", "4"], "--at: got 4, expected 1 to 3: the input has so many places."),
        ("writer", ["gates", "ab\tba\tb"], "got 2 tabs, expected one, between a source and its target."),
        ("writer", ["saliency", "ab", "--for", "q"], "--for: got 'q', which this run cannot answer. Choose one of:"),
        ("writer", ["states", "ab", "--layer", "2"], "--layer: got 2, expected 1 to 1."),
        ("forecaster", ["saliency", "few.csv", "--at", "12"], "nobody knows what comes after it. Ask about an earlier"),
        ("forecaster", ["saliency", "few.csv", "--for", "load"], "Did you mean 'load +3'?"),
        ("forecaster", ["gates", "words"], "words: no such file."),
        ("scribe", ["gradients", "hand.jsonl"], "says nothing of which one number could be asked about: no gradients."),
        ("pen", ["gradients", "one.npz", "--at", "5"], "--at: got 5, expected 1 to 4: the input has so many places."),
        ("writer", ["attention", "ab"], "is shown by the view alignment."),
        ("lm", ["weights", "the"], "the view weights reads no input. Leave it out."),
        ("lm", ["weights", "--layer", "2"], "--layer: got 2, expected 1 to 1."),
        ("lm", ["jacobian", "the", "--letter", "f"], "--letter: means nothing to the view jacobian. Leave it out."),
        ("lm", ["gates", "the", "--letter", "h"], "--letter: got 'h', expected a gate: i, f, o."),
        ("lm", ["trace", "the", "--out", "a.svg"], "there is no picture of trace: end it with .html, .json or .txt."),
        ("lm", ["gate", "the"], "unknown view 'gate'. Did you mean 'gates'?"),
    ],
)  # fmt: skip
def test_what_cannot_be_shown_is_refused(runs, monkeypatch, capsys, kind, given, message):
    monkeypatch.chdir(runs[kind].parent)
    assert main(["inspect", str(runs[kind]), *given]) == 2
    assert message in capsys.readouterr().err.replace("\n", " ")


def test_a_picture_of_nothing_given_shows_one_and_says_what_it_leaves_out(runs, tmp_path, capsys):
    out = tmp_path / "seen.svg"
    assert main(["inspect", str(runs["lm"]), "gates", "--out", str(out)]) == 0
    assert "no input was given: shown are 1 of the" in capsys.readouterr().err
    assert out.read_text().count("<svg") >= 1
    assert main(["inspect", str(runs["lm"]), "states", "the cat " * 150, "--out", str(out)]) == 0
    assert "pictures have 200 of 301 places; numbers of all: --format json" in capsys.readouterr().err
    page = tmp_path / "seen.html"
    assert main(["inspect", str(runs["lm"]), "trace", "the cat", "--out", str(page)]) == 0
    assert "unit" in page.read_text()


def test_data_that_is_gone_is_said(tmp_path, capsys):
    run = language_model(tmp_path)
    (tmp_path / "run.txt").unlink()
    assert main(["inspect", str(run), "gates"]) == 2
    assert "no input, and the run's own data cannot be read: " in capsys.readouterr().err


def test_every_view_says_what_it_is():
    for name in VIEWS.names():
        kind = VIEWS.get(name)
        assert kind.__doc__
        assert kind.title


def test_T38_units_share_one_scale_and_a_counter_is_seen_to_grow(runs, monkeypatch):
    model, drawn = elman.load(runs["lm"]), []
    cell = model.model.recurrent.layers[0]
    for weight in cell.parameters():
        weight.data.zero_()
    gates = cell.bias_ih.data.view(4, 6)  # i, f, g, o
    gates[:, 0] = torch.tensor([50.0, 50.0, 50.0, 0.0])  # c = 1, 2, 3 ...
    gates[:, 1] = torch.tensor([-50.0, 50.0, 0.0, 0.0])  # nothing enters

    def grid(places, values, most, label, rows, *more):
        drawn.append((values, most, label, rows))
        return "<svg></svg>"

    monkeypatch.setattr("elman.inspection.views.states.grid", grid)
    found = elman.inspect(model, "states", "the cat sat")
    c, h = (np.array(found.values["layer 1"][letter]) for letter in "ch")
    np.testing.assert_allclose(c[:, 0], np.arange(1, len(c) + 1))
    assert h[-1, 0] - h[-2, 0] < 1e-2 < c[-1, 0] - c[-2, 0]
    found._repr_html_()
    values, most, label, rows = next(one for one in drawn if one[2].startswith("c"))
    assert most == len(c)
    assert label == f"c, -{len(c)} to {len(c)}"
    assert not values[:, rows.index("1")].any()
    assert next(one[1] for one in drawn if one[2].startswith("h")) == 1
