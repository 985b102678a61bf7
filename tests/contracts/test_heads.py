"""Every head through one contract."""

import pytest
import torch
from torch import nn

from elman.heads import HEADS

B, T, H, V = 3, 4, 5, 30
CUT = {"cutoffs": [4, 11], "division": 2.0}


pytestmark = pytest.mark.usefixtures("float64")


CASES = [*[(name, {}, tied) for name in HEADS.names() for tied in (False, True)], ("adaptive_softmax", CUT, False)]


@pytest.fixture(params=CASES, ids=str)
def head(request):
    name, options, tied = request.param
    kind = HEADS.get(name)
    head = kind(H, V, kind.Config(**options))
    if tied:
        head.tie(nn.Parameter(torch.randn(V, H)))
    for parameter in head.parameters():
        parameter.data += 0.1 * torch.randn_like(parameter)
    return head


def case():
    return torch.randn(B, T, H), torch.randint(V, (B, T)), torch.rand(B, T) < 0.6


def test_probabilities_sum_to_one(head):
    hidden, _, _ = case()
    torch.testing.assert_close(head.log_probs(hidden).exp().sum(-1), torch.ones(B, T), atol=1e-12, rtol=0)


def test_the_loss_is_the_sum_of_real_targets(head):
    hidden, target, mask = case()
    expected = -head.log_probs(hidden).gather(-1, target[..., None])[..., 0]
    nats, count = head.loss(hidden, target, mask)
    assert count == int(mask.sum())
    torch.testing.assert_close(nats, expected[mask].sum(), atol=1e-12, rtol=0)
    torch.testing.assert_close(head.nll(hidden, target), expected, atol=1e-12, rtol=0)


def test_the_best_answer_is_the_likeliest(head):
    hidden, _, _ = case()
    assert torch.equal(head.best(hidden), head.log_probs(hidden).argmax(-1))


def test_gradients_equal_finite_differences(head):
    hidden, target, mask = case()
    hidden.requires_grad_()
    names, values = zip(*head.named_parameters(), strict=True)

    def function(hidden, *parameters):
        return torch.func.functional_call(head, dict(zip(names, parameters, strict=True)), (hidden, target, mask))

    head.forward = lambda hidden, target, mask: head.loss(hidden, target, mask).nats * 0.7
    assert torch.autograd.gradcheck(function, (hidden, *values))


def test_an_empty_mask_gives_no_loss(head):
    hidden, target, _ = case()
    nats, count = head.loss(hidden, target, torch.zeros(B, T, dtype=torch.bool))
    assert (nats.item(), count) == (0.0, 0)


def test_a_tied_table_is_the_weight_and_keeps_its_numbers(head):
    table = nn.Parameter(torch.randn(V, H))
    head.tie(table)
    assert any(parameter is table for parameter in head.parameters())
    before = table.detach().clone()
    head.reset_parameters(torch.Generator().manual_seed(1))
    assert torch.equal(table, before)
    hidden, _, _ = case()
    head.loss(hidden[:1].expand(V, T, H), torch.arange(V)[:, None].expand(V, T)).nats.backward()
    assert (table.grad != 0).any(1).all()


def test_a_bound_holds_for_every_weight_and_biases_are_zero(head):
    head.reset_parameters(torch.Generator().manual_seed(1), 0.01)
    for name, parameter in head.named_parameters():
        if "bias" in name:
            assert torch.equal(parameter, torch.zeros_like(parameter))
        elif parameter is not getattr(head, "table", None) and not (name == "weight" and head._tied):
            assert 0 < parameter.abs().max() <= 0.01
