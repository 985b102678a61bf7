"""Attention from one text to another, against the formulas of Rocktäschel et al. (2016), word by word."""

import pytest
import torch

from elman.layers.premise_attention import PremiseAttention
from tests.gradients import equal_finite_differences

pytestmark = pytest.mark.usefixtures("float64")

H = 3
FIRST, SECOND = [4, 0, 2, 1], [2, 3, 0, 5]


def mask_of(lengths):
    return torch.arange(max(lengths)) < torch.tensor(lengths)[:, None]


def case():
    attention = PremiseAttention(H)
    for parameter in attention.parameters():
        parameter.data = torch.randn_like(parameter)
    return attention, torch.randn(4, 4, H), mask_of(FIRST), torch.randn(4, 5, H), mask_of(SECOND)


def look(attention, outputs, query):
    """Return α and Σ_t α_t Y_t of one text, where `query` is all of M but W_y Y; nothing of an empty text."""
    if not len(outputs):
        return [], torch.zeros(H)
    scores = [attention.score @ torch.tanh(attention.weight_y @ y + query) for y in outputs]
    alpha = torch.softmax(torch.stack(scores), 0)
    return alpha.tolist(), sum(a * y for a, y in zip(alpha, outputs, strict=True))


def padded(rows, steps):
    return torch.tensor([[*row, *[0.0] * (steps - len(row))] for row in rows])


def test_looking_once_is_the_formula():
    attention, outputs, mask, _, _ = case()
    last = torch.randn(4, H)
    found = attention.once(outputs, mask, last)
    made = [look(attention, outputs[b, :n], attention.weight_h @ last[b]) for b, n in enumerate(FIRST)]
    torch.testing.assert_close(found.weights, padded([alpha for alpha, _ in made], 4), atol=1e-10, rtol=0)
    torch.testing.assert_close(found.read, torch.stack([read for _, read in made]), atol=1e-10, rtol=0)
    torch.testing.assert_close(found.weights.sum(1), torch.tensor([1.0, 0, 1, 1]), atol=1e-12, rtol=0)
    assert (found.weights[~mask] == 0).all()


def test_looking_at_every_word_is_the_formula():
    attention, outputs, mask, second, second_mask = case()
    found = attention.by_word(outputs, mask, second, second_mask)
    assert found.weights.shape == (4, 5, 4)
    for b, (first_length, second_length) in enumerate(zip(FIRST, SECOND, strict=True)):
        r, weights = torch.zeros(H), []
        for h in second[b, :second_length]:
            alpha, read = look(attention, outputs[b, :first_length], attention.weight_h @ h + attention.weight_r @ r)
            r = read + torch.tanh(attention.weight_t @ r)
            weights.append(alpha)
        torch.testing.assert_close(found.read[b], r, atol=1e-10, rtol=0)
        assert (found.weights[b, second_length:] == 0).all()
        if second_length:
            torch.testing.assert_close(found.weights[b, :second_length], padded(weights, 4), atol=1e-10, rtol=0)
    one = (second_mask & mask.any(1, keepdim=True)).to(torch.float64)
    torch.testing.assert_close(found.weights.sum(2), one, atol=1e-12, rtol=0)
    assert (found.weights.transpose(1, 2)[~mask] == 0).all()


def test_an_empty_text_reads_nothing_and_is_not_read():
    attention, outputs, mask, second, second_mask = case()
    by_word = attention.by_word(outputs, mask, second, second_mask)
    assert torch.equal(by_word.read[[1, 2]], torch.zeros(2, H))
    nothing = mask_of([0] * 4)
    assert torch.equal(attention.once(outputs[:, :0], nothing, second[:, 0]).read, torch.zeros(4, H))
    found = attention.by_word(outputs[:, :0], nothing, second, second_mask)
    assert torch.equal(found.read, torch.zeros(4, H))
    assert found.weights.shape == (4, 5, 0)
    found = attention.by_word(outputs, mask, second[:, :0], nothing)
    assert torch.equal(found.read, torch.zeros(4, H))
    assert found.weights.shape == (4, 0, 4)
    found = attention.by_word(outputs, mask, second, torch.zeros(4, 5, dtype=torch.bool))
    assert torch.equal(found.weights, torch.zeros(4, 5, 4))


@pytest.mark.parametrize("way", ["once", "by_word"])
def test_gradients_equal_finite_differences(way):
    attention, outputs, mask, second, second_mask = case()
    mask, second_mask = mask[:3, :3], second_mask[:3, :3]
    names, values = zip(*attention.named_parameters(), strict=True)

    def function(outputs, second, *parameters):
        given = (outputs, mask, second[:, 0]) if way == "once" else (outputs, mask, second, second_mask)
        return torch.func.functional_call(attention, dict(zip(names, parameters, strict=True)), given)

    attention.forward = getattr(attention, way)
    given = [tensor[:3, :3].clone().requires_grad_() for tensor in (outputs, second)]
    assert equal_finite_differences(function, (*given, *values))
    found = function(*given, *values)
    found.read.sum().backward()
    assert (given[0].grad[~mask] == 0).all()


def test_weights_start_within_their_bound():
    attention = PremiseAttention(H)
    assert all(0 < p.abs().max() <= H**-0.5 for p in attention.parameters())
    attention.reset_parameters(torch.Generator().manual_seed(0), 0.01)
    assert all(0 < p.abs().max() <= 0.01 for p in attention.parameters())
