"""Looking into what writes: the layers of the decoder, along what it writes or along a given target."""

import numpy as np
import pytest
import torch

import elman
from elman.evaluation.looked import visible
from elman.inspection.writing import OfSources
from elman.steps import STEPS
from tests.inspection.runs_to_look_at import writer

LINE = "aab\tbaa"


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("writing")
    settings = {name: {"model.decoder": name} for name in STEPS.names()}
    settings["bahdanau"] |= {"model.num_layers": 2, "model.cell": "gru", "model.coverage": 1.0}
    settings["between"] |= {"model.decoder_layers": 2}
    settings["luong"] |= {"model.attention": "local_m"}
    settings["tied"] = {"model.tied": "all", "task.joint": True, "model.decoder": "unfed"}
    settings["deaf"] = {"model.bridge": "zero", "model.decoder": "initial"}
    settings["copying"] = {"task.copying": True, "model.decoder": "luong"}
    plain = {"model.label_smoothing": 0.0}  # which evaluation would count
    return {name: writer(folder, name, settings=one | plain) for name, one in settings.items()}


@pytest.fixture(scope="module")
def subjects(runs):
    return {name: OfSources(elman.load(run)) for name, run in runs.items()}


KINDS = [*STEPS.names(), "copying", "tied", "deaf"]
LAYERS = {"bahdanau": 2, "between": 2}


@pytest.mark.parametrize("kind", KINDS)
def test_step_by_step_the_network_says_what_it_says_at_once(subjects, kind):
    subject = subjects[kind]
    (example,) = subject.examples(LINE)
    reading = subject.read(example)
    with torch.no_grad():
        nats = subject.network.loss(subject.task.batch(subject.task.encode([example], True), np.array([0])), None, None)
    nats, true = nats.heads["target"].nats, subject.true(example)
    each = [float(subject.log_probs(reading.hidden, at)[0, token]) for at, token in enumerate(true)]
    assert -sum(each) == pytest.approx(float(nats), rel=1e-9)
    assert [len(one) for one in reading.places] == [4, 4]
    written = [layer for layer in reading.layers if layer.name.startswith("decoder")]
    assert [layer.name for layer in written] == [f"decoder, layer {n + 1}" for n in range(LAYERS.get(kind, 1))]
    for layer in written:
        assert reading.places_of(layer) == ["<start>", "b", "a", "a"]
        state = layer.before
        for at, x in enumerate(layer.inputs):
            values = layer.cell.values(layer.cell.project(x[None]), state)
            for letter in layer.steps:
                np.testing.assert_allclose(values[letter], layer.steps[letter][at], atol=1e-12)
            state = state.filled(values)


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_of_every_vector_that_is_read_are_finite_differences(subjects, kind):
    subject = subjects[kind]
    (example,) = subject.examples(LINE)
    reading = subject.read(example, learns=True)
    place, answer = 2, subject.true(example)[2]
    value = subject.log_probs(reading.hidden, place)[0, answer]
    found = torch.autograd.grad(value, list(reading.inputs), allow_unused=True, materialize_grads=True)
    read = [one.detach() for one in reading.inputs]
    draw = torch.Generator().manual_seed(3)
    for text, gradient in enumerate(found):
        way = torch.randn(read[text].shape, generator=draw, dtype=torch.float64)
        ends = []
        for step in (1e-5, -1e-5):
            given = [one + step * way if at == text else one for at, one in enumerate(read)]
            ends.append(float(subject.log_probs(subject.again(example, given), place)[0, answer]))
        assert float((gradient * way).sum()) == pytest.approx((ends[0] - ends[1]) / 2e-5, abs=1e-8)
    assert float(found[1][0, 3].abs().sum()) == 0.0  # what is read later


def test_without_a_target_it_is_what_the_network_writes(subjects):
    subject = subjects["unfed"]
    (example,) = subject.examples("ab")
    assert example.fields["target"] == [subject.task.write(subject.model.ready, [example])[0][0].text]
    (own,) = subject.examples("ab\tba")
    assert own.fields["target"] == ["ba"]


def test_saliency_of_a_written_token_is_what_leaving_out_changes(subjects):
    model = subjects["unfed"].model
    found = elman.inspect(model, "saliency", LINE, at=3, word="a").values
    source, target = found["texts"]
    assert source["places"] == [*"aab", visible("</s>")]
    assert target["places"] == ["<start>", *"baa"]
    for at, rest in enumerate(("ab", "ab", "aa")):
        changed = elman.inspect(model, "saliency", f"{rest}\tbaa", at=3, word="a").values["nats"]
        assert source["removed"][at] == pytest.approx(found["nats"] - changed, abs=1e-9)
    without = elman.inspect(model, "saliency", "aab\taa", at=2, word="a").values["nats"]
    assert target["removed"][1] == pytest.approx(found["nats"] - without, abs=1e-9)


def test_what_hangs_on_nothing_of_the_source_is_shown_so(subjects):
    found = elman.inspect(subjects["deaf"].model, "saliency", LINE, at=3).values
    assert set(found["texts"][0]["gradient"]) == set(found["texts"][0]["integrated"]) == {0.0}
    assert any(found["texts"][1]["integrated"])


def test_one_table_for_both_sides_has_the_vectors_of_each(subjects):
    found = elman.inspect(subjects["tied"].model, "saliency", LINE, at=3).values
    assert [text["places"] for text in found["texts"]] == [[*"aab", visible("</s>")], ["<start>", *"baa"]]
    for text in found["texts"]:
        assert sum(text["integrated"]) == pytest.approx(found["nats"] - text["nats of zero vectors"], abs=2e-3)


def test_a_token_of_the_source_alone_has_its_name(subjects):
    subject = subjects["copying"]
    (example,) = subject.examples("abz\tz")
    assert "z" in subject.places(example)[0]
    found = elman.inspect(subject.model, "saliency", "abz\tz", at=1).values
    assert "log p(z) at place 1, what comes next" in found["score"]
    assert found["texts"][0]["removed"][2] is None  # log p would be -inf
    assert found["texts"][0]["removed"][0] is not None


def test_the_end_of_the_source_is_where_its_layers_end(subjects):
    found = elman.inspect(subjects["unfed"].model, "gradients", "aab\tb", at=1).values
    layers = found["layers"]
    assert layers["decoder, layer 1"]["places"] == ["<start>", "b"]
    assert layers["decoder, layer 1"]["both"][1] == 0.0
    assert all(one > 0 for one in layers["encoder, layer 1"]["both"])
    text = elman.inspect(subjects["unfed"].model, "gradients", "aab\tb", at=1).text
    assert "loss: -log p(b) at place 1, what comes next" in text
