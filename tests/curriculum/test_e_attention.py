"""Curriculum rows E: a decoder that reads its source, written down anew with a cell of PyTorch."""

import pytest
import torch
from torch import nn

from elman.data.records import Padded
from elman.layers.attention import SCORES
from elman.layers.attention.base import masked_softmax
from elman.layers.packing import Packing
from elman.layers.unroll import unroll
from elman.steps import STEPS
from elman.steps.base import DecoderConfig

pytestmark = pytest.mark.usefixtures("float64")
N, T, U, E, H = 2, 4, 3, 3, 5
LENGTHS = torch.tensor([4, 2])


def make(name, attention="dot", **options):
    """Return a decoder of one GRU as wide as its source, and a cell of PyTorch with the same weights."""
    decoder = STEPS.get(name)(E, H, DecoderConfig(hidden_size=H, decoder=name, cell="gru", attention=attention))
    for parameter in decoder.parameters():
        parameter.data = torch.randn_like(parameter) * 0.6
    [ours] = decoder.cells
    theirs = nn.GRUCell(ours.input_size, H)
    theirs.load_state_dict(ours.state_dict())
    return decoder, theirs


def read(h, values, lengths=LENGTHS):
    """Return α_ij = softmax_j(h · h_j^e) over real places, and c_i = Σ_j α_ij h_j^e, by a loop over places."""
    weights, contexts = torch.zeros(N, T), []
    for row, length in enumerate(lengths.tolist()):
        powers = [torch.exp(sum(h[row, k] * values[row, j, k] for k in range(H))) for j in range(length)]
        for j, power in enumerate(powers):
            weights[row, j] = power / sum(powers)
        contexts.append(sum(weights[row, j] * values[row, j] for j in range(length)))
    return weights, torch.stack(contexts)


def steps(decoder, values, inputs):
    """Return the state before the first step, and weights, contexts and states of each."""
    memory = decoder.source(Padded(values, LENGTHS), torch.randn(N, H))
    state = decoder.initial_state(N, memory)
    kept = ["weights", "context"]
    rows, packing, found = inputs.transpose(0, 1).reshape(U * N, E), Packing(N, U), []
    made = unroll(decoder, rows, packing, state, memory, keep=kept)
    before = state.layers[0].h
    for x in inputs.unbind(1):
        one = decoder.values(decoder.project(x), state, memory)
        found.append((one["weights"], one["context"], one["layers"][0].h))
        state = state._replace(layers=one["layers"], **({"y": one["y"]} if "y" in state._fields else {}))
    for letter, number in (("weights", 0), ("context", 1)):
        for left, right in zip(made.kept[letter], found, strict=True):
            torch.testing.assert_close(left, right[number], atol=1e-12, rtol=0)
    return before, found


@torch.no_grad()
def test_E2_E3_E5_E6_a_state_comes_of_the_last_word_the_state_before_and_what_that_looked_at():
    decoder, cell = make("bahdanau")
    values, inputs = torch.randn(N, T, H), torch.randn(N, U, E)
    h, found = steps(decoder, values, inputs)
    for i, (weights, context, after) in enumerate(found):
        alpha, c = read(h, values)  # of h_{i-1}, the previous state
        h = cell(torch.cat([inputs[:, i], c], 1), h)
        for left, right in ((weights, alpha), (context, c), (after, h)):
            torch.testing.assert_close(left, right, atol=1e-12, rtol=0)
        torch.testing.assert_close(weights.sum(1), torch.ones(N), atol=1e-12, rtol=0)
        assert not weights[1, 2:].any()


@torch.no_grad()
def test_E3_luong_scores_with_the_current_state():
    decoder, cell = make("unfed")
    values, inputs = torch.randn(N, T, H), torch.randn(N, U, E)
    h, found = steps(decoder, values, inputs)
    for i, (weights, context, after) in enumerate(found):
        previous, _ = read(h, values)
        h = cell(inputs[:, i], h)
        alpha, c = read(h, values)
        for left, right in ((weights, alpha), (context, c), (after, h)):
            torch.testing.assert_close(left, right, atol=1e-12, rtol=0)
        assert (weights - previous).abs().max() > 1e-3


@torch.no_grad()
def test_E4_the_bilinear_score_is_h_W_h_and_the_dot_product_with_W_the_identity():
    score, query, values = SCORES.get("general")(H, H), torch.randn(N, H), torch.randn(N, T, H)
    found = score(query, score.keys(values))
    expected = torch.einsum("nq,qd,ntd->nt", query, score.weight, values)
    torch.testing.assert_close(found, expected, atol=1e-12, rtol=0)
    score.weight.copy_(torch.eye(H))
    dot = SCORES.get("dot")(H, H)
    torch.testing.assert_close(score(query, score.keys(values)), dot(query, values), atol=1e-12, rtol=0)


@torch.no_grad()
def test_E8_an_additive_score_of_no_direction_looks_everywhere_alike():
    decoder, _ = make("bahdanau", "additive")
    decoder.attention.score.vector.zero_()
    values = torch.randn(N, T, H)
    _, found = steps(decoder, values, torch.randn(N, U, E))
    for weights, context, _ in found:
        for row, length in enumerate(LENGTHS.tolist()):
            torch.testing.assert_close(weights[row, :length], torch.full((length,), 1 / length), atol=1e-12, rtol=0)
            torch.testing.assert_close(context[row], values[row, :length].mean(0), atol=1e-12, rtol=0)


def test_E5_X8_the_softmax_is_over_places_and_not_over_steps():
    scores = torch.randn(U, T)
    torch.testing.assert_close(masked_softmax(scores).sum(1), torch.ones(U), atol=1e-12, rtol=0)
    assert (masked_softmax(scores).sum(0) - 1).abs().max() > 0.05
