"""Curriculum rows C15, C21 and C22: the loss of a target behind right tokens, which teaches the encoder too."""

import numpy as np
import pytest
import torch

from elman.data.outlines import Tokens
from elman.data.records import Batch, Padded
from elman.models.encoder_decoder import EncoderDecoder
from elman.steps import STEPS
from elman.training.parts import Part, add_gradients

pytestmark = pytest.mark.usefixtures("float64")
START = END = 1
SOURCES, TARGETS = [[2, 3, 1], [3, 1], [2, 2, 3, 1]], [[3, 2, 1], [1], [2, 3, 2, 3, 1]]
every_decoder = pytest.mark.parametrize("name", STEPS.names())


def network(name="luong", **options):
    """Return a small encoder-decoder with weights that are not small."""
    tokens = Tokens(["<unk>", "</s>", "a", "b"], marks={"start": START, "end": END, "unknown": 0})
    layers = 2 if name == "between" else 1
    options = {"cell": "gru", "hidden_size": 4, "dropout": 0.0, "label_smoothing": 0.0, **options}
    config = EncoderDecoder.Config(decoder=name, decoder_layers=layers, **options)
    made = EncoderDecoder(config, {"source": tokens}, {"target": tokens})
    for parameter in made.parameters():
        parameter.data = torch.randn_like(parameter) * 0.7
    return made


def padded(rows, fill=0):
    values = np.full((len(rows), max(map(len, rows))), fill)
    for row, ids in zip(values, rows, strict=True):
        row[: len(ids)] = ids
    return Padded(values, np.array([len(row) for row in rows]))


def batch(sources=SOURCES, targets=TARGETS, fill=0):
    return Batch(len(sources), {"source": padded(sources, fill), "target": padded(targets, fill)})


def nats_of(model, source, target):
    """Return -log p of each token of a target, where each step reads the right token before it."""
    stepper = model.stepper(Batch(1, {"source": padded([source])}))
    state, read, found = stepper.begin(np.arange(1)), START, []
    for token in target:
        log_probs, state = stepper.advance(np.array([read]), state)
        found.append(-log_probs[0, token])
        read = token
    return found


@every_decoder
def test_C15_C22_the_loss_is_that_of_each_target_token_after_the_right_ones(name):
    model = network(name)
    each = [nats_of(model, source, target) for source, target in zip(SOURCES, TARGETS, strict=True)]
    found = model.loss(batch(), model.initial_state(3), None).heads["target"]
    assert found.targets == sum(map(len, TARGETS))  # ends count, places of sources and padding do not
    assert found.nats.item() == pytest.approx(np.concatenate(each).sum(), abs=1e-10)
    for source, target, nats in zip(SOURCES, TARGETS, each, strict=True):
        alone = model.loss(batch([source], [target]), model.initial_state(1), None).heads["target"]
        assert alone.nats.item() / alone.targets == pytest.approx(np.mean(nats), abs=1e-10)


def test_C22_training_takes_the_mean_over_tokens_of_targets():
    model = network()
    weights = dict(model.named_parameters())
    found = model.loss(batch(), model.initial_state(3), None).heads["target"]
    expected = torch.autograd.grad(found.nats / 9, list(weights.values()))
    add_gradients(model.loss, [Part(batch(), model.initial_state(3), None, {})], {"target": 1.0}, False)
    for (key, weight), gradient in zip(weights.items(), expected, strict=True):
        torch.testing.assert_close(weight.grad, gradient, atol=1e-12, rtol=0, msg=key)


def test_C22_what_stands_in_padding_changes_nothing():
    model = network()
    one, other = (model.loss(batch(fill=fill), model.initial_state(3), None).heads["target"].nats for fill in (0, 3))
    assert one.item() == other.item()


@every_decoder
def test_C21_the_gradient_goes_through_the_decoder_into_the_encoder(name):
    model = network(name)

    def nats():
        return model.loss(batch(), model.initial_state(3), None).heads["target"].nats

    weights = dict(model.named_parameters())
    gradients = dict(zip(weights, torch.autograd.grad(nats(), weights.values(), allow_unused=True), strict=True))
    for key in (key for key in weights if key.startswith(("encoder", "source_embedding"))):
        direction = torch.randn_like(weights[key])
        ends = []
        for sign in (1, -2, 1):  # and back
            weights[key].data += sign * 1e-6 * direction
            ends.append(nats().item())
        assert (ends[0] - ends[1]) / 2e-6 == pytest.approx((gradients[key] * direction).sum().item(), abs=1e-7), key
        assert gradients[key].any(), key
