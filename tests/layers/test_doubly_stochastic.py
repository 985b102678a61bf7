"""Doubly stochastic attention and its gate: the goldens, padding, gradients."""

import numpy as np
import pytest
import torch

from elman.data.outlines import Tokens
from elman.data.records import Batch, Padded
from elman.layers.attending import Attention
from elman.layers.doubly_stochastic import DoublyStochastic
from elman.layers.source import Source
from elman.models.encoder_decoder import EncoderDecoder
from elman.moment import Moment, Noise

pytestmark = pytest.mark.usefixtures("float64")


def test_the_penalty_of_the_goldens():
    alpha = torch.tensor([[[0.7, 0.2, 0.1], [0.1, 0.6, 0.3]]])
    mask = torch.ones(1, 3, dtype=torch.bool)
    found = DoublyStochastic(1.0).penalty(alpha, mask, 1)
    assert found.value.item() == pytest.approx(0.44, abs=1e-12)
    assert DoublyStochastic(0.5).penalty(alpha, mask, 2).value.item() == pytest.approx(0.11, abs=1e-12)


def test_padding_owes_nothing():
    alpha = torch.tensor([[[0.7, 0.3, 0.0], [0.1, 0.9, 0.0]]])
    mask = torch.tensor([[True, True, False]])
    assert DoublyStochastic(1.0).penalty(alpha, mask, 1).value.item() == pytest.approx(0.2**2 + 0.2**2)


@pytest.mark.parametrize("rows", [None, torch.tensor([0, 0, 1])])
def test_the_gate_is_its_formula(rows):
    attention = Attention("general", 4, 5, gated=True)
    for parameter in attention.parameters():
        parameter.data = torch.randn_like(parameter)
    plain = Attention("general", 4, 5)
    plain.load_state_dict({key: one for key, one in attention.state_dict().items() if "gate" not in key})
    values, query = torch.randn(3 if rows is None else 2, 6, 5), torch.randn(3, 4)
    mask = torch.arange(6) < torch.tensor([6, 4, 2])[: len(values), None]
    source = Source(values, attention.score.keys(values), mask, values[:, -1], rows)
    found, without = attention(query, source), plain(query, source)
    beta = torch.sigmoid(query @ attention.gate.weight[0] + attention.gate.bias)
    torch.testing.assert_close(found.context, beta[:, None] * without.context)
    torch.testing.assert_close(found.weights, without.weights)
    with torch.no_grad():
        torch.testing.assert_close(attention(query, source).context, found.context)
    torch.testing.assert_close(attention.every(query[:, None], source).context[:, 0], found.context)


@pytest.mark.parametrize("decoder", ["unfed", "luong", "bahdanau", "between"])
def test_a_loss_has_what_is_owed_whatever_is_in_the_batch(decoder):
    tokens = Tokens(["<unk>", "\n", "a", "b"], marks={"unknown": 0, "start": 1, "end": 1})
    config = EncoderDecoder.Config(
        hidden_size=4, decoder=decoder, decoder_layers=2, doubly_stochastic=0.7, gate=True, dropout=0.0
    )
    torch.manual_seed(1)
    network = EncoderDecoder(config, {"source": tokens}, {"target": tokens})
    sources, targets = np.array([[2, 3, 2, 1], [3, 1, 0, 0]]), np.array([[2, 3, 1], [3, 1, 0]])
    lengths = np.array([4, 2]), np.array([3, 2])
    whole = Batch(2, {"source": Padded(sources, lengths[0]), "target": Padded(targets, lengths[1])})
    parts = [whole.part(np.array([row])) for row in (0, 1)]
    found = [network.loss(one, network.initial_state(one.size), Moment(Noise(1, 0))) for one in (whole, *parts)]
    owed = [one.penalties["doubly_stochastic"] for one in found]
    assert [one.terms for one in owed] == [5, 3, 2]
    assert network.penalty_terms(whole) == {"doubly_stochastic": 5}
    torch.testing.assert_close(owed[0].squares, owed[1].squares + owed[2].squares)
    owed[0].value.backward()
    weight = network.decoder.attention.score.weight if hasattr(network.decoder.attention.score, "weight") else None
    assert weight is None or weight.grad.abs().sum() > 0
